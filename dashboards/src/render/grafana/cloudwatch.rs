//! Targets, variables and annotations for the CloudWatch and X-Ray data sources.

use std::borrow::Cow;
use std::collections::BTreeMap;

use telemetry::DimensionDefinition;

use super::json::{
    Choice, CloudWatchTarget, CloudWatchVariable, DataSource, Dimensions, LogGroup, LogsTarget,
    Target, Variable, VariableQuery, XRayGroup, XRayTarget,
};
use super::ref_id;
use crate::model::logs::LogQuery;
use crate::model::{
    Dashboard, Deployment, Expression, MetricQuery, Naming, Panel, ResourceName, Source, TraceQuery,
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
/// Without it, a variable that may be all begins as the empty text, which matches nothing.
const ALL: Choice = Choice {
    text: "All",
    value: "$__all",
};

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

    /// A query for each resource by its name, so that nobody else's match. Values of other
    /// dimensions are found by a search.
    fn breakdown(&mut self, metric: &'a MetricQuery, label: &str) {
        let (id, _) = self.metrics.id(metric);
        let all = names::named_apart(self.deployment, metric);
        let several = all.len() > 1;
        for (place, values) in all.into_iter().enumerate() {
            let mut text = String::with_capacity(64);
            text.push_str(label);
            for (dimension, value) in &values {
                text.push_str(if text.is_empty() { "" } else { " " });
                match value {
                    Some(name) => text.push_str(name),
                    None => {
                        text.push_str("${PROP('Dim.");
                        text.push_str(dimension.name);
                        text.push_str("')}");
                    }
                }
            }
            let id = if several {
                format!("{id}_{}", place + 1)
            } else {
                id.clone()
            };
            self.query(metric, &values, id, text.into(), false);
        }
    }

    fn metric(&mut self, metric: &'a MetricQuery, id: String, label: Cow<'a, str>, hide: bool) {
        let values: Vec<_> = metric.dimensions().collect();
        self.query(metric, &values, id, label, hide);
    }

    fn query(
        &mut self,
        metric: &'a MetricQuery,
        values: &[(&'static DimensionDefinition, Option<&'static str>)],
        id: String,
        label: Cow<'a, str>,
        hide: bool,
    ) {
        let period = metric.period.map(|period| period.as_seconds().to_string());
        self.written.push(Target::CloudWatch(CloudWatchTarget {
            ref_id: self.ref_id(),
            id,
            datasource: CLOUDWATCH,
            query_mode: "Metrics",
            region: REGION,
            namespace: names::namespace(self.deployment, metric, "$environment"),
            metric_name: metric.metric.name,
            dimensions: dimensions(self.deployment, values),
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
        let group = |group: &ResourceName| {
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
        let (query_type, text, group) = match query {
            TraceQuery::ServiceMap => {
                let group_name = "Default";
                (
                    "getServiceMap",
                    String::new(),
                    Some(XRayGroup { group_name }),
                )
            }
            TraceQuery::Slower { functions, than } => {
                let text = format!("{} AND responsetime > {than}", self.through(functions));
                ("getTraceSummaries", text, None)
            }
            // In double quotes, those of the value escaped: it stays a value.
            TraceQuery::Variable {
                functions,
                variable,
            } => {
                let (through, annotation) = (self.through(functions), variable.property.name());
                let text = format!(
                    "{through} AND annotation.{annotation} = ${{{}:doublequote}}",
                    variable.name
                );
                ("getTraceSummaries", text, None)
            }
        };
        self.written.push(Target::XRay(XRayTarget {
            ref_id: self.ref_id(),
            datasource: XRAY,
            query_type,
            query: text,
            region: REGION,
            group,
            columns: ["all"],
        }));
    }

    /// A filter for traces through any of these functions.
    fn through(&self, functions: &[ResourceName]) -> String {
        let named = functions.iter().map(|function| {
            let name = names::grafana_value(self.deployment, function.dimension, function.name);
            format!("service(\"{name}\")")
        });
        format!("({})", named.collect::<Vec<_>>().join(" OR "))
    }
}

/// A value that is not known matches every value.
fn dimensions(
    deployment: &Deployment,
    values: &[(&'static DimensionDefinition, Option<&'static str>)],
) -> Dimensions<'static> {
    let resolve = |(dimension, value): &(&'static DimensionDefinition, Option<&'static str>)| {
        let name = |value| names::grafana_value(deployment, dimension.name, value);
        (dimension.name, value.map_or(Cow::Borrowed("*"), name))
    };
    values.iter().map(resolve).collect()
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
    variables.extend(dashboard.numbers.iter().map(|number| {
        let options = number.options.iter();
        let options = options.map(|(text, value)| format!("{text} : {value}"));
        let query = options.collect::<Vec<_>>().join(",");
        super::variable(
            "custom",
            number.name,
            number.label,
            VariableQuery::Text(query.into()),
        )
    }));
    variables.extend(dashboard.variables.iter().map(|own| Variable {
        include_all: true,
        all_value: Some(".*"),
        current: Some(ALL),
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
    queried("region", "Region", 1, "regions")
}

/// A variable whose values the data source knows.
fn queried<'a>(
    name: &'a str,
    label: &'a str,
    refresh: u8,
    query_type: &'static str,
) -> Variable<'a> {
    let query = CloudWatchVariable {
        query_type,
        ref_id: "CloudWatchVariableQueryEditor-VariableQuery",
        region: "",
        resource_type: None,
        tags: BTreeMap::new(),
    };
    Variable {
        datasource: Some(CLOUDWATCH),
        refresh: Some(refresh),
        ..super::variable("query", name, label, VariableQuery::CloudWatch(query))
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

/// A variable for each kind of id that AWS assigns and this dashboard's metrics need: that of
/// the resource with the environment's tag.
fn assigned<'a>(
    deployment: &'a Deployment,
    dashboard: &'a Dashboard,
) -> impl Iterator<Item = Variable<'a>> {
    let used = |dimension: &str| {
        let sources = dashboard.panels().flat_map(|panel| &panel.targets);
        sources
            .flat_map(|target| target.source.metrics())
            .flat_map(|metric| metric.selection.dimensions)
            .any(|own| own.name == dimension)
    };
    deployment.resources.iter().filter_map(move |resource| {
        let Naming::Assigned(id) = resource.naming else {
            return None;
        };
        used(resource.dimension).then_some(())?;
        let query = CloudWatchVariable {
            query_type: "resourceArns",
            ref_id: "CloudWatchVariableQueryEditor-VariableQuery",
            region: REGION,
            resource_type: Some(id.service),
            tags: id
                .tags
                .iter()
                .map(|(key, value)| (*key, [*value]))
                .collect(),
        };
        Some(Variable {
            regex: Some(id.regex),
            query: VariableQuery::CloudWatch(query),
            ..queried(id.variable, resource.dimension, 2, "resourceArns")
        })
    })
}
