//! The layer that lists the open spans of each invocation.

use tracing::{Subscriber, span};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::{open::OpenSpans, request::with};

/// Keeps the list of each invocation. Below the layer that makes spans, so that a span that
/// closes leaves the list before it ends.
#[derive(Debug)]
pub(crate) struct OpenSpansLayer;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for OpenSpansLayer {
    fn on_new_span(&self, _: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let list = with(|request| request.open_spans.clone()).flatten();
        if let (Some(list), Some(span)) = (list, context.span(id)) {
            list.add(id.clone());
            span.extensions_mut().insert(list);
        }
    }

    fn on_close(&self, id: span::Id, context: Context<'_, S>) {
        let span = context.span(&id);
        let list = span.and_then(|span| span.extensions_mut().remove::<OpenSpans>());
        if let Some(list) = list {
            list.remove(&id);
        }
    }
}
