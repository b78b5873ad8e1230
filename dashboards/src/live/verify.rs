//! Whether the metrics that dashboards and alarms read have data.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};
use telemetry::{Definition, Namespace};

use super::client::AwsError;
use super::environment::Environment;
use super::series::{key, series};
use crate::model::alarm::{AlarmKind, Profile};
use crate::model::{Library, MetricQuery};

/// Most queries of one `GetMetricData`.
const QUERIES: usize = 500;
/// Seconds of one point; that there is one is all that counts.
const PERIOD: i32 = 3_600;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// How many metrics have data.
    pub with_data: usize,
    /// Those that have none.
    pub missing: Vec<MissingMetric>,
}

/// A metric without data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingMetric {
    /// Namespace, name and dimensions; `*` where a panel draws every value.
    pub metric: String,
    /// The panels and alarms that read it.
    pub used_by: Vec<String>,
    /// Why nothing may be wrong; `None` if something is.
    pub expected: Option<&'static str>,
}

/// AWS's metrics that have no data while nothing goes wrong.
const RARE: [(&str, &str); 8] = [
    ("AWS/DynamoDB", "ReadThrottleEvents"),
    ("AWS/DynamoDB", "WriteThrottleEvents"),
    ("AWS/DynamoDB", "SystemErrors"),
    ("AWS/DynamoDB", "UserErrors"),
    ("AWS/DynamoDB", "ConditionalCheckFailedRequests"),
    ("AWS/DynamoDB", "TransactionConflict"),
    ("AWS/Logs", "EMFValidationErrors"),
    ("AWS/Logs", "EMFParsingErrors"),
];

/// Why a metric may well have no data in a healthy system; `None` if it always has.
pub fn expected_empty(library: &Library, metric: &Definition) -> Option<&'static str> {
    let rare = match metric.namespace {
        Namespace::Service(namespace) => RARE.contains(&(namespace, metric.name)),
        Namespace::Application => library.rare.iter().any(|rare| rare.name == metric.name),
    };
    rare.then_some("is published only when it happens")
}

/// Looks for data of the last `range` in every metric that the library reads. `progress`
/// is told how many series have been asked for, and of how many.
///
/// A metric that is drawn by the values of a dimension has data if any value has.
///
/// # Errors
/// [`AwsError`] if `GetMetricData` fails.
pub async fn verify(
    client: &Client,
    library: &Library,
    environment: &Environment,
    profile: Profile,
    range: Duration,
    progress: impl Fn(u64, u64),
) -> Result<Verification, AwsError> {
    let wanted = wanted(library, environment, profile);
    let series: Vec<_> = wanted
        .iter()
        .enumerate()
        .flat_map(|(index, want)| {
            want.series
                .iter()
                .map(move |metric| (index, metric.clone()))
        })
        .collect();
    let mut has_data = vec![false; wanted.len()];
    let total = series.len() as u64;
    let mut asked = 0;
    for chunk in series.chunks(QUERIES) {
        let metrics = chunk.iter().map(|(_, metric)| metric.clone());
        for place in with_data(client, metrics, range).await? {
            if let Some((index, _)) = chunk.get(place) {
                has_data[*index] = true;
            }
        }
        asked += chunk.len() as u64;
        progress(asked, total);
    }
    let missing = wanted
        .into_iter()
        .zip(&has_data)
        .filter(|(_, has_data)| !**has_data);
    let missing: Vec<_> = missing.map(|(want, _)| want.missing).collect();
    Ok(Verification {
        with_data: has_data.len() - missing.len(),
        missing,
    })
}

/// A metric that is read, and the series that it may be.
struct ExpectedMetric {
    missing: MissingMetric,
    series: Vec<Metric>,
}

fn wanted(library: &Library, environment: &Environment, profile: Profile) -> Vec<ExpectedMetric> {
    let mut wanted: BTreeMap<String, ExpectedMetric> = BTreeMap::new();
    for (user, query) in uses(library, profile) {
        let series = series(query, environment);
        let expected = match series {
            Some(_) => expected_empty(library, query.metric),
            None => Some("not asked for without the id that AWS made"),
        };
        let key = key(query, environment);
        let want = wanted.entry(key.clone()).or_insert_with(|| ExpectedMetric {
            missing: MissingMetric {
                metric: key,
                used_by: Vec::new(),
                expected,
            },
            series: series.unwrap_or_default(),
        });
        if !want.missing.used_by.contains(&user) {
            want.missing.used_by.push(user);
        }
    }
    wanted.into_values().collect()
}

/// Every query with the panel or alarm it belongs to.
fn uses(library: &Library, profile: Profile) -> Vec<(String, &MetricQuery)> {
    let mut uses = Vec::new();
    for dashboard in &library.dashboards {
        for panel in dashboard.panels() {
            let metrics = panel
                .targets
                .iter()
                .flat_map(|target| target.source.metrics());
            uses.extend(
                metrics.map(|query| (format!("{} / {}", dashboard.title, panel.title), query)),
            );
        }
    }
    for alarm in library
        .alarms
        .iter()
        .filter(|alarm| alarm.profile <= profile)
    {
        if let AlarmKind::Metric(metric) = &alarm.kind {
            let metrics = metric.expression.metrics().into_iter();
            uses.extend(metrics.map(|query| (format!("alarm {}", alarm.id), query)));
        }
    }
    uses
}

/// The places of the metrics that have at least one value.
async fn with_data(
    client: &Client,
    metrics: impl Iterator<Item = Metric>,
    range: Duration,
) -> Result<Vec<usize>, AwsError> {
    let query = |(place, metric)| {
        let stat = MetricStat::builder()
            .metric(metric)
            .period(PERIOD)
            .stat("SampleCount")
            .build();
        MetricDataQuery::builder()
            .id(format!("m{place}"))
            .metric_stat(stat)
            .build()
    };
    let now = SystemTime::now();
    let mut pages = client
        .get_metric_data()
        .set_metric_data_queries(Some(metrics.enumerate().map(query).collect()))
        .start_time(DateTime::from(now - range))
        .end_time(DateTime::from(now + Duration::from_secs(60)))
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::new("GetMetricData", error))?;
        let results = page
            .metric_data_results()
            .iter()
            .filter(|result| !result.values().is_empty());
        found.extend(
            results.filter_map(|result| result.id()?.strip_prefix('m')?.parse::<usize>().ok()),
        );
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::library;

    /// How many metrics of the API are asked for, and how many are not.
    fn asked(assigned: &[(&str, &str)]) -> (usize, usize) {
        let assigned = assigned.iter();
        let environment = Environment {
            deployment: library().deployment,
            name: "dev".to_owned(),
            assigned: assigned
                .map(|(name, id)| (String::from(*name), String::from(*id)))
                .collect(),
        };
        let wanted = wanted(&library(), &environment, Profile::Dev).into_iter();
        let (asked, not): (Vec<_>, Vec<_>) = wanted
            .filter(|want| want.missing.metric.contains("ApiId="))
            .partition(|want| !want.series.is_empty());
        assert!(not.iter().all(|want| want.missing.expected.is_some()));
        (asked.len(), not.len())
    }

    #[test]
    fn what_only_aws_can_name_is_asked_for_by_its_id_alone() {
        let (asked_for, left_out) = asked(&[("http", "a1b2c3d4e5")]);
        assert!(asked_for > 0 && left_out == 0);
        assert_eq!(asked(&[]), (0, asked_for));
    }
}
