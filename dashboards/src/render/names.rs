//! Names that depend on the environment, as Grafana's variables and as Terraform's.

use std::borrow::Cow;

use telemetry::Namespace;

use crate::model::{Deployment, MetricQuery, Naming, Statistic};

/// The CloudWatch namespace of a metric.
pub(crate) fn namespace(
    deployment: &Deployment,
    metric: &MetricQuery,
    environment: &str,
) -> Cow<'static, str> {
    match metric.metric.namespace {
        Namespace::Service(name) => name.into(),
        Namespace::Application => [deployment.namespace, "/", environment].concat().into(),
    }
}

/// A statistic, as CloudWatch writes it.
pub(crate) fn statistic(statistic: Statistic) -> Cow<'static, str> {
    match statistic {
        Statistic::Sum => "Sum".into(),
        Statistic::Average => "Average".into(),
        Statistic::Minimum => "Minimum".into(),
        Statistic::Maximum => "Maximum".into(),
        Statistic::SampleCount => "SampleCount".into(),
        Statistic::Percentile(percent) => format!("p{percent}").into(),
        Statistic::PercentileRank(limit) => format!("PR(:{limit})").into(),
    }
}

/// A dimension's value in Grafana, with dashboard variables for what is not known.
pub(crate) fn grafana_value(
    deployment: &Deployment,
    dimension: &str,
    name: &'static str,
) -> Cow<'static, str> {
    match deployment
        .resource(dimension)
        .map(|resource| resource.naming)
    {
        None => name.into(),
        Some(Naming::Assigned(variable)) => format!("${variable}").into(),
        Some(naming) => naming.resolve("$environment", name, "").into(),
    }
}

/// About how long the search is that Grafana makes of a breakdown: its fixed words, and
/// every name that is listed.
pub(crate) fn search_length(deployment: &Deployment, metric: &MetricQuery) -> usize {
    const WORDS: usize =
        "REMOVE_EMPTY(SEARCH('{\"\"} MetricName=\"\"', 'SampleCount', 2592000))".len();
    let fixed =
        WORDS + namespace(deployment, metric, "environment").len() + metric.metric.name.len();
    let dimension = |dimension: &telemetry::DimensionDefinition| {
        let named = deployment.resource(dimension.name).map_or(0, |_| {
            let values = dimension.values.iter();
            values
                .map(|value| grafana_value(deployment, dimension.name, value).len() + 6)
                .sum()
        });
        2 * dimension.name.len() + 10 + named
    };
    fixed
        + metric
            .selection
            .dimensions
            .iter()
            .map(dimension)
            .sum::<usize>()
}
