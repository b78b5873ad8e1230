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
