//! What a check reports.

use std::fmt;

use serde::Serialize;

use super::Report;

/// The rule that a line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// There is at least one event among the lines.
    NoEvent,
    /// A line is a JSON object in UTF-8.
    Json,
    /// An event has at most 256 KB.
    LineLength,
    /// `_aws` has the members that the specification asks for.
    Structure,
    /// No member is there twice.
    DuplicateMember,
    /// No metric is listed twice: CloudWatch would take its values twice.
    DuplicateMetric,
    /// `Timestamp` is at most 14 days old and 2 hours ahead.
    Timestamp,
    /// The namespace is `<application>/<environment>`, and of the application.
    Namespace,
    /// A directive has at most 100 metrics, a dimension set at most 30 dimensions.
    TooMany,
    /// Names have 1 to 255 characters.
    Name,
    /// A unit is one that CloudWatch knows, and the metric's own.
    Unit,
    /// `StorageResolution` is 1 or 60, and the metric's own.
    Resolution,
    /// A dimension is a text of 1 to 1,024 ASCII characters in the event itself.
    DimensionTarget,
    /// A metric is a number, or at most 100 of them, in the event itself.
    MetricTarget,
    /// The metric is in the catalogue.
    UnknownMetric,
    /// The metric is published by exactly the dimension sets of the catalogue.
    DimensionSets,
    /// The dimension's value is one of the catalogue's.
    DimensionValue,
    /// Occurrences are whole numbers and not negative.
    Kind,
    /// Any other member is a property of the catalogue.
    UnknownProperty,
}

/// Something wrong with one line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The number of the line, from 1.
    pub line: u64,
    /// The rule that it breaks.
    pub rule: Rule,
    /// The metric it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// What is wrong, for people.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.metric {
            Some(metric) => write!(f, "line {}: {metric:?} {}", self.line, self.message),
            None => write!(f, "line {}: {}", self.line, self.message),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        if self.more_findings > 0 {
            writeln!(f, "and {} more findings", self.more_findings)?;
        }
        let (findings, more) = (self.findings.len() as u64, self.more_findings);
        writeln!(
            f,
            "{} lines: {} events, {} other lines, {} findings",
            self.lines,
            self.events,
            self.others,
            findings + more
        )?;
        if !self.never_seen.is_empty() {
            writeln!(f, "never seen: {}", self.never_seen.join(", "))?;
        }
        Ok(())
    }
}
