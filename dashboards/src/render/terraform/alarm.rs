//! One alarm as a Terraform resource.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::{label, literal};
use crate::model::alarm::{CompositeAlarm, MetricAlarm};
use crate::model::{
    Alarm, AlarmKind, Comparison, Deployment, Expression, Library, MetricQuery, MissingData,
    Profile, Quota, Severity, Statistic,
};
use crate::render::math::Metrics;
use crate::render::names;

/// `aws_cloudwatch_metric_alarm`.
#[derive(Serialize)]
pub(super) struct MetricResource {
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<String>,
    alarm_name: String,
    alarm_description: String,
    comparison_operator: &'static str,
    threshold: Level,
    evaluation_periods: u32,
    datapoints_to_alarm: u32,
    treat_missing_data: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluate_low_sample_count_percentiles: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warm_up_configuration: Option<WarmUp>,
    #[serde(flatten)]
    watched: MetricSource,
    #[serde(flatten)]
    actions: Actions,
}

/// A threshold: known here, or a share of what the deployment has.
#[derive(Serialize)]
#[serde(untagged)]
enum Level {
    Number(f64),
    Share(String),
}

#[derive(Serialize)]
struct WarmUp {
    warm_up_period_duration_in_minutes: u32,
}

/// One metric, or several and their arithmetic.
#[derive(Serialize)]
#[serde(untagged)]
enum MetricSource {
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
    count: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    actions_enabled: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_actions: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok_actions: Option<[&'static str; 1]>,
}

/// Of an alarm that is a part of another one in the largest profile alone.
pub(crate) const ONLY_DEV: &str = "${var.profile != \"prod\"}";

pub(super) fn metric(library: &Library, alarm: &Alarm, watch: &MetricAlarm) -> MetricResource {
    MetricResource {
        count: count(alarm),
        alarm_name: name(&library.deployment, &alarm.id),
        alarm_description: description(library, alarm),
        comparison_operator: comparison(watch.threshold.comparison),
        threshold: level(watch),
        evaluation_periods: watch.evaluation_periods,
        datapoints_to_alarm: watch.datapoints_to_alarm,
        treat_missing_data: missing(watch.missing),
        evaluate_low_sample_count_percentiles: watch.ignore_low_samples.then_some("ignore"),
        warm_up_configuration: watch.warm_up.map(|longest| WarmUp {
            warm_up_period_duration_in_minutes: longest.as_seconds() / 60,
        }),
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
        alarm_description: description(library, alarm),
        alarm_rule: watch
            .rule
            .text(&|id| format!("\"{}\"", reference(library, id))),
        actions_suppressor: suppressor,
        actions: actions(library, alarm),
    }
}

fn level(watch: &MetricAlarm) -> Level {
    let threshold = watch.threshold.value;
    match watch.quota {
        None => Level::Number(threshold),
        Some(Quota {
            variable, usual, ..
        }) => Level::Share(format!("${{{} * var.{variable}}}", threshold / usual)),
    }
}

/// How many of an alarm there are, unless there always is one.
fn count(alarm: &Alarm) -> Option<String> {
    let of_profile = (alarm.profile == Profile::Prod).then(|| "var.profile == \"prod\"".to_owned());
    let named = alarm
        .only_with
        .map(|names| format!("length(var.{names}) > 0"));
    let conditions: Vec<_> = of_profile.into_iter().chain(named).collect();
    (!conditions.is_empty()).then(|| format!("${{{} ? 1 : 0}}", conditions.join(" && ")))
}

/// The name of an alarm in every environment.
pub(crate) fn name(deployment: &Deployment, id: &str) -> String {
    format!("{}-${{var.environment}}-{id}", deployment.prefix)
}

/// What it means, and where to go from here: the runbook, and the dashboard of this environment,
/// over the time that matters, at the panel that shows what the alarm watches.
fn description(library: &Library, alarm: &Alarm) -> String {
    let severity = match alarm.severity {
        Severity::Page => "Page",
        Severity::Ticket => "Ticket",
        Severity::Heartbeat => "Heartbeat",
    };
    let needs = match alarm.needs.as_ref() {
        "" => String::new(),
        needs => format!(" Needs {needs}."),
    };
    let panel = library
        .panel_of(alarm)
        .map_or(String::new(), |id| format!("&viewPanel=panel-{id}"));
    format!(
        "{severity}: {}{} Runbook: ${{var.runbook_url}}/{}.md Dashboard: ${{var.grafana_url}}/d/{}/{}?var-environment=${{var.environment}}&from=now-3h&to=now{panel}",
        literal(&alarm.description),
        literal(&needs),
        literal(&alarm.runbook),
        literal(alarm.dashboard.uid),
        literal(alarm.dashboard.slug)
    )
}

/// Alarms that are part of a composite speak through it, in every profile that has it.
fn actions(library: &Library, alarm: &Alarm) -> Actions {
    let topic = match alarm.severity {
        Severity::Page => "${var.page_topic_arn}",
        Severity::Ticket => "${var.ticket_topic_arn}",
        Severity::Heartbeat => "${var.heartbeat_topic_arn}",
    };
    let whole = alarm
        .wholes(&library.alarms)
        .map(|whole| whole.profile)
        .min();
    let silent = whole.is_some_and(|whole| whole <= alarm.profile);
    let topics = (!silent).then_some([topic]);
    Actions {
        actions_enabled: (whole.is_some() && !silent).then_some(ONLY_DEV),
        alarm_actions: topics,
        ok_actions: topics,
    }
}

fn watched(deployment: &Deployment, watch: &MetricAlarm) -> MetricSource {
    let period = watch.period.as_seconds();
    if let Expression::Metric(metric) = &watch.expression {
        return MetricSource::One {
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
    MetricSource::Math {
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
            None => literal(value),
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
