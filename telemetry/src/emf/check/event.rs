//! The structure of `_aws`, as the EMF specification gives it.

use serde::Deserialize;
use serde_json::Value;

/// `_aws`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct Event {
    /// Milliseconds since the epoch.
    pub(super) timestamp: i64,
    #[serde(rename = "CloudWatchMetrics")]
    pub(super) directives: Vec<Directive>,
}

/// What to make metrics of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a directive, an object")]
pub(super) struct Directive {
    pub(super) namespace: String,
    /// Dimension sets.
    pub(super) dimensions: Vec<Vec<String>>,
    pub(super) metrics: Vec<Metric>,
}

/// One metric of a directive.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a metric, an object")]
pub(super) struct Metric {
    pub(super) name: String,
    pub(super) unit: Option<String>,
    pub(super) storage_resolution: Option<u32>,
}

impl Event {
    /// Reads `_aws`; the error says what is missing or of the wrong type.
    pub(super) fn parse(aws: &Value) -> Result<Self, String> {
        Self::deserialize(aws).map_err(|error| format!("has a wrong `_aws`: {error}"))
    }
}

/// The values of a metric: a number, an array of numbers, or values with their counts.
/// `None` if it is none of these; a value occurs a whole number of times, once or more.
pub(super) fn values(target: &Value) -> Option<Vec<f64>> {
    match target {
        Value::Number(number) => Some(vec![number.as_f64()?]),
        Value::Array(numbers) => numbers.iter().map(Value::as_f64).collect(),
        Value::Object(members) => {
            let counts = numbers(members.get("Counts")?)?;
            let values = numbers(members.get("Values")?)?;
            let counted = counts
                .iter()
                .all(|count| *count > 0.0 && count.fract() == 0.0);
            (counts.len() == values.len() && counted).then_some(values)
        }
        _ => None,
    }
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(Value::as_f64).collect()
}
