//! The spans of an invocation that have not ended: what is killed at its deadline ends none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::{
    KeyValue,
    trace::{Status, TraceContextExt as _},
};
use opentelemetry_semantic_conventions::attribute::ERROR_TYPE;
use tracing::{dispatcher, span};
use tracing_opentelemetry::get_otel_context;

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

    pub(super) fn add(&self, id: span::Id) {
        self.locked().push(id);
    }

    pub(super) fn remove(&self, id: &span::Id) {
        self.locked().retain(|open| open != id);
    }

    fn locked(&self) -> MutexGuard<'_, Vec<span::Id>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
