//! What programs export by OTLP, as this process keeps it, and spans as OTLP has them.

pub(crate) mod logs;
pub(crate) mod metrics;
mod rejections;
pub(crate) mod spans;
mod value;

pub(crate) use rejections::Rejections;
