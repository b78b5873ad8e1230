//! A query's metrics, as CloudWatch names them in one environment.

use aws_sdk_cloudwatch::types::{Dimension, Metric};
use telemetry::Namespace;

use super::environment::Environment;
use crate::model::MetricQuery;

fn namespace(query: &MetricQuery, environment: &Environment) -> String {
    match query.metric.namespace {
        Namespace::Service(name) => name.to_owned(),
        Namespace::Application => {
            format!("{}/{}", environment.deployment.namespace, environment.name)
        }
    }
}

/// The name of a query's metric with its dimensions; `*` where it is every value.
pub(super) fn key(query: &MetricQuery, environment: &Environment) -> String {
    let values = query.dimensions().map(|(dimension, value)| {
        let value = value.map(|value| {
            environment
                .value(dimension.name, value)
                .unwrap_or(value.to_owned())
        });
        format!("{}={}", dimension.name, value.as_deref().unwrap_or("*"))
    });
    let values = values.collect::<Vec<_>>().join(",");
    format!(
        "{} {}{{{values}}}",
        namespace(query, environment),
        query.metric.name
    )
}

/// Every series of a query: one, or one for each combination of dimension values; `None` if
/// only AWS knows a value.
pub(super) fn series(query: &MetricQuery, environment: &Environment) -> Option<Vec<Metric>> {
    let mut combinations: Vec<Vec<Dimension>> = vec![Vec::new()];
    for (dimension, value) in query.dimensions() {
        let names = value.map_or(dimension.values.to_vec(), |value| vec![value]);
        let one = |name| {
            let value = environment.value(dimension.name, name)?;
            let builder = Dimension::builder().name(dimension.name).value(value);
            Some(builder.build())
        };
        let values: Vec<_> = names.into_iter().map(one).collect::<Option<_>>()?;
        let extend = |combination: &Vec<Dimension>| {
            let with = |value: &Dimension| combination.iter().chain([value]).cloned().collect();
            values.iter().map(with).collect::<Vec<_>>()
        };
        combinations = combinations.iter().flat_map(extend).collect();
    }
    let metric = Metric::builder()
        .namespace(namespace(query, environment))
        .metric_name(query.metric.name);
    let series = combinations.into_iter();
    let series = series.map(|dimensions| metric.clone().set_dimensions(Some(dimensions)).build());
    Some(series.collect())
}
