//! Names that depend on the environment, as Grafana's variables and as Terraform's.

use telemetry::Namespace;

use crate::model::{Deployment, MetricQuery, Naming, Statistic};

/// The CloudWatch namespace of a metric.
pub(crate) fn namespace(
    deployment: &Deployment,
    metric: &MetricQuery,
    environment: &str,
) -> String {
    match metric.metric.namespace {
        Namespace::Service(name) => name.to_owned(),
        Namespace::Application => format!("{}/{environment}", deployment.namespace),
    }
}

/// A statistic, as CloudWatch writes it.
pub(crate) fn statistic(statistic: Statistic) -> String {
    match statistic {
        Statistic::Sum => "Sum".to_owned(),
        Statistic::Average => "Average".to_owned(),
        Statistic::Minimum => "Minimum".to_owned(),
        Statistic::Maximum => "Maximum".to_owned(),
        Statistic::SampleCount => "SampleCount".to_owned(),
        Statistic::Percentile(percent) => format!("p{percent}"),
        Statistic::PercentileRank(limit) => format!("PR(:{limit})"),
    }
}

/// A dimension's value in Grafana, with dashboard variables for what is not known.
pub(crate) fn grafana_value(deployment: &Deployment, dimension: &str, name: &str) -> String {
    match deployment
        .resource(dimension)
        .map(|resource| resource.naming)
    {
        None => name.to_owned(),
        Some(Naming::Assigned(variable)) => format!("${variable}"),
        Some(naming) => naming.resolve("$environment", name, ""),
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
