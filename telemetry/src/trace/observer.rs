//! Spans for somebody in the same process, as they end.

use std::{fmt, time::Duration};

use opentelemetry::Context;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};

use super::attributes::keep_last_values;

/// A function that gets every span that has ended.
///
/// It is called where the span ends, in the middle of a request, so it must not block.
pub struct Observer(Box<dyn Fn(SpanData) + Send + Sync>);

impl Observer {
    /// Hands every span to `observe`.
    pub fn new(observe: impl Fn(SpanData) + Send + Sync + 'static) -> Self {
        Self(Box::new(observe))
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl SpanProcessor for Observer {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, mut span: SpanData) {
        keep_last_values(&mut span);
        (self.0)(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}
