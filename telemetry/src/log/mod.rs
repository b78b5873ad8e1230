//! Logs: one line a record, with the ids of the request it belongs to.
//!
//! On Lambda a record is a JSON object, so that Logs Insights knows its fields; on a
//! terminal it is a line for people. Both go to stderr: stdout belongs to the events.
//! Ids come from the request that is being worked for, not from a span, so they are there
//! whether or not the request is sampled.
//!
//! *User text cannot forge a record.* Whatever ends a line, moves a cursor or reorders
//! text is written as an escape, in both formats (`escape`).
//!
//! *Neither bodies nor secrets are logged.* This crate logs none, and the libraries that
//! would at DEBUG or TRACE (HTTP, the AWS SDK, the Lambda runtime) are held to INFO
//! whatever the level asks for.

mod escape;
mod format;
mod level;
mod panic;
mod record;

pub use escape::escaped;
pub use format::Format;
pub(crate) use level::from_env;
#[cfg(feature = "http")]
pub(crate) use panic::PANIC;
pub(crate) use panic::log_panics;

use std::io::Write as _;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt as _, Targets, filter_fn},
    fmt::{
        self,
        writer::{BoxMakeWriter, MakeWriter as _},
    },
    registry::LookupSpan,
};

/// Libraries that put payloads or credentials into records below INFO.
const PAYLOAD_LOGGERS: [&str; 8] = [
    "aws_",
    "dynoxide",
    "h2",
    "hyper",
    "lambda_",
    "opentelemetry",
    "rustls",
    "tower",
];

/// What OpenTelemetry says of each batch that does not arrive; `trace` says it once. Its
/// other warnings, such as that of a full queue, come once by themselves.
const EXPORT_FAILED: &str = "BatchSpanProcessor.ExportError";

/// Writes the records that `levels` asks for.
pub(crate) fn layer<S>(format: Format, levels: Targets, writer: BoxMakeWriter) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fmt::layer()
        .event_format(format)
        .with_writer(writer)
        .with_filter(levels.and(filter_fn(is_logged)))
}

/// Says what is wrong with the configuration, past every level: the setting that is warned
/// of would hide the warning as well.
pub(crate) fn warn_at_start(format: Format, writer: &BoxMakeWriter, warning: &str) {
    let line = format.fatal(env!("CARGO_CRATE_NAME"), warning);
    // Nobody is left to tell when the log cannot be written.
    let _ = writer.make_writer().write_all(line.as_bytes());
}

/// Records are logged, spans are not, and payloads stay out.
fn is_logged(metadata: &Metadata<'_>) -> bool {
    let names_payloads = || {
        let target = metadata.target();
        PAYLOAD_LOGGERS.iter().any(|name| target.starts_with(name))
    };
    metadata.is_event()
        && metadata.name() != EXPORT_FAILED
        && (*metadata.level() <= Level::INFO || !names_payloads())
}
