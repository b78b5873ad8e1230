//! A span that is recorded, or one that ignores everything at no cost.

use opentelemetry::{
    Context, Key, Value,
    trace::{SpanContext, Status, TraceContextExt as _},
};
use tracing::{Instrument as _, Span, instrument::Instrumented};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// A server or client span of the current request; nothing if that is not sampled.
#[derive(Clone, Debug, Default)]
pub(crate) struct SpanHandle(Option<Span>);

impl SpanHandle {
    /// Begins a server span, below the caller's span if the caller has one.
    pub(crate) fn server(name: &str, caller: Option<SpanContext>) -> Self {
        let span = tracing::info_span!("request", otel.kind = "server", otel.name = name);
        if let Some(caller) = caller {
            // Fails only where no OpenTelemetry layer is, and there the span goes nowhere.
            let _ = span.set_parent(Context::new().with_remote_span_context(caller));
        }
        Self(Some(span))
    }

    /// Begins a client span below the current span.
    #[cfg(feature = "dynamodb")]
    pub(crate) fn client(name: &str) -> Self {
        Self(Some(tracing::info_span!(
            "call",
            otel.kind = "client",
            otel.name = name
        )))
    }

    /// Whether setting something has any effect.
    pub(crate) fn is_recorded(&self) -> bool {
        self.0.is_some()
    }

    /// Sets an attribute.
    pub(crate) fn set(&self, key: impl Into<Key>, value: impl Into<Value>) {
        if let Some(span) = &self.0 {
            span.set_attribute(key, value);
        }
    }

    /// Sets an attribute whose value takes time to make.
    #[cfg(feature = "dynamodb")]
    pub(crate) fn set_with(&self, key: &'static str, value: impl FnOnce() -> Value) {
        if let Some(span) = &self.0 {
            let context = span.context();
            context
                .span()
                .set_attribute(opentelemetry::KeyValue::new(key, value()));
        }
    }

    /// Says that the span has to do with one of another trace.
    pub(crate) fn link(&self, other: SpanContext) {
        if let Some(span) = &self.0 {
            span.add_link(other);
        }
    }

    /// Gives the span another name.
    pub(crate) fn rename(&self, name: impl Into<String>) {
        if let Some(span) = &self.0 {
            span.context().span().update_name(name.into());
        }
    }

    /// Marks the span as failed.
    pub(crate) fn fail(&self, description: impl Into<std::borrow::Cow<'static, str>>) {
        if let Some(span) = &self.0 {
            span.set_status(Status::error(description));
        }
    }

    /// Makes this span the current one while the future is polled.
    pub(crate) fn instrument<F: Future>(self, future: F) -> Instrumented<F> {
        future.instrument(self.0.unwrap_or_else(Span::none))
    }
}
