//! The request that the current task works for: its ids and its sampling decision.

use std::{
    cell::{Cell, RefCell},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Instant,
};

use http::HeaderMap;
use opentelemetry::{
    Array, StringValue, Value,
    trace::{SpanContext, TraceFlags, TraceId, TraceState},
};
use opentelemetry_aws::trace::XrayIdGenerator;
use opentelemetry_sdk::trace::IdGenerator as _;

use tracing::{Instrument as _, Span};

use super::{
    caller::{self, Caller},
    detail,
    id::IdFormat,
    sampler::Sampler,
    span::SpanHandle,
};
use crate::{
    dimension::{Key, Labels as _},
    emf::Fragments,
    metric::CatalogueEntry,
    property::{self, Property},
    signals::RouteSignals,
};

tokio::task_local! {
    pub(crate) static CURRENT: Request;
}

/// The attribute that names the attributes which X-Ray is to index, as AWS's collectors
/// read it.
pub(crate) const ANNOTATIONS: &str = "aws.xray.annotations";

/// Longest text of an attribute: what X-Ray takes of an annotation.
const MAX_ATTRIBUTE_CHARS: usize = 1_000;

/// How this process traces its requests.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tracing {
    /// How trace ids are written in events and records.
    pub(crate) ids: IdFormat,
    /// Whether spans go anywhere.
    pub(crate) exports: bool,
    /// Which requests have spans.
    pub(crate) sampler: Sampler,
    /// Whether it was started before anybody asked, so that nobody waited for it.
    #[cfg_attr(
        not(feature = "lambda"),
        expect(dead_code, reason = "a cold start is Lambda's")
    )]
    pub(crate) started_ahead: bool,
}

static TRACING: OnceLock<Tracing> = OnceLock::new();

impl Tracing {
    /// Makes this the process's way, unless there is one.
    pub(crate) fn install(self) {
        let _ = TRACING.set(self);
    }

    /// What was installed; nothing is exported before that.
    pub(crate) fn installed() -> Self {
        TRACING.get().copied().unwrap_or_default()
    }
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
    /// Whether Lambda numbered the trace, which X-Ray forgets if it is not sampled.
    of_lambda: bool,
    /// The caller's span, if the caller has one.
    pub(crate) caller: Option<SpanContext>,
    /// The server span, once it has begun.
    pub(crate) span: RefCell<SpanHandle>,
    /// The attributes of that span which X-Ray is to index.
    annotated: Arc<Mutex<Vec<StringValue>>>,
    /// The HTTP request that has not been answered yet.
    pub(crate) pending: Cell<Option<PendingRequest>>,
    /// Whether it says what others of its time have said.
    detailed: Cell<bool>,
    /// Its spans that have not ended, if it is sampled and has a deadline.
    #[cfg(feature = "lambda")]
    pub(crate) open_spans: Option<super::open::OpenSpans>,
}

impl Request {
    /// A request with Lambda's number and its trace header.
    #[cfg(feature = "lambda")]
    pub(crate) fn from_lambda(id: &str, header: Option<&str>) -> Self {
        let caller = header.and_then(caller::from_lambda);
        let request = Self::new(id.to_owned(), caller);
        let (sampled, open_spans) = (request.sampled, request.sampled.then(Default::default));
        // Where Lambda records nothing, what its header names is no span that anybody finds.
        let recorded = |caller: &SpanContext| caller.is_sampled() || !sampled;
        Self {
            of_lambda: true,
            caller: request.caller.filter(recorded),
            open_spans,
            ..request
        }
    }

    /// A request that came by HTTP to a server of its own, which may have numbered it.
    pub(crate) fn from_headers(headers: &HeaderMap, id: Option<String>) -> Self {
        let id = id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        Self::new(id, caller::from_headers(headers))
    }

    fn new(id: String, caller: Option<Caller>) -> Self {
        let tracing = Tracing::installed();
        let trace_id = caller.as_ref().map_or_else(
            || XrayIdGenerator::default().new_trace_id(),
            |caller| caller.trace_id,
        );
        let decision = caller.as_ref().and_then(|caller| caller.sampled);
        Self {
            trace_id,
            trace_text: tracing.ids.text(trace_id),
            id,
            sampled: tracing.exports && tracing.sampler.samples(trace_id, decision),
            of_lambda: false,
            caller: caller.and_then(|caller| caller.span),
            span: RefCell::default(),
            annotated: Arc::default(),
            pending: Cell::new(None),
            detailed: Cell::new(true),
            #[cfg(feature = "lambda")]
            open_spans: None,
        }
    }
}

impl Request {
    /// Whether ids find something: spans, or what an HTTP client recorded.
    pub(crate) fn is_known_elsewhere(&self) -> bool {
        self.sampled || !self.of_lambda
    }

    /// An HTTP request is what this one is about.
    pub(crate) fn begin(&self, pending: PendingRequest) {
        let detailed = self.is_known_elsewhere() || detail::is_due(pending.name);
        self.detailed.set(detailed);
        self.pending.set(Some(pending));
    }

    /// Makes a property an attribute of the server span.
    fn set_attribute(&self, property: Property, value: &property::Value<'_>) {
        let span = self.span.borrow();
        if !span.is_recorded() {
            return;
        }
        span.set(property.name(), attribute(value));
        if property.is_annotated() {
            let mut annotated = self
                .annotated
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let name = StringValue::from(property.name());
            if !annotated.contains(&name) {
                annotated.push(name);
                let names = Array::String(annotated.clone());
                span.set(ANNOTATIONS, Value::Array(names));
            }
        }
    }

    /// The trace and the decision against spans, for services that are called. There is no
    /// span of ours: the caller's is the parent, or else one that nobody records.
    pub(crate) fn unsampled(&self) -> SpanContext {
        let caller = self.caller.as_ref().map(SpanContext::span_id);
        let span = caller.unwrap_or_else(|| XrayIdGenerator::default().new_span_id());
        let (flags, state) = (TraceFlags::NOT_SAMPLED, TraceState::NONE);
        SpanContext::new(self.trace_id, span, flags, true, state)
    }
}

fn attribute(value: &property::Value<'_>) -> Value {
    match value {
        property::Value::Text(text) => match text.char_indices().nth(MAX_ATTRIBUTE_CHARS) {
            Some((end, _)) => Value::from(text[..end].to_owned()),
            None => Value::from(text.clone().into_owned()),
        },
        property::Value::Integer(number) => Value::from(*number),
        property::Value::Number(number) => Value::from(*number),
    }
}

/// An HTTP request that has not been answered, with the metrics to record then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PendingRequest {
    pub(crate) started: Instant,
    name: &'static str,
    pub(crate) route: Key,
    pub(crate) error: &'static Fragments,
    pub(crate) duration: &'static Fragments,
}

impl PendingRequest {
    /// A request of this route that has just arrived.
    pub(crate) fn of<R: RouteSignals>(route: R) -> Self {
        Self {
            started: Instant::now(),
            name: route.value(),
            route: route.key(),
            error: R::RequestError::FRAGMENTS,
            duration: R::RequestDuration::FRAGMENTS,
        }
    }

    /// Whether it is this request that says of its route that there was no error: one that began
    /// in another minute may be the first that ends in this one.
    pub(crate) fn is_detailed(&self) -> bool {
        is_detailed() || detail::is_due(self.name)
    }
}

impl Request {
    /// The same request, for another task that works for it.
    fn another(&self) -> Self {
        Self {
            trace_id: self.trace_id,
            trace_text: self.trace_text.clone(),
            id: self.id.clone(),
            sampled: self.sampled,
            of_lambda: self.of_lambda,
            caller: self.caller.clone(),
            span: RefCell::new(self.span.borrow().clone()),
            annotated: Arc::clone(&self.annotated),
            pending: Cell::new(None),
            detailed: self.detailed.clone(),
            #[cfg(feature = "lambda")]
            open_spans: self.open_spans.clone(),
        }
    }
}

/// The future, as part of the current request and span wherever it is polled.
pub(crate) fn with_current_request<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let request = with(Request::another);
    let future = future.in_current_span();
    async move {
        match request {
            Some(request) => CURRENT.scope(request, future).await,
            None => future.await,
        }
    }
}

/// The same of a closure.
pub(crate) fn in_current_request<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let (request, span) = (with(Request::another), Span::current());
    move || {
        let work = || span.in_scope(work);
        match request {
            Some(request) => CURRENT.sync_scope(request, work),
            None => work(),
        }
    }
}

/// Time that has passed, in milliseconds; more digits than of microseconds would say nothing.
#[expect(clippy::cast_precision_loss, reason = "exact for 285 years")]
pub(crate) fn milliseconds_since(start: Instant) -> f64 {
    start.elapsed().as_micros() as f64 / 1e3
}

/// Whether the current request says what others of its time have said; outside a request all is
/// said.
pub(crate) fn is_detailed() -> bool {
    with(|request| request.detailed.get()).unwrap_or(true)
}

/// Whether the current request is an invocation by Lambda, whose log has what is written.
pub(crate) fn is_of_lambda() -> bool {
    with(|request| request.of_lambda).unwrap_or(false)
}

/// Whether spans of the current request are recorded; outside a request they are not.
pub(crate) fn is_sampled() -> bool {
    with(|request| request.sampled).unwrap_or(false)
}

/// Makes a property an attribute of the current request's server span.
pub(crate) fn set_attribute(property: Property, value: &property::Value<'_>) {
    with(|request| request.set_attribute(property, value));
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
pub(crate) fn take_pending() -> Option<PendingRequest> {
    with(|request| request.pending.take()).flatten()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_attribute_has_a_thousand_characters_at_most() {
        let text = "é".repeat(MAX_ATTRIBUTE_CHARS);
        for sent in [text.clone(), format!("{text}x")] {
            let value = attribute(&property::Value::from(sent));
            assert_eq!(value, Value::from(text.clone()));
        }
    }

    #[test]
    fn time_is_measured_in_milliseconds() {
        let start = Instant::now().checked_sub(Duration::from_secs(2));
        let elapsed = milliseconds_since(start.unwrap());
        assert!((2_000.0..600_000.0).contains(&elapsed), "{elapsed}");
    }
}
