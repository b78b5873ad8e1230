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

/// How many series are kept, and how many points of each: the oldest go.
const MAX_SERIES: usize = 1_000;
const MAX_POINTS: usize = 720;

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
        while self.series.len() > MAX_SERIES {
            let oldest = self.series.iter().min_by_key(|(_, series)| series.touched);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            self.series.remove(&key);
        }
        rejected
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

type Point<'a> = Option<(i64, f64, &'a [KeyValue])>;

/// The points of a metric; none for those without a number.
fn points(metric: &Metric) -> Vec<Point<'_>> {
    let millis = |nanos: u64| i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX);
    #[expect(clippy::cast_precision_loss, reason = "a mean to look at")]
    let mean =
        |sum: Option<f64>, count: u64| sum.filter(|_| count > 0).map(|sum| sum / count as f64);
    match &metric.data {
        Some(Data::Gauge(gauge)) => gauge.data_points.iter().map(number).collect(),
        Some(Data::Sum(sum)) => sum.data_points.iter().map(number).collect(),
        Some(Data::Histogram(histogram)) => {
            let each = histogram.data_points.iter();
            each.map(|one| {
                Some((
                    millis(one.time_unix_nano),
                    mean(one.sum, one.count)?,
                    one.attributes.as_slice(),
                ))
            })
            .collect()
        }
        Some(Data::ExponentialHistogram(histogram)) => {
            let each = histogram.data_points.iter();
            each.map(|one| {
                Some((
                    millis(one.time_unix_nano),
                    mean(one.sum, one.count)?,
                    one.attributes.as_slice(),
                ))
            })
            .collect()
        }
        Some(Data::Summary(summary)) => {
            let each = summary.data_points.iter();
            each.map(|one| {
                Some((
                    millis(one.time_unix_nano),
                    mean(Some(one.sum), one.count)?,
                    one.attributes.as_slice(),
                ))
            })
            .collect()
        }
        None => Vec::new(),
    }
}

fn number(point: &NumberDataPoint) -> Point<'_> {
    let at = i64::try_from(point.time_unix_nano / 1_000_000).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "a number to draw")]
    let value = match point.value? {
        Value::AsDouble(number) => number,
        Value::AsInt(number) => number as f64,
    };
    value
        .is_finite()
        .then_some((at, value, point.attributes.as_slice()))
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
}
