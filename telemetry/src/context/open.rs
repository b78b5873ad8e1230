//! The spans of an invocation that have not ended: what is killed at its deadline ends none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::{
    KeyValue,
    trace::{Status, TraceContextExt as _},
};
use opentelemetry_semantic_conventions::attribute::ERROR_TYPE;
use tracing::{Subscriber, dispatcher, span};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use crate::property::OUTCOME;

/// Ids of open spans, the outermost first.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenSpans(Arc<Mutex<Vec<span::Id>>>);

impl OpenSpans {
    /// Ends every span that is open now, the innermost first, and says why. A span that goes
    /// on after all does not end twice.
    pub(crate) fn end(&self, error: &'static str, outcome: &'static str) {
        dispatcher::get_default(|dispatch| {
            // Held throughout: a span that closes meanwhile on another thread waits, and can
            // be looked up until then.
            for id in self.locked().drain(..).rev() {
                let Some(context) = get_otel_context(&id, dispatch) else {
                    continue;
                };
                let span = context.span();
                span.set_attribute(KeyValue::new(ERROR_TYPE, error));
                span.set_attribute(KeyValue::new(OUTCOME.name(), outcome));
                span.set_status(Status::error(error));
                span.end();
            }
        });
    }

    fn locked(&self) -> MutexGuard<'_, Vec<span::Id>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the list of each invocation. Below the layer that makes spans, so that a span that
/// closes leaves the list before it ends.
#[derive(Debug)]
pub(crate) struct TrackOpenSpans;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for TrackOpenSpans {
    fn on_new_span(&self, _: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let list = super::with(|request| request.open_spans.clone()).flatten();
        if let (Some(list), Some(span)) = (list, context.span(id)) {
            list.locked().push(id.clone());
            span.extensions_mut().insert(list);
        }
    }

    fn on_close(&self, id: span::Id, context: Context<'_, S>) {
        let span = context.span(&id);
        let list = span.and_then(|span| span.extensions_mut().remove::<OpenSpans>());
        if let Some(list) = list {
            list.locked().retain(|open| *open != id);
        }
    }
}
