//! Log records of other programs, in the shape of Sentori's own.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use serde_json::{Value, json};

use super::value::{json as value, map, service};
use crate::requests::iso;

/// The records of an export, each as a line of JSON.
pub(crate) fn lines(export: &ExportLogsServiceRequest) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    for of in &export.resource_logs {
        let service = service(of.resource.as_ref());
        for scope in &of.scope_logs {
            let target = scope.scope.as_ref().map(|scope| scope.name.as_str());
            for record in &scope.log_records {
                let line = one(record, &service, target.unwrap_or_default());
                lines.push(line.to_string().into_bytes());
            }
        }
    }
    lines
}

fn one(record: &LogRecord, service: &str, target: &str) -> Value {
    let nanos = match record.time_unix_nano {
        0 => record.observed_time_unix_nano,
        at => at,
    };
    let message = match value(record.body.as_ref()) {
        Value::String(text) => text,
        Value::Null => record.event_name.clone(),
        other => other.to_string(),
    };
    let mut line = json!({
        "timestamp": iso(i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX)),
        "level": level(record), "message": message, "target": target, "service": service,
        "fields": map(&record.attributes),
    });
    for (name, id) in [("trace_id", &record.trace_id), ("span_id", &record.span_id)] {
        if id.iter().any(|byte| *byte != 0) {
            line[name] = Value::from(
                id.iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>(),
            );
        }
    }
    line
}

/// The level by its number, four of which share a name.
fn level(record: &LogRecord) -> &str {
    match record.severity_number {
        1..=4 => "TRACE",
        5..=8 => "DEBUG",
        9..=12 => "INFO",
        13..=16 => "WARN",
        17..=20 => "ERROR",
        21.. => "FATAL",
        _ if record.severity_text.is_empty() => "INFO",
        _ => &record.severity_text,
    }
}
