//! What a service that is called learns of the current trace.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    Context,
    propagation::{Injector, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_aws::trace::XrayPropagator;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::context;

/// Adds `traceparent` and `x-amzn-trace-id` to the headers of a request to another service,
/// so that its spans belong to the current trace; or, where no span is recorded, so that it
/// knows the trace and records none either. Outside a request it adds nothing.
pub fn inject(headers: &mut HeaderMap) {
    let mut context = tracing::Span::current().context();
    if !context.span().span_context().is_valid() {
        let Some(unsampled) = context::with(context::Request::unsampled) else {
            return;
        };
        context = Context::new().with_remote_span_context(unsampled);
    }
    let mut headers = Headers(headers);
    TraceContextPropagator::new().inject_context(&context, &mut headers);
    XrayPropagator::new().inject_context(&context, &mut headers);
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, name: &str, value: String) {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
