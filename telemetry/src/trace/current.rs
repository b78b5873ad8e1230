//! The request that the current task works for: its ids and its sampling decision.

use std::{
    cell::{Cell, RefCell},
    pin::pin,
    task::{Context, Poll, Waker},
};

use http::HeaderMap;
use opentelemetry::trace::{SpanContext, TraceFlags, TraceId, TraceState};
use opentelemetry_aws::trace::XrayIdGenerator;
use opentelemetry_sdk::trace::IdGenerator as _;
use opentelemetry_semantic_conventions::attribute::FAAS_INVOCATION_ID;

use super::{Provider, SpanHandle};
use crate::{
    catalogue::{REQUEST_ID, TRACE_ID},
    event,
    http::Unanswered,
};

tokio::task_local! {
    static CURRENT: Request;
}

/// What telemetry knows of one request, or of one invocation that is not HTTP.
#[derive(Debug)]
pub(crate) struct Request {
    /// The trace, also of a request that is not sampled.
    pub(crate) trace_id: TraceId,
    /// The trace as events and logs write it.
    pub(crate) trace_text: String,
    /// The request, as Lambda numbers it or as it was made up.
    pub(crate) id: String,
    /// Whether spans are recorded.
    pub(crate) sampled: bool,
    /// The caller's span, if the caller has one.
    pub(crate) caller: Option<SpanContext>,
    /// The server span, once it has begun.
    pub(crate) span: RefCell<SpanHandle>,
    /// The HTTP request that has not been answered yet.
    pub(crate) unanswered: Cell<Option<Unanswered>>,
}

impl Request {
    /// A request with Lambda's number and its trace header.
    pub(crate) fn from_lambda(id: &str, header: Option<&str>) -> Self {
        let caller = header.and_then(super::from_lambda);
        // Without a header, as when a test invokes the function, nobody wants the trace.
        Self::new(id.to_owned(), caller, false)
    }

    /// A request that came by HTTP to a server of its own.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let id = uuid::Uuid::new_v4().to_string();
        Self::new(id, super::from_headers(headers), true)
    }

    fn new(id: String, caller: Option<SpanContext>, undecided: bool) -> Self {
        let provider = Provider::installed();
        let trace_id = caller.as_ref().map_or_else(
            || XrayIdGenerator::default().new_trace_id(),
            SpanContext::trace_id,
        );
        let wanted = caller.as_ref().map_or(undecided, SpanContext::is_sampled);
        Self {
            trace_id,
            trace_text: provider.ids.text(trace_id),
            id,
            sampled: wanted && provider.exports(),
            caller: caller.filter(SpanContext::is_valid),
            span: RefCell::default(),
            unanswered: Cell::new(None),
        }
    }
}

impl Request {
    /// The trace and the decision against spans, for services that are called. There is no
    /// span of ours: the caller's is the parent, or else one that nobody records.
    pub(crate) fn unsampled(&self) -> SpanContext {
        let caller = self.caller.as_ref().map(SpanContext::span_id);
        let span = caller.unwrap_or_else(|| XrayIdGenerator::default().new_span_id());
        let (flags, state) = (TraceFlags::NOT_SAMPLED, TraceState::NONE);
        SpanContext::new(self.trace_id, span, flags, true, state)
    }
}

/// Runs a future as this request: in an event of its own and, if it is sampled, in a
/// server span of this name. The span has ended before the event is written.
pub(crate) async fn run<F: Future>(
    request: Request,
    name: impl AsRef<str>,
    future: F,
) -> F::Output {
    let working = async move {
        with(|request| {
            TRACE_ID.set(&request.trace_text);
            REQUEST_ID.set(&request.id);
        });
        let span = SpanHandle::server(name.as_ref());
        with(|request| span.set_with(FAAS_INVOCATION_ID, || request.id.clone().into()));
        span.instrument(future).await
    };
    event::scope(CURRENT.scope(request, working)).await
}

/// Does something that waits for nothing as this request, before it runs.
pub(crate) fn during<T>(request: Request, work: impl FnOnce() -> T) -> (Request, T) {
    let mut scope = pin!(CURRENT.scope(request, async { work() }));
    let done = scope.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let (Poll::Ready(output), Some(request)) = (done, scope.take_value()) else {
        unreachable!("nothing here waits, and the request stays");
    };
    (request, output)
}

/// Whether there is a current request.
pub(crate) fn is_some() -> bool {
    CURRENT.try_with(|_| ()).is_ok()
}

/// Looks at the current request; `None` outside any.
pub(crate) fn with<T>(look: impl FnOnce(&Request) -> T) -> Option<T> {
    CURRENT.try_with(look).ok()
}

/// The server span of the current request; one that ignores everything if there is none.
pub(crate) fn span() -> SpanHandle {
    with(|request| request.span.borrow().clone()).unwrap_or_default()
}

/// The HTTP request that has not been answered: whoever takes it records it.
pub(crate) fn take_unanswered() -> Option<Unanswered> {
    with(|request| request.unanswered.take()).flatten()
}
