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

use super::Rejections;
use super::value::{attribute, map, resource, service};

/// How many series are kept, how many points of each, and how many bytes its texts may have.
pub(crate) const MAX_SERIES: usize = 1_000;
const MAX_POINTS: usize = 720;
const MAX_TEXT_BYTES: usize = 4 * 1024;
/// A series makes room for another one if it has not been sent for so many seconds.
const UNUSED: i64 = 600;

const NO_NUMBER: &str = "a point needs a number";
const TOO_LONG: &str =
    "the names, attributes, unit and description of a series may have 4096 bytes together";
const NO_ROOM: &str = "1000 series are kept, and none of them has been silent for ten minutes: \
                       send fewer attributes, or fewer values of them";

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
    /// When it was sent last, in seconds since 1970.
    sent: i64,
}

/// Every series.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReceivedMetrics {
    series: BTreeMap<Key, Series>,
    /// When those that nobody sends any more went, in seconds since 1970.
    forgotten: i64,
}

impl ReceivedMetrics {
    /// Takes in what arrives at `now`, in seconds since 1970.
    pub(crate) fn take(&mut self, export: &ExportMetricsServiceRequest, now: i64) -> Rejections {
        let mut rejected = Rejections::default();
        for of in &export.resource_metrics {
            let service = service(of.resource.as_ref());
            for metric in of.scope_metrics.iter().flat_map(|scope| &scope.metrics) {
                for point in points(metric) {
                    self.put(&service, metric, point, now)
                        .unwrap_or_else(|why| rejected.add(why));
                }
            }
        }
        rejected
    }

    fn put(
        &mut self,
        service: &str,
        metric: &Metric,
        point: Point<'_>,
        now: i64,
    ) -> Result<(), &'static str> {
        let (at, value, attributes) = point.ok_or(NO_NUMBER)?;
        let key = Key {
            service: service.to_owned(),
            name: metric.name.clone(),
            attributes: Json::Object(map(attributes)).to_string(),
        };
        if !self.series.contains_key(&key) {
            let texts = [&key.service, &key.name, &key.attributes];
            let texts = texts.into_iter().chain([&metric.unit, &metric.description]);
            if texts.map(String::len).sum::<usize>() > MAX_TEXT_BYTES {
                return Err(TOO_LONG);
            }
            self.make_room(now)?;
        }
        let series = self.series.entry(key).or_insert_with(|| Series {
            unit: metric.unit.clone(),
            description: metric.description.clone(),
            ..Series::default()
        });
        series.sent = now;
        series.points.push_back((at, value));
        if series.points.len() > MAX_POINTS {
            series.points.pop_front();
        }
        Ok(())
    }

    /// Lets those go that nobody sends any more, if there is no room otherwise.
    fn make_room(&mut self, now: i64) -> Result<(), &'static str> {
        // Looking through all of them once a second is enough.
        if self.series.len() >= MAX_SERIES && self.forgotten < now {
            self.forgotten = now;
            self.series.retain(|_, series| now - series.sent < UNUSED);
        }
        (self.series.len() < MAX_SERIES)
            .then_some(())
            .ok_or(NO_ROOM)
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
    let mean = sum? / count as f64;
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
    use serde_json::json;

    use super::*;

    /// A point of the series with this number.
    fn export(series: usize, at: i64) -> ExportMetricsServiceRequest {
        let mut received = ReceivedMetrics::default();
        let metric = Metric {
            name: format!("m{series}"),
            unit: "s".to_owned(),
            description: "d".to_owned(),
            ..Metric::default()
        };
        let attributes = [attribute("a", &Json::from(1))];
        let point = Some((at, 0.5, attributes.as_slice()));
        received.put("shop", &metric, point, 0).unwrap();
        received.between(0, i64::MAX)
    }

    #[test]
    fn points_are_bounded_and_come_back_as_they_were() {
        let mut received = ReceivedMetrics::default();
        for at in 0..1_000 {
            assert_eq!(received.take(&export(0, at), 1), Rejections::default());
        }
        let (key, series) = received.all().next().unwrap();
        let texts = [&key.service, &key.name, &key.attributes];
        assert_eq!(texts, ["shop", "m0", r#"{"a":1}"#]);
        assert_eq!([&series.unit, &series.description], ["s", "d"]);
        assert_eq!(
            (series.points.len(), series.points[0]),
            (MAX_POINTS, (280, 0.5))
        );
    }

    #[test]
    fn a_series_makes_room_once_nobody_sends_it() {
        let mut received = ReceivedMetrics::default();
        let mut rejected = |series, now| received.take(&export(series, 1), now).count();
        for number in 0..MAX_SERIES {
            assert_eq!(rejected(number, 1), 0);
        }
        assert_eq!(rejected(MAX_SERIES, UNUSED), 1);
        // Known ones are taken all the same.
        assert_eq!(rejected(7, UNUSED), 0);
        assert_eq!(rejected(MAX_SERIES, UNUSED + 1), 0);
        let names: Vec<_> = received.all().map(|(key, _)| key.name.as_str()).collect();
        assert_eq!(names, ["m1000", "m7"]);
    }

    #[test]
    fn a_series_that_nobody_sends_stays_while_there_is_room() {
        let mut received = ReceivedMetrics::default();
        received.take(&export(0, 1), 1);
        received.take(&export(1, 1), 1 + UNUSED);
        assert_eq!(received.all().count(), 2);
    }

    #[test]
    fn each_kind_of_metric_gives_a_number_at_its_time() {
        let at = "1800000000123000000";
        let observed = json!({ "dataPoints": [{ "timeUnixNano": at, "count": "4", "sum": 2.0 }] });
        for (kind, data, value) in [
            (
                "gauge",
                json!({ "dataPoints": [{ "timeUnixNano": at, "asDouble": 0.5 }] }),
                0.5,
            ),
            (
                "sum",
                json!({ "dataPoints": [{ "timeUnixNano": at, "asInt": "7" }] }),
                7.0,
            ),
            ("histogram", observed.clone(), 0.5),
            ("exponentialHistogram", observed.clone(), 0.5),
            ("summary", observed, 0.5),
        ] {
            let metric = json!({ "name": "m", kind: data });
            let metric: Metric = serde_json::from_value(metric).unwrap();
            let found = points(&metric);
            assert_eq!(
                found,
                [Some((1_800_000_000_123, value, [].as_slice()))],
                "{kind}"
            );
        }
    }

    #[test]
    fn a_mean_of_nothing_and_what_is_no_number_are_none() {
        assert_eq!(mean(1, Some(0.0), 0, &[]), None);
        assert_eq!(mean(1, None, 1, &[]), None);
        assert_eq!(point(1, f64::NAN, &[]), None);
        assert_eq!(number(&NumberDataPoint::default()), None);
    }

    #[test]
    fn the_points_of_a_range_end_before_its_end() {
        let mut received = ReceivedMetrics::default();
        for at in 1..=3 {
            received.take(&export(0, at), 1);
        }
        let mut within = ReceivedMetrics::default();
        within.take(&received.between(2, 3), 1);
        let (_, series) = within.all().next().unwrap();
        assert_eq!(series.points, [(2, 0.5)]);
        assert_eq!(received.between(4, 9).resource_metrics, []);
    }

    #[test]
    fn texts_that_are_too_long_together_are_rejected() {
        let rejected = |more| {
            let mut export = export(0, 1);
            let metric = &mut export.resource_metrics[0].scope_metrics[0].metrics[0];
            let others = ["shop", "m0", r#"{"a":1}"#, "s"].concat().len();
            metric.description = "d".repeat(MAX_TEXT_BYTES - others + more);
            ReceivedMetrics::default().take(&export, 1).reasons()
        };
        assert_eq!(rejected(0), "");
        assert_eq!(rejected(1), format!("1: {TOO_LONG}"));
        assert!(TOO_LONG.contains(&format!("{MAX_TEXT_BYTES} bytes")));
    }
}
