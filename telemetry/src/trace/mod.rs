//! Traces: one server span for each sampled request, a client span for each DynamoDB call.
//!
//! *The decision comes first.* Whether a request is sampled is known before any span
//! exists: Lambda has decided, or the caller's `traceparent` has. A request that is not
//! sampled never makes a span, because the subscriber disables them all (`is_sampled`);
//! it costs a look at a task-local value, and its trace id still is in its event and in
//! its logs.
//!
//! *Handlers use `tracing`.* `info_span!` and `#[instrument]` make child spans;
//! tracing-opentelemetry turns them into OpenTelemetry's. Only spans of level INFO and
//! above become part of a trace.
//!
//! *Where spans go is one value*, [`Exporter`]: the X-Ray daemon over UDP on Lambda, OTLP
//! over HTTP elsewhere, or nowhere. No request waits for either: on Lambda spans are kept
//! until the response has been posted, elsewhere a thread of their own sends them.

pub(crate) mod current;
mod exporter;
mod observer;
mod otlp;
mod propagation;
mod report;
mod span;
mod xray;

pub use exporter::Exporter;
pub(crate) use exporter::Provider;
pub use observer::Observer;
pub use propagation::inject;
pub(crate) use propagation::{from_headers, from_lambda};
pub(crate) use span::SpanHandle;

use opentelemetry::trace::TraceId;

/// How a trace id is written in events and logs: as the trace's back end searches for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdFormat {
    /// 32 hexadecimal digits.
    #[default]
    W3c,
    /// X-Ray's `1-<8 digits>-<24 digits>`.
    Xray,
}

impl IdFormat {
    /// The id as text.
    pub(crate) fn text(self, id: TraceId) -> String {
        let hex = id.to_string();
        match self {
            Self::W3c => hex,
            Self::Xray => format!("1-{}-{}", &hex[..8], &hex[8..]),
        }
    }
}

/// Whether spans of the current request are recorded; outside a request they are not.
pub(crate) fn is_sampled() -> bool {
    current::with(|request| request.sampled).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_their_back_end_searches_for_them() {
        let id = TraceId::from_hex("5759e988bd862e3fe1be46a994272793").unwrap();
        assert_eq!(IdFormat::W3c.text(id), "5759e988bd862e3fe1be46a994272793");
        assert_eq!(
            IdFormat::Xray.text(id),
            "1-5759e988-bd862e3fe1be46a994272793"
        );
    }
}
