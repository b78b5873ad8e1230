//! Targets, variables and annotations for the CloudWatch and X-Ray data sources.

use std::borrow::Cow;

use telemetry::{DimensionDefinition, Namespace};

use super::json::{
    AlarmTarget, Annotation, CloudWatchTarget, CloudWatchVariable, DataSource, DimensionValue,
    Dimensions, LogGroup, LogsTarget, Target, Variable, VariableQuery, XRayTarget,
};
use super::ref_id;
use crate::model::logs::LogQuery;
use crate::model::{
    Dashboard, Deployment, Expression, MetricQuery, Naming, Panel, Source, TraceQuery,
};
use crate::render::math::Metrics;
use crate::render::{insights, names};

pub(super) const CLOUDWATCH: DataSource = DataSource {
    r#type: "cloudwatch",
    uid: "${datasource}",
};
pub(super) const XRAY: DataSource = DataSource {
    r#type: "grafana-x-ray-datasource",
    uid: "${xray}",
};
const REGION: &str = "$region";

/// The queries of one panel: metrics have ids that are unique in it.
struct Targets<'a> {
    deployment: &'a Deployment,
    metrics: Metrics<'a>,
    written: Vec<Target<'a>>,
}

/// The targets of a panel; metrics that only take part in arithmetic are hidden.
pub(super) fn targets<'a>(deployment: &'a Deployment, panel: &'a Panel) -> Vec<Target<'a>> {
    let mut targets = Targets {
        deployment,
        metrics: Metrics::default(),
        written: Vec::with_capacity(panel.targets.len()),
    };
    for target in &panel.targets {
        match &target.source {
            Source::Expression(expression) => targets.expression(expression, &target.label),
            Source::Breakdown(breakdown) => targets.breakdown(&breakdown.0, &target.label),
            Source::Logs(query) => targets.logs(query),
            Source::Traces(query) => targets.traces(query),
        }
    }
    targets.written
}

impl<'a> Targets<'a> {
    fn ref_id(&self) -> Cow<'static, str> {
        ref_id(self.written.len())
    }

    fn expression(&mut self, expression: &'a Expression, label: &'a str) {
        if let Expression::Metric(metric) = expression {
            let (id, new) = self.metrics.id(metric);
            if new {
                return self.metric(metric, id, label.into(), false);
            }
        }
        let known = self.metrics.len();
        let text = self.metrics.text(expression);
        let new: Vec<_> = self.metrics.iter().skip(known).collect();
        for (id, metric) in new {
            self.metric(metric, id, Cow::Borrowed(""), true);
        }
        self.math(text, label);
    }

    fn breakdown(&mut self, metric: &'a MetricQuery, label: &'a str) {
        let (id, _) = self.metrics.id(metric);
        let mut text = String::with_capacity(64);
        text.push_str(label);
        for (dimension, _) in metric.dimensions() {
            text.push_str(if text.is_empty() { "" } else { " " });
            text.push_str("${PROP('Dim.");
            text.push_str(dimension.name);
            text.push_str("')}");
        }
        self.metric(metric, id, text.into(), false);
    }

    fn metric(&mut self, metric: &'a MetricQuery, id: String, label: Cow<'a, str>, hide: bool) {
        let period = metric.period.map(|period| period.as_seconds().to_string());
        self.written.push(Target::CloudWatch(CloudWatchTarget {
            ref_id: self.ref_id(),
            id,
            datasource: CLOUDWATCH,
            query_mode: "Metrics",
            region: REGION,
            namespace: names::namespace(self.deployment, metric, "$environment"),
            metric_name: metric.metric.name,
            dimensions: dimensions(self.deployment, metric),
            match_exact: true,
            metric_query_type: 0,
            metric_editor_mode: 0,
            statistic: names::statistic(metric.statistic),
            period: period.unwrap_or_default(),
            expression: String::new(),
            label,
            hide,
        }));
    }

    fn math(&mut self, expression: String, label: &'a str) {
        self.written.push(Target::CloudWatch(CloudWatchTarget {
            ref_id: self.ref_id(),
            id: format!("e{}", self.written.len() + 1),
            datasource: CLOUDWATCH,
            query_mode: "Metrics",
            region: REGION,
            namespace: Cow::Borrowed(""),
            metric_name: "",
            dimensions: Dimensions::default(),
            match_exact: true,
            metric_query_type: 0,
            metric_editor_mode: 1,
            statistic: Cow::Borrowed("Average"),
            period: String::new(),
            expression,
            label: label.into(),
            hide: false,
        }));
    }

    fn logs(&mut self, query: &LogQuery) {
        let group = |group: &crate::model::ResourceName| {
            let name = names::grafana_value(self.deployment, group.dimension, group.name);
            LogGroup {
                arn: name.clone(),
                name,
            }
        };
        self.written.push(Target::Logs(LogsTarget {
            ref_id: self.ref_id(),
            id: String::new(),
            datasource: CLOUDWATCH,
            query_mode: "Logs",
            region: REGION,
            query_language: "CWLI",
            expression: insights::text(query),
            stats_groups: insights::groups(query),
            log_groups: query.groups.iter().map(group).collect(),
        }));
    }

    fn traces(&mut self, query: &TraceQuery) {
        let (query_type, text) = match query {
            TraceQuery::ServiceMap => ("getServiceMap", String::new()),
            TraceQuery::Slower { functions, than } => {
                let named = functions.iter().map(|function| {
                    let name =
                        names::grafana_value(self.deployment, function.dimension, function.name);
                    format!("service(\"{name}\")")
                });
                let named = named.collect::<Vec<_>>().join(" OR ");
                (
                    "getTraceSummaries",
                    format!("({named}) AND responsetime > {than}"),
                )
            }
        };
        self.written.push(Target::XRay(XRayTarget {
            ref_id: self.ref_id(),
            datasource: XRAY,
            query_type,
            query: text,
            region: REGION,
            columns: ["all"],
        }));
    }
}

/// Names of resources are listed, so that nobody else's match; other values match all.
fn dimensions(deployment: &Deployment, metric: &MetricQuery) -> Dimensions<'static> {
    let resolve = |(dimension, value): (&'static DimensionDefinition, Option<&'static str>)| {
        let name = |value| names::grafana_value(deployment, dimension.name, value);
        let value = match value {
            Some(value) => DimensionValue::One(name(value)),
            None if deployment.resource(dimension.name).is_some() => {
                DimensionValue::Several(dimension.values.iter().map(|value| name(value)).collect())
            }
            None => DimensionValue::All(["*"]),
        };
        (dimension.name, value)
    };
    metric.dimensions().map(resolve).collect()
}

/// The variables of a dashboard: where, which environment, which assigned ids, and its own.
pub(super) fn variables<'a>(
    deployment: &'a Deployment,
    dashboard: &'a Dashboard,
) -> Vec<Variable<'a>> {
    let mut variables = vec![
        super::data_source_variable("datasource", "CloudWatch", "cloudwatch"),
        region(),
        environment(deployment),
    ];
    let traces = dashboard.panels().any(needs_traces);
    if traces {
        let xray = super::data_source_variable("xray", "X-Ray", XRAY.r#type);
        variables.insert(1, xray);
    }
    variables.extend(assigned(deployment, dashboard));
    variables.extend(dashboard.variables.iter().map(|own| Variable {
        include_all: true,
        all_value: Some(".*"),
        ..super::variable(
            "custom",
            own.name,
            own.label,
            VariableQuery::Text(Cow::Borrowed("")),
        )
    }));
    variables
}

/// Whether a panel asks X-Ray, or links to it.
fn needs_traces(panel: &Panel) -> bool {
    let asks = |source: &Source| matches!(source, Source::Traces(_));
    panel.targets.iter().any(|target| asks(&target.source))
        || panel
            .links
            .iter()
            .any(|link| link.link == crate::model::Link::Trace)
}

fn region<'a>() -> Variable<'a> {
    let query = CloudWatchVariable {
        query_type: "regions",
        ref_id: "CloudWatchVariableQueryEditor-VariableQuery",
        namespace: "",
        region: "",
        metric_name: "",
        dimension_key: "",
    };
    Variable {
        datasource: Some(CLOUDWATCH),
        refresh: Some(1),
        ..super::variable(
            "query",
            "region",
            "Region",
            VariableQuery::CloudWatch(query),
        )
    }
}

fn environment(deployment: &Deployment) -> Variable<'_> {
    let names = deployment.environments.join(",");
    super::variable(
        "custom",
        "environment",
        "Environment",
        VariableQuery::Text(names.into()),
    )
}

/// A variable for each kind of id that AWS assigns and this dashboard's metrics need.
fn assigned<'a>(
    deployment: &'a Deployment,
    dashboard: &'a Dashboard,
) -> impl Iterator<Item = Variable<'a>> {
    let used = |dimension: &str| {
        let sources = dashboard.panels().flat_map(|panel| &panel.targets);
        sources
            .flat_map(|target| target.source.metrics())
            .find(|metric| {
                metric
                    .selection
                    .dimensions
                    .iter()
                    .any(|own| own.name == dimension)
            })
    };
    deployment.resources.iter().filter_map(move |resource| {
        let Naming::Assigned(name) = resource.naming else {
            return None;
        };
        let metric = used(resource.dimension)?;
        let Namespace::Service(namespace) = metric.metric.namespace else {
            return None;
        };
        let query = CloudWatchVariable {
            query_type: "dimensionValues",
            ref_id: "CloudWatchVariableQueryEditor-VariableQuery",
            namespace,
            region: REGION,
            metric_name: metric.metric.name,
            dimension_key: resource.dimension,
        };
        Some(Variable {
            datasource: Some(CLOUDWATCH),
            refresh: Some(2),
            ..super::variable(
                "query",
                name,
                resource.dimension,
                VariableQuery::CloudWatch(query),
            )
        })
    })
}

/// Marks changes of alarms whose ids start with `ids`.
pub(super) fn alarm_annotation(deployment: &Deployment, ids: &str) -> Annotation {
    Annotation {
        name: "Alarms",
        datasource: CLOUDWATCH,
        enable: true,
        hide: false,
        icon_color: "red",
        built_in: 0,
        placement: super::CONTROLS,
        r#type: None,
        target: Some(AlarmTarget {
            query_mode: "Annotations",
            ref_id: "Alarms",
            region: REGION,
            namespace: "",
            metric_name: "",
            dimensions: Dimensions::default(),
            match_exact: true,
            period: "",
            statistic: "Average",
            prefix_matching: true,
            action_prefix: "",
            alarm_name_prefix: format!("{}-$environment-{ids}", deployment.prefix),
            datasource: CLOUDWATCH,
        }),
    }
}
