//! A span that has ended, of this program or of another one.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanId, SpanKind, Status, TraceId};
use opentelemetry_sdk::trace::SpanData;
use serde_json::Value;

/// What telemetry calls the attribute that names a span's request.
const REQUEST_ID: &str = "faas.invocation_id";
/// By table: JSON of its name and the units.
const CONSUMED_CAPACITY: &str = "aws.dynamodb.consumed_capacity";
/// What calls to a database say of it, the more telling first.
const PEERS: [&str; 4] = [
    "db.collection.name",
    "db.system.name",
    "server.address",
    "messaging.destination.name",
];

/// A span that has ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) trace: TraceId,
    pub(crate) id: SpanId,
    pub(crate) parent: SpanId,
    /// The program that it is of.
    pub(crate) service: Arc<str>,
    pub(crate) name: String,
    pub(crate) kind: SpanKind,
    pub(crate) start: SystemTime,
    pub(crate) duration: Duration,
    pub(crate) attributes: Vec<(String, Value)>,
    /// What happened within it, such as an exception.
    pub(crate) moments: Vec<Moment>,
    /// Why it failed.
    pub(crate) error: Option<String>,
}

/// Something that happened within a span.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Moment {
    pub(crate) at: SystemTime,
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, Value)>,
}

impl Span {
    /// A span of this process.
    pub(super) fn own(span: SpanData, service: &Arc<str>) -> Self {
        let duration = span.end_time.duration_since(span.start_time);
        let moments = span.events.events.into_iter().map(|event| Moment {
            at: event.timestamp,
            name: event.name.into_owned(),
            attributes: pairs(event.attributes),
        });
        Self {
            trace: span.span_context.trace_id(),
            id: span.span_context.span_id(),
            parent: span.parent_span_id,
            service: Arc::clone(service),
            name: span.name.into_owned(),
            kind: span.span_kind,
            start: span.start_time,
            duration: duration.unwrap_or_default(),
            attributes: pairs(span.attributes),
            moments: moments.collect(),
            error: match span.status {
                Status::Error { description } => Some(description.into_owned()),
                Status::Ok | Status::Unset => None,
            },
        }
    }

    /// The request whose own span this is.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.attribute(REQUEST_ID)?.as_str()
    }

    /// Whether it is a call to something else.
    pub(crate) fn is_call(&self) -> bool {
        matches!(self.kind, SpanKind::Client | SpanKind::Producer)
    }

    /// Whether a program was entered here: by a caller, or on its own account.
    pub(super) fn is_entry(&self) -> bool {
        let entered = matches!(self.kind, SpanKind::Server | SpanKind::Consumer);
        entered || self.parent == SpanId::INVALID || self.request_id().is_some()
    }

    pub(crate) fn attribute(&self, key: &str) -> Option<&Value> {
        let mut all = self.attributes.iter();
        all.find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// What it calls, as far as it says.
    pub(crate) fn peer(&self) -> Option<&str> {
        PEERS.iter().find_map(|key| self.attribute(key)?.as_str())
    }

    /// The capacity units that DynamoDB counted for it.
    pub(crate) fn capacity(&self) -> Option<f64> {
        let entries = self.attribute(CONSUMED_CAPACITY)?.as_array()?;
        let units = entries.iter().filter_map(|entry| {
            let entry: Value = serde_json::from_str(entry.as_str()?).ok()?;
            entry["CapacityUnits"].as_f64()
        });
        Some(units.sum())
    }

    /// What it takes, about.
    pub(super) fn bytes(&self) -> usize {
        let moments = self.moments.iter().map(|moment| bytes(&moment.attributes));
        200 + self.name.len() + bytes(&self.attributes) + moments.sum::<usize>()
    }
}

/// What attributes take, about.
pub(super) fn bytes(attributes: &[(String, Value)]) -> usize {
    let pair = |(key, value): &(String, Value)| key.len() + size(value) + 48;
    attributes.iter().map(pair).sum()
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(size).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| key.len() + size(value))
            .sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}

fn pairs(attributes: Vec<opentelemetry::KeyValue>) -> Vec<(String, Value)> {
    let each = attributes.into_iter();
    each.map(|one| (one.key.to_string(), json(&one.value)))
        .collect()
}

fn json(value: &opentelemetry::Value) -> Value {
    use opentelemetry::{Array, Value as Otel};
    match value {
        Otel::Bool(truth) => Value::from(*truth),
        Otel::I64(number) => Value::from(*number),
        Otel::F64(number) => Value::from(*number),
        Otel::Array(Array::String(texts)) => texts
            .iter()
            .map(|text| Value::from(text.as_str()))
            .collect(),
        Otel::Array(Array::I64(numbers)) => numbers.iter().copied().map(Value::from).collect(),
        other => Value::from(other.to_string()),
    }
}
