//! Traces: one server span for each sampled request, a client span for each DynamoDB call.
//!
//! *The decision comes first.* Whether a request is sampled is known before any span
//! exists: Lambda has decided, or the caller's `traceparent` has, or a [`Sampler`] does by the
//! trace's id. A request that is not
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

mod attributes;
mod exporter;
mod inject;
mod observer;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(any(feature = "otlp", feature = "xray"))]
mod report;
mod settings;
#[cfg(feature = "xray")]
mod xray;

pub use crate::context::{IdFormat, Sampler};
pub use exporter::Exporter;
pub(crate) use exporter::Provider;
pub use inject::inject;
pub use observer::Observer;
pub(crate) use settings::{destination, resource};
