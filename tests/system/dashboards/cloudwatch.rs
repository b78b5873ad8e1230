//! CloudWatch: the event lines as it extracts them, and each query as a data source sends it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat};
use dashboards::model::Resource;
use library::DEPLOYMENT;
use library::aws;
use serde_json::Value;
use system_tests::CloudWatch;
use system_tests::cloudwatch::extract;
use telemetry::{Definition, DimensionDefinition, Namespace};

use super::rendered_files::{API_ID, ENVIRONMENT, dashboards, grafana, metric_alarms, targets};
use super::simulation;

/// Seconds of a point.
pub(super) const MINUTE: i64 = 60;
/// Most queries of one `GetMetricData`.
const QUERIES: usize = 500;

/// Namespace, name and dimensions.
pub(super) type Key = (String, String, BTreeMap<String, String>);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_of_panels_and_alarms_finds_its_metric() {
    let Some(cloudwatch) = loaded().await else {
        return;
    };
    let known: BTreeSet<Key> = cloudwatch.metrics().await.iter().map(key).collect();
    let mut queries = BTreeMap::new();
    for (user, wanted, statistic) in panel_queries().chain(alarm_queries()) {
        let found: Vec<_> = known.iter().filter(|key| wanted.matches(key)).collect();
        // An operation that the simulation does not call has no metrics of its own.
        let uncalled = wanted.dimensions.contains_key("Operation")
            && known.iter().any(|key| wanted.is_named(key));
        assert!(
            !found.is_empty() || uncalled,
            "{user}: CloudWatch knows no {wanted:?}"
        );
        for key in found {
            queries.insert((key.clone(), statistic.clone()), user.clone());
        }
    }
    assert!(queries.len() > 140, "{} queries", queries.len());
    let asked: Vec<_> = queries.keys().cloned().collect();
    let answers = ask(&cloudwatch, &asked, whole_range().await).await;
    for ((query, user), points) in queries.iter().zip(answers) {
        assert!(!points.is_empty(), "{user}: no data of {query:?}");
    }
}

/// CloudWatch with the events of a simulation, and a value of each of AWS's own metrics.
pub(super) async fn loaded() -> Option<CloudWatch> {
    let events = simulation::events().await;
    let cloudwatch = CloudWatch::start().await?;
    cloudwatch.put_events(events).await;
    let at = DateTime::from_secs(whole_range().await.0);
    for metric in aws::ALL.concat() {
        let Namespace::Service(namespace) = metric.namespace else {
            continue;
        };
        let value = |dimensions| {
            let datum = MetricDatum::builder().metric_name(metric.name);
            let datum = datum.set_dimensions(Some(dimensions)).value(1.0);
            datum.timestamp(at).build()
        };
        let values = series(metric).into_iter().map(value);
        cloudwatch.put(namespace, values.collect()).await;
    }
    Some(cloudwatch)
}

/// The minutes that the events are in, from the first one's start to the last one's end.
pub(super) async fn whole_range() -> (i64, i64) {
    let lines = simulation::events().await.lines();
    let seconds = lines.map(|line| {
        let event: Value = serde_json::from_str(line).unwrap();
        event["_aws"]["Timestamp"].as_i64().unwrap() / 1_000
    });
    let (first, last) = seconds.fold((i64::MAX, 0), |(first, last), at| {
        (first.min(at), last.max(at))
    });
    (first / MINUTE * MINUTE, (last / MINUTE + 1) * MINUTE)
}

/// The points of each metric and statistic, by their time in seconds.
pub(super) async fn ask(
    cloudwatch: &CloudWatch,
    asked: &[(Key, String)],
    (start, end): (i64, i64),
) -> Vec<BTreeMap<i64, f64>> {
    let query = |(place, (key, statistic)): (usize, &(Key, String))| {
        let stat = MetricStat::builder()
            .metric(metric(key))
            .period(i32::try_from(MINUTE).unwrap())
            .stat(statistic);
        let query = MetricDataQuery::builder().id(format!("m{place}"));
        query.metric_stat(stat.build()).build()
    };
    let mut answers = vec![BTreeMap::new(); asked.len()];
    for (part, chunk) in asked.chunks(QUERIES).enumerate() {
        let answer = cloudwatch
            .client()
            .get_metric_data()
            .set_metric_data_queries(Some(chunk.iter().enumerate().map(query).collect()))
            .start_time(DateTime::from_secs(start))
            .end_time(DateTime::from_secs(end))
            .send()
            .await
            .unwrap();
        for result in answer.metric_data_results() {
            let place: usize = result.id().unwrap()[1..].parse().unwrap();
            let times = result.timestamps().iter().map(DateTime::secs);
            let points = times.zip(result.values().iter().copied());
            answers[part * QUERIES + place] = points.collect();
        }
    }
    answers
}

/// What a query asks for: metrics of this name whose dimensions have one of the values, or any.
#[derive(Debug)]
struct MetricPattern {
    namespace: String,
    name: String,
    dimensions: BTreeMap<String, Vec<String>>,
}

impl MetricPattern {
    fn new(namespace: &Value, name: &Value, dimensions: &Value) -> Self {
        let dimensions = dimensions.as_object().into_iter().flatten();
        Self {
            namespace: grafana(text(namespace)),
            name: text(name).to_owned(),
            dimensions: dimensions
                .map(|(name, values)| (name.clone(), values_of(values)))
                .collect(),
        }
    }

    fn is_named(&self, (namespace, name, _): &Key) -> bool {
        (namespace, name) == (&self.namespace, &self.name)
    }

    fn matches(&self, key: &Key) -> bool {
        let dimensions = &key.2;
        self.is_named(key)
            && self.dimensions.len() == dimensions.len()
            && self.dimensions.iter().all(|(name, wanted)| {
                let value = dimensions.get(name);
                value.is_some_and(|value| wanted.contains(value) || wanted[0] == "*")
            })
    }
}

/// The metric queries of the dashboards: who asks, what for, and by which statistic.
fn panel_queries() -> impl Iterator<Item = (String, MetricPattern, String)> {
    let of_dashboard = |(file, dashboard): (String, Value)| {
        let metrics = targets(&dashboard)
            .filter(|(_, target)| target["queryMode"] == "Metrics" && target["expression"] == "");
        let queries = metrics.map(|(panel, target)| {
            let wanted = MetricPattern::new(
                &target["namespace"],
                &target["metricName"],
                &target["dimensions"],
            );
            (
                format!("{file}: {panel}"),
                wanted,
                statistic(&target["statistic"]),
            )
        });
        queries.collect::<Vec<_>>()
    };
    dashboards("cloudwatch").into_iter().flat_map(of_dashboard)
}

/// The metric queries of the alarms.
fn alarm_queries() -> impl Iterator<Item = (String, MetricPattern, String)> {
    let of_alarm = |alarm: Value| {
        let user = text(&alarm["alarm_name"]).to_owned();
        let queries = alarm["metric_query"].as_array().into_iter().flatten();
        let metrics: Vec<_> = match &alarm["metric_name"] {
            Value::Null => queries.map(|query| query["metric"].clone()).collect(),
            _ => vec![alarm],
        };
        let metrics = metrics.into_iter().filter(|metric| !metric.is_null());
        metrics.map(move |metric| {
            let wanted = MetricPattern::new(
                &metric["namespace"],
                &metric["metric_name"],
                &metric["dimensions"],
            );
            let mut names = ["stat", "statistic", "extended_statistic"].into_iter();
            let given = names.find(|name| metric[*name].is_string()).unwrap();
            (user.clone(), wanted, statistic(&metric[given]))
        })
    };
    metric_alarms().into_iter().flat_map(of_alarm)
}

/// One value, or several.
fn values_of(values: &Value) -> Vec<String> {
    let all = values
        .as_array()
        .map_or(std::slice::from_ref(values), Vec::as_slice);
    all.iter().map(|value| grafana(text(value))).collect()
}

/// The statistic. moto has no percentiles: whether there are values is asked in their place.
fn statistic(given: &Value) -> String {
    let given = text(given);
    let percentile = given.starts_with('p') || given.starts_with("PR");
    if percentile { "SampleCount" } else { given }.to_owned()
}

/// Every combination of dimension values that AWS may publish a metric by.
fn series(metric: &Definition) -> Vec<Vec<Dimension>> {
    let extend = |combinations: Vec<Vec<Dimension>>, dimension: &DimensionDefinition| {
        let mut extended = Vec::new();
        for (combination, value) in combinations.iter().flat_map(|combination| {
            dimension
                .values
                .iter()
                .map(move |value| (combination, *value))
        }) {
            let deployed = |of: &Resource| of.naming.resolve(ENVIRONMENT, value, API_ID);
            let value = DEPLOYMENT
                .resource(dimension.name)
                .map_or(value.to_owned(), deployed);
            let one = Dimension::builder()
                .name(dimension.name)
                .value(value)
                .build();
            extended.push(combination.iter().cloned().chain([one]).collect());
        }
        extended
    };
    let sets = metric.sets.iter();
    sets.flat_map(|set| set.iter().fold(vec![Vec::new()], extend))
        .collect()
}

fn metric((namespace, name, dimensions): &Key) -> Metric {
    let dimensions = dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(name).value(value).build());
    Metric::builder()
        .namespace(namespace)
        .metric_name(name)
        .set_dimensions(Some(dimensions.collect()))
        .build()
}

fn key(metric: &Metric) -> Key {
    let text = |text: Option<&str>| text.unwrap().to_owned();
    let dimensions = metric.dimensions().iter();
    let dimensions = dimensions.map(|one| (text(one.name()), text(one.value())));
    (
        text(metric.namespace()),
        text(metric.metric_name()),
        dimensions.collect(),
    )
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The loader is checked apart from what writes events.
#[test]
fn an_event_is_a_value_for_each_dimension_set() {
    let event = serde_json::json!({
        "_aws": {"Timestamp": 1_700_000_000_000_u64, "CloudWatchMetrics": [{
            "Namespace": "Shop", "Dimensions": [[], ["Shipping"]],
            "Metrics": [{"Name": "orders", "Unit": "Count"}, {"Name": "weights"}, {"Name": "sizes"}],
        }]},
        "Shipping": "express", "orders": 2, "weights": [1.5, 2.5],
        "sizes": {"Values": [7.0], "Counts": [3.0]},
    });
    let extracted = extract(&event);
    assert_eq!(extracted.len(), 6);
    let of = |name: &str, dimensions: usize| {
        let mut data = extracted.iter().map(|(_, datum)| datum);
        let datum = data.find(|datum| {
            datum.metric_name() == Some(name) && datum.dimensions().len() == dimensions
        });
        let datum = datum.unwrap();
        (datum.values().to_vec(), datum.counts().to_vec())
    };
    assert_eq!(of("orders", 0), (vec![2.0], vec![1.0]));
    assert_eq!(of("weights", 1), (vec![1.5, 2.5], vec![1.0, 1.0]));
    assert_eq!(of("sizes", 1), (vec![7.0], vec![3.0]));
}
