//! What can be wrong with a line.

use std::fmt;

/// Why a line, or a metric of it, was not taken in.
#[derive(Debug)]
#[non_exhaustive]
pub enum Malformed {
    /// It has more bytes than CloudWatch Logs takes: so many, 1 MB.
    TooLong(usize),
    /// It is not text.
    NotUtf8,
    /// It is not a JSON object.
    NotJson(serde_json::Error),
    /// Nothing says when it was written.
    NoTime,
    /// `_aws` is not what the embedded metric format wants.
    Aws(serde_json::Error),
    /// A dimension set names a member that is not there, or is no text.
    Dimension(String),
    /// A metric names a member that is not there, or holds no numbers CloudWatch takes.
    Metric(String),
    /// There are so many metrics already; dimensions are meant to have few values.
    TooManyMetrics(usize),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(limit) => write!(f, "has more than {limit} bytes"),
            Self::NotUtf8 => f.write_str("is not UTF-8"),
            Self::NotJson(error) => write!(f, "is not a JSON object: {error}"),
            Self::NoTime => f.write_str(
                "has no time: neither `_aws.Timestamp` in milliseconds since 1970 nor \
                 `timestamp` such as \"2026-01-31T12:00:00Z\"",
            ),
            Self::Aws(error) => write!(f, "has a wrong `_aws`: {error}"),
            Self::Dimension(name) => {
                write!(f, "has no text member {name:?}, which `Dimensions` names")
            }
            Self::Metric(name) => write!(
                f,
                "has no member {name:?} with numbers of at most 2^360, which `Metrics` names"
            ),
            Self::TooManyMetrics(limit) => write!(
                f,
                "would make more than {limit} metrics: a dimension has too many values"
            ),
        }
    }
}

impl std::error::Error for Malformed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotJson(error) | Self::Aws(error) => Some(error),
            _ => None,
        }
    }
}
