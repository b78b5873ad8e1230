//! Runs what is asked for as a request: one event and, if it is sampled, one server span.

use opentelemetry_semantic_conventions::attribute::FAAS_INVOCATION_ID;

use crate::{
    context::{self, CURRENT, PendingRequest, Request, SpanHandle},
    event,
    property::{REQUEST_ID, TRACE_ID},
};

/// Runs a future as this request: in an event of its own and, if it is sampled, in a
/// server span of this name. The span has ended before the event is written.
pub(crate) async fn run<F: Future>(
    request: Request,
    name: impl AsRef<str>,
    future: F,
) -> F::Output {
    let working = async move {
        let span = context::with(|request| begin(request, name.as_ref()));
        span.unwrap_or_default().instrument(future).await
    };
    event::of_invocation(CURRENT.scope(request, working)).await
}

fn begin(request: &Request, name: &str) -> SpanHandle {
    // An id that finds nothing is not worth its bytes.
    if request.is_known_elsewhere() {
        TRACE_ID.set(&request.trace_text);
        REQUEST_ID.set(&request.id);
    }
    if !request.sampled {
        return SpanHandle::default();
    }
    let span = SpanHandle::server(name, request.caller.clone());
    span.set(FAAS_INVOCATION_ID, request.id.clone());
    request.span.replace(span.clone());
    span
}

impl PendingRequest {
    /// Records a request, whatever its answer is; its duration once, because the number of
    /// durations is the number of requests.
    pub(crate) fn record(self, failed: bool) {
        let elapsed = context::milliseconds_since(self.started);
        if failed || self.is_detailed() {
            event::record(self.error, self.route, f64::from(u8::from(failed)));
        }
        event::record(self.duration, self.route, elapsed);
    }
}
