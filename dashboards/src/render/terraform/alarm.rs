//! One alarm as a Terraform resource.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::label;
use crate::model::alarm::{CompositeAlarm, MetricAlarm, State};
use crate::model::{
    Alarm, AlarmKind, Comparison, Deployment, Expression, Library, MetricQuery, MissingData,
    Profile, Rule, Severity, Statistic,
};
use crate::render::math::Metrics;
use crate::render::names;

/// `aws_cloudwatch_metric_alarm`.
#[derive(Serialize)]
pub(super) struct MetricResource {
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<&'static str>,
    alarm_name: String,
    alarm_description: String,
    comparison_operator: &'static str,
    threshold: f64,
    evaluation_periods: u32,
    datapoints_to_alarm: u32,
    treat_missing_data: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluate_low_sample_count_percentiles: Option<&'static str>,
    #[serde(flatten)]
    watched: Watched,
    #[serde(flatten)]
    actions: Actions,
}

/// One metric, or several and their arithmetic.
#[derive(Serialize)]
#[serde(untagged)]
enum Watched {
    One {
        namespace: Cow<'static, str>,
        metric_name: &'static str,
        dimensions: BTreeMap<&'static str, String>,
        #[serde(flatten)]
        statistic: OneStatistic,
        period: u32,
    },
    Math {
        metric_query: Vec<MetricQueryBlock>,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum OneStatistic {
    Statistic(Cow<'static, str>),
    ExtendedStatistic(Cow<'static, str>),
}

#[derive(Serialize)]
struct MetricQueryBlock {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    return_data: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric: Option<MetricBlock>,
}

#[derive(Serialize)]
struct MetricBlock {
    namespace: Cow<'static, str>,
    metric_name: &'static str,
    dimensions: BTreeMap<&'static str, String>,
    period: u32,
    stat: Cow<'static, str>,
}

/// `aws_cloudwatch_composite_alarm`.
#[derive(Serialize)]
pub(super) struct CompositeResource {
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<&'static str>,
    alarm_name: String,
    alarm_description: String,
    alarm_rule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions_suppressor: Option<SuppressorBlock>,
    #[serde(flatten)]
    actions: Actions,
}

#[derive(Serialize)]
struct SuppressorBlock {
    alarm: String,
    wait_period: u32,
    extension_period: u32,
}

#[derive(Serialize)]
struct Actions {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alarm_actions: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ok_actions: Vec<&'static str>,
}

pub(super) fn metric(library: &Library, alarm: &Alarm, watch: &MetricAlarm) -> MetricResource {
    MetricResource {
        count: count(alarm),
        alarm_name: name(&library.deployment, &alarm.id),
        alarm_description: description(alarm),
        comparison_operator: comparison(watch.threshold.comparison),
        threshold: watch.threshold.value,
        evaluation_periods: watch.evaluation_periods,
        datapoints_to_alarm: watch.datapoints_to_alarm,
        treat_missing_data: missing(watch.missing),
        evaluate_low_sample_count_percentiles: watch.ignore_low_samples.then_some("ignore"),
        watched: watched(&library.deployment, watch),
        actions: actions(library, alarm),
    }
}

pub(super) fn composite(
    library: &Library,
    alarm: &Alarm,
    watch: &CompositeAlarm,
) -> CompositeResource {
    let suppressor = watch.suppressor.as_ref().map(|suppressor| SuppressorBlock {
        alarm: reference(library, &suppressor.alarm),
        wait_period: suppressor.wait.as_seconds(),
        extension_period: suppressor.extension.as_seconds(),
    });
    CompositeResource {
        count: count(alarm),
        alarm_name: name(&library.deployment, &alarm.id),
        alarm_description: description(alarm),
        alarm_rule: rule(library, &watch.rule),
        actions_suppressor: suppressor,
        actions: actions(library, alarm),
    }
}

fn count(alarm: &Alarm) -> Option<&'static str> {
    (alarm.profile == Profile::Prod).then_some("${var.profile == \"prod\" ? 1 : 0}")
}

/// The name of an alarm in every environment.
pub(crate) fn name(deployment: &Deployment, id: &str) -> String {
    format!("{}-${{var.environment}}-{id}", deployment.prefix)
}

fn description(alarm: &Alarm) -> String {
    let severity = match alarm.severity {
        Severity::Page => "Page",
        Severity::Ticket => "Ticket",
    };
    format!(
        "{severity}: {} Runbook: ${{var.runbook_url}}/{}.md Dashboard: ${{var.grafana_url}}/d/{}/{}",
        alarm.description, alarm.runbook, alarm.dashboard.uid, alarm.dashboard.slug
    )
}

/// Alarms that are part of a composite speak through it.
fn actions(library: &Library, alarm: &Alarm) -> Actions {
    let part = library.alarms.iter().any(|other| match &other.kind {
        AlarmKind::Composite(composite) => composite.rule.children().contains(&alarm.id.as_ref()),
        AlarmKind::Metric(_) => false,
    });
    let topic = match (part, alarm.severity) {
        (true, _) => None,
        (false, Severity::Page) => Some("${var.page_topic_arn}"),
        (false, Severity::Ticket) => Some("${var.ticket_topic_arn}"),
    };
    Actions {
        alarm_actions: topic.into_iter().collect(),
        ok_actions: topic.into_iter().collect(),
    }
}

fn watched(deployment: &Deployment, watch: &MetricAlarm) -> Watched {
    let period = watch.period.as_seconds();
    if let Expression::Metric(metric) = &watch.expression {
        return Watched::One {
            namespace: namespace(deployment, metric),
            metric_name: metric.metric.name,
            dimensions: dimensions(deployment, metric),
            statistic: one_statistic(metric.statistic),
            period,
        };
    }
    let mut metrics = Metrics::default();
    let math = MetricQueryBlock {
        id: "e1".to_owned(),
        expression: Some(metrics.text(&watch.expression)),
        label: Some("value".to_owned()),
        return_data: true,
        metric: None,
    };
    let parts = metrics.iter().map(|(id, metric)| MetricQueryBlock {
        id,
        expression: None,
        label: None,
        return_data: false,
        metric: Some(MetricBlock {
            namespace: namespace(deployment, metric),
            metric_name: metric.metric.name,
            dimensions: dimensions(deployment, metric),
            period,
            stat: names::statistic(metric.statistic),
        }),
    });
    Watched::Math {
        metric_query: [math].into_iter().chain(parts).collect(),
    }
}

fn namespace(deployment: &Deployment, metric: &MetricQuery) -> Cow<'static, str> {
    names::namespace(deployment, metric, "${var.environment}")
}

fn dimensions(deployment: &Deployment, metric: &MetricQuery) -> BTreeMap<&'static str, String> {
    let values = metric.dimensions().filter_map(|(dimension, value)| {
        let value = value?;
        let text = match deployment.resource(dimension.name) {
            Some(resource) => format!("${{var.{}[\"{value}\"]}}", resource.variable),
            None => value.to_owned(),
        };
        Some((dimension.name, text))
    });
    values.collect()
}

fn one_statistic(statistic: Statistic) -> OneStatistic {
    let text = names::statistic(statistic);
    match statistic {
        Statistic::Percentile(_) | Statistic::PercentileRank(_) => {
            OneStatistic::ExtendedStatistic(text)
        }
        _ => OneStatistic::Statistic(text),
    }
}

const fn comparison(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Above => "GreaterThanThreshold",
        Comparison::AtLeast => "GreaterThanOrEqualToThreshold",
        Comparison::Below => "LessThanThreshold",
        Comparison::AtMost => "LessThanOrEqualToThreshold",
    }
}

const fn missing(policy: MissingData) -> &'static str {
    match policy {
        MissingData::Missing => "missing",
        MissingData::Ignore => "ignore",
        MissingData::Breaching => "breaching",
        MissingData::NotBreaching => "notBreaching",
    }
}

/// Another alarm's name, by reference: Terraform then makes that alarm first.
fn reference(library: &Library, id: &str) -> String {
    let Some(alarm) = library.alarm(id) else {
        return name(&library.deployment, id);
    };
    let kind = match alarm.kind {
        AlarmKind::Metric(_) => "metric",
        AlarmKind::Composite(_) => "composite",
    };
    let index = count(alarm).map_or("", |_| "[0]");
    format!(
        "${{aws_cloudwatch_{kind}_alarm.{}{index}.alarm_name}}",
        label(id)
    )
}

fn rule(library: &Library, rule: &Rule) -> String {
    match rule {
        Rule::Is(state, id) => format!("{}(\"{}\")", state_name(*state), reference(library, id)),
        Rule::And(rules) => joined(library, rules, " AND "),
        Rule::Or(rules) => joined(library, rules, " OR "),
        Rule::Not(inner) => format!("NOT {}", self::rule(library, inner)),
        Rule::AtLeast(count, state, ids) => {
            let names = ids
                .iter()
                .map(|id| format!("\"{}\"", reference(library, id)));
            let names = names.collect::<Vec<_>>().join(", ");
            format!("AT_LEAST({count}, {}, ({names}))", state_name(*state))
        }
        Rule::Constant(true) => "TRUE".to_owned(),
        Rule::Constant(false) => "FALSE".to_owned(),
    }
}

fn joined(library: &Library, rules: &[Rule], operator: &str) -> String {
    let parts: Vec<_> = rules.iter().map(|part| rule(library, part)).collect();
    format!("({})", parts.join(operator))
}

const fn state_name(state: State) -> &'static str {
    match state {
        State::Ok => "OK",
        State::Alarm => "ALARM",
        State::InsufficientData => "INSUFFICIENT_DATA",
    }
}
