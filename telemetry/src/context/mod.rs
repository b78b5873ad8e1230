//! The request that the current task works for: its ids, its sampling decision, its span.
//!
//! Whoever records, logs or traces finds it here; it knows none of them.

mod caller;
mod detail;
mod id;
#[cfg(feature = "lambda")]
mod open;
mod request;
mod sampler;
mod span;
#[cfg(feature = "lambda")]
mod track;

/// The semantic conventions' name of DynamoDB, by which X-Ray's exporter knows its spans.
#[cfg(any(feature = "dynamodb", feature = "xray"))]
pub(crate) const DYNAMODB: &str = "aws.dynamodb";

pub(crate) use caller::w3c;
pub use id::IdFormat;
#[cfg(feature = "xray")]
pub(crate) use request::ANNOTATIONS;
pub(crate) use request::{
    CURRENT, PendingRequest, Request, Tracing, in_current_request, is_detailed, is_of_lambda,
    is_sampled, is_some, milliseconds_since, set_attribute, span, take_pending, with,
    with_current_request,
};
pub use sampler::Sampler;
pub(crate) use sampler::share;
pub(crate) use span::SpanHandle;
#[cfg(feature = "lambda")]
pub(crate) use track::OpenSpansLayer;
