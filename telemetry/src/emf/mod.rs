//! CloudWatch's Embedded Metric Format: events as lines of JSON, and a check of such lines.
//!
//! A line is an event: metrics, the dimension values they share, and properties. On
//! Lambda it is enough to write it to stdout; CloudWatch makes the metrics of it. The
//! format fails silently, so the rules are kept here by construction, and
//! [`check`](mod@check) tells whether somebody else's lines keep them too.
//! docs/telemetry.md explains a line member by member.
//!
//! Rules: [EMF specification](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).

pub mod check;
mod draft;
mod encode;
#[doc(hidden)]
pub mod fragments;
pub(crate) mod json;
mod layout;
mod lists;
mod properties;
mod shape;

pub(crate) use draft::Draft;
pub(crate) use encode::{Encoder, Envelope};
#[doc(hidden)]
pub use fragments::{Fragments, Text};
pub(crate) use lists::Lists;
#[cfg(feature = "runtime")]
pub(crate) use properties::{MAX_TEXT_BYTES, shortened};
pub(crate) use properties::{MAX_TOTAL_BYTES, Properties};

/// Most metrics of one directive.
pub const MAX_METRICS: usize = 100;
/// Most values of one metric in one line.
pub const MAX_VALUES: usize = 100;
/// Most fields that Logs Insights finds in one line: values within arrays and objects too.
/// [AWS](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html)
/// does not say which ones it leaves out of more, so a line has no more.
pub const MAX_FIELDS: usize = 200;
/// Most bytes of one line: what CloudWatch Logs took before it took 1 MB.
pub const MAX_LINE_BYTES: usize = 256 * 1024;
/// Largest magnitude that CloudWatch keeps of a value: 2^360.
pub const MAX_MAGNITUDE: f64 = f64::from_bits((1023 + 360) << 52);

/// Whether CloudWatch takes this value.
pub fn is_valid(value: f64) -> bool {
    value.abs() <= MAX_MAGNITUDE
}
