//! What can be wrong with a line.

/// Why a line, or a metric of it, was not taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// It has more bytes than CloudWatch Logs takes: so many, 1 MB.
    #[error("has more than {0} bytes")]
    TooLong(usize),
    /// It is not text.
    #[error("is not UTF-8")]
    NotUtf8,
    /// It is not a JSON object.
    #[error("is not a JSON object: {0}")]
    NotJson(#[source] serde_json::Error),
    /// Nothing says when it was written.
    #[error(
        "has no time: neither `_aws.Timestamp` in milliseconds since 1970 nor `timestamp` such as \
         \"2026-01-31T12:00:00Z\""
    )]
    NoTime,
    /// `_aws` is not what the embedded metric format wants.
    #[error("has a wrong `_aws`: {0}")]
    Aws(#[source] serde_json::Error),
    /// A dimension set names a member that is not there, or is no text.
    #[error("has no text member {0:?}, which `Dimensions` names")]
    Dimension(String),
    /// A metric names a member that is not there, or holds no numbers CloudWatch takes.
    #[error("has no member {0:?} with numbers of at most 2^360, which `Metrics` names")]
    Metric(String),
    /// There are so many metrics already; dimensions are meant to have few values.
    #[error("would make more than {0} metrics: a dimension has too many values")]
    TooManyMetrics(usize),
}
