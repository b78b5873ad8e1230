//! Metrics of other programs: the newest points of each series, in bounded memory.

use std::collections::{BTreeMap, VecDeque};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics,
};
use serde_json::{Map, Value as Json};

use super::value::{attribute, map, resource, service};

/// How many series are kept, how many points of each, and how many bytes of text: the oldest go.
const MAX_SERIES: usize = 1_000;
const MAX_POINTS: usize = 720;
const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;

/// What tells series apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) service: String,
    pub(crate) name: String,
    /// Its attributes as JSON.
    pub(crate) attributes: String,
}

/// A series: a number over time. Of a histogram it is the mean of what was observed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series {
    pub(crate) unit: String,
    pub(crate) description: String,
    /// Milliseconds since 1970, and the value.
    pub(crate) points: VecDeque<(i64, f64)>,
    /// When it was sent last, in the order of exports.
    touched: u64,
}

/// Every series. The one that was sent least lately goes when there are too many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    series: BTreeMap<Key, Series>,
    exports: u64,
}

impl Received {
    /// Takes an export in; how many of its points have no number.
    pub(crate) fn take(&mut self, export: &ExportMetricsServiceRequest) -> usize {
        self.exports += 1;
        let mut rejected = 0;
        for of in &export.resource_metrics {
            let service = service(of.resource.as_ref());
            for metric in of.scope_metrics.iter().flat_map(|scope| &scope.metrics) {
                for point in points(metric) {
                    match point {
                        Some((at, value, attributes)) => {
                            self.put(&service, metric, attributes, (at, value));
                        }
                        None => rejected += 1,
                    }
                }
            }
        }
        self.forget();
        rejected
    }

    /// Lets those go that were sent least lately, until the rest is within its bounds.
    fn forget(&mut self) {
        let mut bytes: usize = self.series.iter().map(text_bytes).sum();
        let within = |series: usize, bytes: usize| series <= MAX_SERIES && bytes <= MAX_TEXT_BYTES;
        if within(self.series.len(), bytes) {
            return;
        }
        let each = self.series.iter();
        let mut oldest: Vec<_> = each
            .map(|(key, series)| (series.touched, key.clone()))
            .collect();
        oldest.sort_unstable();
        for (_, key) in oldest {
            if within(self.series.len(), bytes) {
                return;
            }
            if let Some(series) = self.series.remove(&key) {
                bytes -= text_bytes((&key, &series));
            }
        }
    }

    fn put(&mut self, service: &str, metric: &Metric, attributes: &[KeyValue], point: (i64, f64)) {
        let key = Key {
            service: service.to_owned(),
            name: metric.name.clone(),
            attributes: Json::Object(map(attributes)).to_string(),
        };
        let series = self.series.entry(key).or_default();
        series.touched = self.exports;
        series.unit.clone_from(&metric.unit);
        series.description.clone_from(&metric.description);
        series.points.push_back(point);
        if series.points.len() > MAX_POINTS {
            series.points.pop_front();
        }
    }

    /// Every series, by its program and name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Key, &Series)> {
        self.series.iter()
    }

    /// The points between two moments in milliseconds, as an export.
    pub(crate) fn between(&self, from: i64, to: i64) -> ExportMetricsServiceRequest {
        let each = self.series.iter().filter_map(|(key, series)| {
            let within = series
                .points
                .iter()
                .filter(|(at, _)| (from..to).contains(at));
            let data_points: Vec<_> = within.map(|point| written(key, *point)).collect();
            (!data_points.is_empty()).then(|| exported(key, series, data_points))
        });
        ExportMetricsServiceRequest {
            resource_metrics: each.collect(),
        }
    }
}

/// What a series takes besides its points.
fn text_bytes((key, series): (&Key, &Series)) -> usize {
    let of_key = key.service.len() + key.name.len() + key.attributes.len();
    of_key + series.unit.len() + series.description.len()
}

type Point<'a> = Option<(i64, f64, &'a [KeyValue])>;

/// The points of a metric; none for those without a number.
fn points(metric: &Metric) -> Vec<Point<'_>> {
    match &metric.data {
        Some(Data::Gauge(gauge)) => gauge.data_points.iter().map(number).collect(),
        Some(Data::Sum(sum)) => sum.data_points.iter().map(number).collect(),
        Some(Data::Histogram(histogram)) => {
            let each = histogram.data_points.iter();
            each.map(|one| mean(one.time_unix_nano, one.sum, one.count, &one.attributes))
                .collect()
        }
        Some(Data::ExponentialHistogram(histogram)) => {
            let each = histogram.data_points.iter();
            each.map(|one| mean(one.time_unix_nano, one.sum, one.count, &one.attributes))
                .collect()
        }
        Some(Data::Summary(summary)) => {
            let each = summary.data_points.iter();
            each.map(|one| {
                mean(
                    one.time_unix_nano,
                    Some(one.sum),
                    one.count,
                    &one.attributes,
                )
            })
            .collect()
        }
        None => Vec::new(),
    }
}

/// The mean of what was observed, if anything was.
fn mean(nanos: u64, sum: Option<f64>, count: u64, attributes: &[KeyValue]) -> Point<'_> {
    #[expect(clippy::cast_precision_loss, reason = "a mean to look at")]
    let mean = sum.filter(|_| count > 0)? / count as f64;
    point(nanos, mean, attributes)
}

fn number(one: &NumberDataPoint) -> Point<'_> {
    #[expect(clippy::cast_precision_loss, reason = "a number to draw")]
    let value = match one.value? {
        Value::AsDouble(number) => number,
        Value::AsInt(number) => number as f64,
    };
    point(one.time_unix_nano, value, &one.attributes)
}

fn point(nanos: u64, value: f64, attributes: &[KeyValue]) -> Point<'_> {
    let at = i64::try_from(nanos / 1_000_000).ok()?;
    value.is_finite().then_some((at, value, attributes))
}

fn written(key: &Key, (at, value): (i64, f64)) -> NumberDataPoint {
    let attributes: Map<String, Json> = serde_json::from_str(&key.attributes).unwrap_or_default();
    NumberDataPoint {
        attributes: attributes
            .iter()
            .map(|(key, value)| attribute(key, value))
            .collect(),
        time_unix_nano: u64::try_from(at).unwrap_or_default() * 1_000_000,
        value: Some(Value::AsDouble(value)),
        ..NumberDataPoint::default()
    }
}

fn exported(key: &Key, series: &Series, data_points: Vec<NumberDataPoint>) -> ResourceMetrics {
    let metric = Metric {
        name: key.name.clone(),
        unit: series.unit.clone(),
        description: series.description.clone(),
        data: Some(Data::Gauge(Gauge { data_points })),
        ..Metric::default()
    };
    ResourceMetrics {
        resource: Some(resource(&key.service)),
        scope_metrics: vec![ScopeMetrics {
            metrics: vec![metric],
            ..ScopeMetrics::default()
        }],
        ..ResourceMetrics::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export(series: usize, at: i64) -> ExportMetricsServiceRequest {
        let mut received = Received::default();
        let metric = Metric {
            name: format!("m{series}"),
            ..Metric::default()
        };
        received.put(
            "shop",
            &metric,
            &[attribute("a", &Json::from(1))],
            (at, 0.5),
        );
        received.between(0, i64::MAX)
    }

    #[test]
    fn points_are_bounded_and_come_back_as_they_were() {
        let mut received = Received::default();
        for at in 0..1_000 {
            assert_eq!(received.take(&export(0, at)), 0);
        }
        let (key, series) = received.all().next().unwrap();
        assert_eq!(
            (key.name.as_str(), key.attributes.as_str()),
            ("m0", r#"{"a":1}"#)
        );
        assert_eq!(
            (series.points.len(), series.points[0]),
            (MAX_POINTS, (280, 0.5))
        );
        for number in 1..=MAX_SERIES {
            received.take(&export(number, 1));
        }
        assert_eq!(received.all().count(), MAX_SERIES);
        assert!(received.all().all(|(key, _)| key.name != "m0"));
    }

    #[test]
    fn long_texts_are_bounded_too() {
        let mut received = Received::default();
        for number in 0..10 {
            let mut export = export(number, 1);
            let metric = &mut export.resource_metrics[0].scope_metrics[0].metrics[0];
            metric.description = "d".repeat(1024 * 1024);
            received.take(&export);
        }
        let names: Vec<_> = received.all().map(|(key, _)| key.name.as_str()).collect();
        assert_eq!(names, ["m7", "m8", "m9"]);
    }
}
