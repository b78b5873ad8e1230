//! A span that is recorded, or one that ignores everything at no cost.

use opentelemetry::{
    Context, Key, KeyValue, Value,
    trace::{Status, TraceContextExt as _},
};
use opentelemetry_sdk::trace::SpanData;
use tracing::{Instrument as _, Span, instrument::Instrumented};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::current;

/// A server or client span of the current request; nothing if that is not sampled.
#[derive(Clone, Debug, Default)]
pub(crate) struct SpanHandle(Option<Span>);

impl SpanHandle {
    /// Begins the server span of the current request, below the caller's span.
    pub(crate) fn server(name: &str) -> Self {
        if !super::is_sampled() {
            return Self(None);
        }
        let span = tracing::info_span!("request", otel.kind = "server", otel.name = name);
        let caller = current::with(|request| request.caller.clone()).flatten();
        if let Some(caller) = caller {
            // Fails only where no OpenTelemetry layer is, and there the span goes nowhere.
            let _ = span.set_parent(Context::new().with_remote_span_context(caller));
        }
        let handle = Self(Some(span));
        current::with(|request| request.span.replace(handle.clone()));
        handle
    }

    /// Begins a client span below the current span.
    pub(crate) fn client(name: impl FnOnce() -> String) -> Self {
        if !super::is_sampled() {
            return Self(None);
        }
        let name = name();
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
    pub(crate) fn set_with(&self, key: &'static str, value: impl FnOnce() -> Value) {
        if let Some(span) = &self.0 {
            let context = span.context();
            context.span().set_attribute(KeyValue::new(key, value()));
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

    /// Ends the span now, whoever still holds it.
    pub(crate) fn end(&self) {
        if let Some(span) = &self.0 {
            span.context().span().end();
        }
    }

    /// Makes this span the current one while the future is polled.
    pub(crate) fn instrument<F: Future>(self, future: F) -> Instrumented<F> {
        future.instrument(self.0.unwrap_or_else(Span::none))
    }
}

/// Keeps the last value of each attribute. The SDK keeps all that were set, in order; a
/// document that names one twice is not one that X-Ray or a collector has to take.
pub(super) fn keep_last_values(span: &mut SpanData) {
    let mut position = 0;
    while let Some(attribute) = span.attributes.get(position) {
        let later = &span.attributes[position + 1..];
        if later.iter().any(|other| other.key == attribute.key) {
            span.attributes.remove(position);
        } else {
            position += 1;
        }
    }
}
