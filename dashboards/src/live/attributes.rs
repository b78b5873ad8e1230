//! Live alarms in Terraform's words, so that they can be compared with what is rendered.

use aws_sdk_cloudwatch::types::{
    ComparisonOperator, CompositeAlarm, Dimension, MetricAlarm, MetricDataQuery, StandardUnit,
    Statistic,
};
use serde_json::{Map, Value, json};

/// The attributes of a metric alarm, named as in `aws_cloudwatch_metric_alarm`.
pub(super) fn metric(alarm: &MetricAlarm) -> Value {
    let mut attributes = json!({
        "alarm_name": alarm.alarm_name,
        "alarm_description": alarm.alarm_description,
        "actions_enabled": alarm.actions_enabled,
        "comparison_operator": alarm.comparison_operator.as_ref().map(ComparisonOperator::as_str),
        "threshold": alarm.threshold,
        "evaluation_periods": alarm.evaluation_periods,
        "datapoints_to_alarm": alarm.datapoints_to_alarm.or(alarm.evaluation_periods),
        "treat_missing_data": alarm.treat_missing_data.as_deref().unwrap_or("missing"),
        "evaluate_low_sample_count_percentiles": alarm.evaluate_low_sample_count_percentile,
        "warm_up_configuration": alarm.warm_up_configuration().map(|warm_up| {
            json!({"warm_up_period_duration_in_minutes": warm_up.warm_up_period_duration_in_minutes()})
        }),
        "alarm_actions": alarm.alarm_actions(),
        "ok_actions": alarm.ok_actions(),
        "insufficient_data_actions": alarm.insufficient_data_actions(),
        "namespace": alarm.namespace,
        "metric_name": alarm.metric_name,
        "statistic": alarm.statistic.as_ref().map(Statistic::as_str),
        "extended_statistic": alarm.extended_statistic,
        "unit": alarm.unit.as_ref().map(StandardUnit::as_str),
        "period": alarm.period,
        "metric_query": alarm.metrics().iter().map(query).collect::<Vec<_>>(),
    });
    if alarm.metrics().is_empty() {
        attributes["dimensions"] = dimensions(alarm.dimensions());
    }
    without_empty(attributes)
}

/// The attributes of a composite alarm, named as in `aws_cloudwatch_composite_alarm`.
pub(super) fn composite(alarm: &CompositeAlarm) -> Value {
    let suppressor = alarm.actions_suppressor.as_deref().map(|suppressor| {
        json!({
            "alarm": suppressor.rsplit_once(":alarm:").map_or(suppressor, |(_, name)| name),
            "wait_period": alarm.actions_suppressor_wait_period,
            "extension_period": alarm.actions_suppressor_extension_period,
        })
    });
    without_empty(json!({
        "alarm_name": alarm.alarm_name,
        "alarm_description": alarm.alarm_description,
        "actions_enabled": alarm.actions_enabled,
        "alarm_rule": alarm.alarm_rule,
        "actions_suppressor": suppressor,
        "alarm_actions": alarm.alarm_actions(),
        "ok_actions": alarm.ok_actions(),
        "insufficient_data_actions": alarm.insufficient_data_actions(),
    }))
}

fn query(query: &MetricDataQuery) -> Value {
    let metric = query.metric_stat.as_ref().map(|stat| {
        let metric = stat.metric.as_ref();
        without_empty(json!({
            "namespace": metric.and_then(|metric| metric.namespace.as_deref()),
            "metric_name": metric.and_then(|metric| metric.metric_name.as_deref()),
            "dimensions": metric.map(|metric| dimensions(metric.dimensions())),
            "period": stat.period,
            "stat": stat.stat,
            "unit": stat.unit.as_ref().map(StandardUnit::as_str),
        }))
    });
    without_empty(json!({
        "id": query.id,
        "expression": query.expression,
        "label": query.label,
        "return_data": query.return_data.unwrap_or(true),
        "metric": metric,
    }))
}

fn dimensions(dimensions: &[Dimension]) -> Value {
    let pairs = dimensions.iter().filter_map(|dimension| {
        Some((
            dimension.name.clone()?,
            Value::from(dimension.value.clone()?),
        ))
    });
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// Leaves out what is not set: null, empty text, empty lists and maps, at any depth.
pub(super) fn without_empty(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(without_empty).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            let cleaned = members.map(|(key, member)| (key, without_empty(member)));
            Value::Object(cleaned.filter(|(_, member)| !is_empty(member)).collect())
        }
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
