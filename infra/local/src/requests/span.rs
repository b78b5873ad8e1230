//! A span that has ended, as far as it is shown.

use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanId, SpanKind, Status, TraceId};
use opentelemetry_sdk::trace::SpanData;

use super::inbox::SPAN_BYTES;

/// What telemetry calls the attribute that names a span's request.
const REQUEST_ID: &str = "faas.invocation_id";
/// By table: JSON of its name and the units.
const CONSUMED_CAPACITY: &str = "aws.dynamodb.consumed_capacity";

/// A span that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) trace: TraceId,
    pub(crate) id: SpanId,
    pub(crate) parent: SpanId,
    pub(crate) name: String,
    /// Whether it is a call to something else.
    pub(crate) is_call: bool,
    pub(crate) start: SystemTime,
    pub(crate) duration: Duration,
    pub(crate) attributes: Vec<(String, String)>,
    /// Why it failed.
    pub(crate) error: Option<String>,
}

impl Span {
    /// The request whose own span this is.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.attribute(REQUEST_ID)
    }

    pub(crate) fn attribute(&self, key: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|(known, _)| known == key)
            .map(|(_, value)| value.as_str())
    }

    /// The capacity units that DynamoDB counted for it.
    pub(crate) fn capacity(&self) -> Option<f64> {
        // An array of JSON texts, which is how OpenTelemetry writes an array of strings.
        let entries: Vec<String> = serde_json::from_str(self.attribute(CONSUMED_CAPACITY)?).ok()?;
        let units = entries.iter().filter_map(|entry| {
            let entry: serde_json::Value = serde_json::from_str(entry).ok()?;
            entry["CapacityUnits"].as_f64()
        });
        Some(units.sum())
    }

    pub(super) fn bytes(&self) -> usize {
        SPAN_BYTES
    }
}

impl From<SpanData> for Span {
    fn from(span: SpanData) -> Self {
        let duration = span.end_time.duration_since(span.start_time);
        let attributes = span.attributes.into_iter();
        Self {
            trace: span.span_context.trace_id(),
            id: span.span_context.span_id(),
            parent: span.parent_span_id,
            name: span.name.into_owned(),
            is_call: span.span_kind == SpanKind::Client,
            start: span.start_time,
            duration: duration.unwrap_or_default(),
            attributes: attributes
                .map(|one| (one.key.to_string(), text(&one.value)))
                .collect(),
            error: match span.status {
                Status::Error { description } => Some(description.into_owned()),
                Status::Ok | Status::Unset => None,
            },
        }
    }
}

/// An array of strings as JSON, everything else as it is.
fn text(value: &opentelemetry::Value) -> String {
    match value {
        opentelemetry::Value::Array(opentelemetry::Array::String(entries)) => {
            let entries: Vec<&str> = entries
                .iter()
                .map(opentelemetry::StringValue::as_str)
                .collect();
            serde_json::to_string(&entries).unwrap_or_default()
        }
        other => other.to_string(),
    }
}
