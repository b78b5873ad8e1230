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

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of a record of the scope `cart`, given as OTLP's JSON.
    fn line(record: &Value) -> Value {
        let export = json!({ "resourceLogs": [{
            "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": "shop" } }] },
            "scopeLogs": [{ "scope": { "name": "cart" }, "logRecords": [record] }],
        }] });
        let lines = lines(&serde_json::from_value(export).unwrap());
        assert_eq!(lines.len(), 1);
        serde_json::from_slice(&lines[0]).unwrap()
    }

    #[test]
    fn a_record_is_a_line_in_the_shape_of_our_own() {
        let found = line(&json!({
            "timeUnixNano": "1800000000123456789", "observedTimeUnixNano": "1", "severityNumber": 17,
            "body": { "stringValue": "on fire" },
            "attributes": [{ "key": "items", "value": { "intValue": "3" } }],
            "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708",
        }));
        let expected = json!({
            "timestamp": "2027-01-15T08:00:00.123Z", "level": "ERROR", "message": "on fire",
            "target": "cart", "service": "shop", "fields": { "items": 3 },
            "trace_id": "0102030405060708090a0b0c0d0e0f10", "span_id": "0102030405060708",
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn what_a_record_leaves_out_is_taken_from_elsewhere() {
        let found = line(&json!({
            "observedTimeUnixNano": "1800000000000000000", "eventName": "sold", "traceId": "", "spanId": "0000000000000000",
        }));
        assert_eq!(found["timestamp"], "2027-01-15T08:00:00.000Z");
        assert_eq!(
            (&found["message"], &found["level"]),
            (&json!("sold"), &json!("INFO"))
        );
        assert_eq!((found.get("trace_id"), found.get("span_id")), (None, None));
        let list =
            json!({ "arrayValue": { "values": [{ "intValue": "1" }, { "boolValue": true }] } });
        assert_eq!(line(&json!({ "body": list }))["message"], "[1,true]");
    }

    #[test]
    fn a_level_is_known_by_its_number_and_by_its_name_without_one() {
        for (name, numbers) in [
            ("TRACE", [1, 4]),
            ("DEBUG", [5, 8]),
            ("INFO", [9, 12]),
            ("WARN", [13, 16]),
            ("ERROR", [17, 20]),
            ("FATAL", [21, 24]),
            ("Notice", [0, 0]),
        ] {
            for number in numbers {
                let record = json!({ "severityNumber": number, "severityText": "Notice" });
                assert_eq!(line(&record)["level"], name, "{number}");
            }
        }
    }
}
