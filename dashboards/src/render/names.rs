//! Names that depend on the environment, as Grafana's variables and as Terraform's.

use std::borrow::Cow;

use telemetry::{DimensionDefinition, Namespace};

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
        Some(Naming::Assigned(id)) => format!("${}", id.variable).into(),
        Some(naming) => naming.resolve("$environment", name, "").into(),
    }
}

/// The queries that a breakdown becomes: resources are named, one query each; a value that
/// stays unknown matches all.
pub(crate) fn named_apart(
    deployment: &Deployment,
    metric: &MetricQuery,
) -> Vec<Vec<(&'static DimensionDefinition, Option<&'static str>)>> {
    let mut queries = vec![Vec::new()];
    for (dimension, value) in metric.dimensions() {
        let values: Vec<_> = match value {
            None if deployment.resource(dimension.name).is_some() => {
                dimension.values.iter().copied().map(Some).collect()
            }
            known => vec![known],
        };
        let longer = |known: Vec<_>| {
            let with = move |value: &Option<&'static str>| {
                known.iter().copied().chain([(dimension, *value)]).collect()
            };
            values.iter().map(with).collect::<Vec<Vec<_>>>()
        };
        queries = queries.into_iter().flat_map(longer).collect();
    }
    queries
}

/// How many series the widest search of a breakdown may find, and how long it is at most;
/// `None` if nothing has to be searched for.
pub(crate) fn widest_search(
    deployment: &Deployment,
    metric: &MetricQuery,
) -> Option<(usize, usize)> {
    const WORDS: usize =
        "REMOVE_EMPTY(SEARCH('{\"\"} MetricName=\"\"', 'SampleCount', 2592000))".len();
    let fixed =
        WORDS + namespace(deployment, metric, "environment").len() + metric.metric.name.len();
    let searches = named_apart(deployment, metric)
        .into_iter()
        .filter_map(|query| {
            let unknown = query.iter().filter(|(_, value)| value.is_none());
            let series: usize = unknown
                .map(|(dimension, _)| dimension.values.len())
                .product();
            let length = query.iter().map(|(dimension, value)| {
                let named = value.map_or(0, |value| {
                    grafana_value(deployment, dimension.name, value).len() + 6
                });
                2 * dimension.name.len() + 10 + named
            });
            let any = query.iter().any(|(_, value)| value.is_none());
            any.then(|| (series, fixed + length.sum::<usize>()))
        });
    searches.max()
}
