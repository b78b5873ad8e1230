//! What CloudWatch extracts from an event line: a value of each metric of each directive, for
//! each of its dimension sets. Written from the format's specification, apart from the crates
//! under test.

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use serde_json::Value;

/// The values of an event, each with its namespace.
#[must_use]
pub fn extract(event: &Value) -> Vec<(String, MetricDatum)> {
    let at = event["_aws"]["Timestamp"].as_i64().unwrap_or_default();
    let mut extracted = Vec::new();
    for directive in list(&event["_aws"]["CloudWatchMetrics"]) {
        let namespace = text(&directive["Namespace"]);
        for set in list(&directive["Dimensions"]) {
            let dimension = |name: &Value| {
                let value = text(&event[text(name)]);
                Dimension::builder().name(text(name)).value(value).build()
            };
            let dimensions: Vec<_> = list(set).iter().map(dimension).collect();
            for metric in list(&directive["Metrics"]) {
                let datum = datum(event, metric)
                    .set_dimensions(Some(dimensions.clone()))
                    .timestamp(DateTime::from_millis(at))
                    .build();
                extracted.push((namespace.to_owned(), datum));
            }
        }
    }
    extracted
}

fn datum(event: &Value, metric: &Value) -> aws_sdk_cloudwatch::types::builders::MetricDatumBuilder {
    let name = text(&metric["Name"]);
    let target = &event[name];
    let (values, counts) = match target {
        Value::Object(_) => (numbers(&target["Values"]), numbers(&target["Counts"])),
        Value::Array(_) => (numbers(target), vec![1.0; list(target).len()]),
        _ => (target.as_f64().into_iter().collect(), vec![1.0]),
    };
    MetricDatum::builder()
        .metric_name(name)
        .set_values(Some(values))
        .set_counts(Some(counts))
        .unit(StandardUnit::from(
            metric["Unit"].as_str().unwrap_or("None"),
        ))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().filter_map(Value::as_f64).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
