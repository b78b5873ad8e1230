//! How the table writes down an event, a log record and a span: the same each time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value, json};
use system_tests::lambda::Invocation;
use uuid::Uuid;

use super::UNKNOWN;

/// No request and no call takes less; in seconds, those that ask for nothing would.
const LEAST_MS: f64 = 0.001;
/// A busy machine may let somebody wait for a processor between two clocks.
const WAIT_MS: f64 = 300.0;

/// How long things took, by another clock than that of the metrics.
pub(super) struct Times {
    request_ms: f64,
    calls_ms: f64,
    run_s: Option<f64>,
    longest_s: f64,
}

impl Times {
    pub(super) fn of(invocation: &Invocation, answer: &Value, since_start: Duration) -> Self {
        let took = |segment: &Value| {
            let at = |name: &str| segment[name].as_f64().unwrap_or_default();
            (at("end_time") - at("start_time")) * 1e3
        };
        let is_call = |segment: &&Value| segment["namespace"] == "aws";
        let calls = invocation.segments.iter().filter(is_call);
        let moment = |name: &str| answer[name].as_str()?.parse::<jiff::Timestamp>().ok();
        let run = moment("startedAt").zip(moment("finishedAt"));
        Self {
            request_ms: invocation.response_time.as_secs_f64() * 1e3,
            calls_ms: calls.map(took).sum(),
            run_s: run.map(|(from, to)| to.duration_since(from).as_secs_f64()),
            longest_s: since_start.as_secs_f64(),
        }
    }

    /// What differs from one time to the next, if it can be what it says: within what the other
    /// clock has measured, give or take what a busy machine adds to either, never a thousandfold.
    fn checked(&self, metric: &str, values: &[f64]) -> Option<String> {
        let total: f64 = values.iter().sum();
        let (least, most) = match (metric, self.run_s) {
            // Of a large request most of the time is the stand-in's.
            ("request_duration", _) => (LEAST_MS.min(self.request_ms), self.request_ms),
            ("dynamodb_request_duration", _) => {
                (LEAST_MS.min(self.calls_ms), 2.0 * self.calls_ms + WAIT_MS)
            }
            ("run_duration", Some(run)) => (run - 1e-9, run + 1e-9),
            ("run_duration", None) if values.len() > 1 => (0.02, 2.0 * self.longest_s),
            ("dynamodb_retry" | "dynamodb_throttle", _) => (1.0, 100.0),
            ("heartbeat", _) => (0.0, 59.0),
            _ => return None,
        };
        assert!(
            (least..=most).contains(&total),
            "{metric} is {total}, not within {least} and {most}"
        );
        Some("measured".to_owned())
    }
}

pub(super) fn event(line: &Value, times: &Times) -> String {
    let mut rest: Map<String, Value> = line.as_object().expect("an object").clone();
    rest.remove("_aws");
    let mut metrics: BTreeMap<String, String> = BTreeMap::new();
    let mut dimensions: BTreeMap<String, Value> = BTreeMap::new();
    for directive in line["_aws"]["CloudWatchMetrics"]
        .as_array()
        .expect("a list")
    {
        let sets = directive["Dimensions"].to_string();
        for name in directive["Dimensions"].as_array().into_iter().flatten() {
            for name in name.as_array().into_iter().flatten() {
                let name = name.as_str().expect("text");
                dimensions.insert(name.to_owned(), line[name].clone());
            }
        }
        for metric in directive["Metrics"].as_array().expect("a list") {
            let name = metric["Name"].as_str().expect("text");
            let unit = metric["Unit"].as_str().unwrap_or("None");
            let value = &line[name];
            let list = value.as_array().cloned();
            let list = list.unwrap_or_else(|| vec![value.clone()]);
            let numbers: Vec<f64> = list.iter().filter_map(Value::as_f64).collect();
            let value = times
                .checked(name, &numbers)
                .unwrap_or_else(|| value.to_string());
            let text = format!("{value} {unit} by {sets}");
            let twice = metrics.insert(name.to_owned(), text);
            assert_eq!(twice, None, "{name} stands twice in {line}");
            rest.remove(name);
        }
    }
    for name in dimensions.keys() {
        rest.remove(name);
    }
    let mut text = String::from("event\n");
    for (name, metric) in metrics {
        writeln!(text, "  {name} = {metric}").expect("written");
    }
    writeln!(text, "  dimensions {}", json!(dimensions)).expect("written");
    writeln!(text, "  properties {}", steady(&Value::Object(rest))).expect("written");
    text
}

pub(super) fn record(line: &Value) -> String {
    format!("log {}\n", steady(line))
}

pub(super) fn span(segment: &Value) -> String {
    format!("span {}\n", steady(segment))
}

/// Members whose values are of this one invocation.
const OWN: [&str; 13] = [
    "id",
    "type",
    "parent_id",
    "trace_id",
    "request_id",
    "start_time",
    "end_time",
    "timestamp",
    "span_id",
    "time",
    "faas_invocation_id",
    "faas.invocation_id",
    "aws.request_id",
];

/// The same each time.
pub(super) fn steady(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let members = members.filter(|(name, _)| !OWN.contains(&name.as_str()));
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), steady(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(steady).collect(),
        Value::String(text) => {
            let words = text.split_inclusive([' ', '/', ':', '"', ',']);
            let words = words.map(|word| {
                let end = word.trim_end_matches([' ', '/', ':', '"', ',']);
                match Uuid::try_parse(end) {
                    Ok(_) if end != UNKNOWN => word.replace(end, "{id}"),
                    _ => word.to_owned(),
                }
            });
            json!(words.collect::<String>())
        }
        other => other.clone(),
    }
}
