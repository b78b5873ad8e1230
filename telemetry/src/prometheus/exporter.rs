//! Recordings, kept until Prometheus scrapes them.

use std::{
    fmt,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use metrics::{Key as Series, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

use super::{buckets, label, name};
use crate::{
    catalogue::Catalogue,
    definition::{Definition, MetricKind},
    dimension::Key,
};

/// After this many observations the exporter sorts them into buckets, scraped or not.
const UPKEEP: u32 = 10_000;

static METADATA: Metadata<'static> = Metadata::new("telemetry", Level::INFO, None);

/// Keeps the metrics of this process until they are scraped.
pub(crate) struct Exporter {
    recorder: PrometheusRecorder,
    observations: AtomicU32,
}

impl Exporter {
    /// Describes every metric of the catalogue.
    pub(crate) fn new(catalogue: Catalogue) -> Self {
        let mut builder = PrometheusBuilder::new();
        for metric in catalogue.metrics {
            let matcher = Matcher::Full(name(metric));
            // The only error is a list without buckets, and there is none.
            if let Ok(with_buckets) = std::mem::take(&mut builder)
                .set_buckets_for_metric(matcher, metric.buckets.unwrap_or(buckets(metric.unit)))
            {
                builder = with_buckets;
            }
        }
        let recorder = builder.build_recorder();
        for metric in catalogue.metrics {
            let (name, help) = (name(metric).into(), metric.description.into());
            match metric.kind {
                MetricKind::Counter => {
                    recorder.describe_counter(name, None, help);
                    begin_at_zero(&recorder, metric);
                }
                MetricKind::Gauge => recorder.describe_gauge(name, None, help),
                MetricKind::Distribution => recorder.describe_histogram(name, None, help),
            }
        }
        Self {
            recorder,
            observations: AtomicU32::new(0),
        }
    }

    /// Takes one value in.
    pub(crate) fn observe(&self, metric: &'static Definition, key: Key, value: f64) {
        let series = series(metric, key);
        let converted = value * metric.unit.prometheus_factor();
        match metric.kind {
            MetricKind::Counter => {
                let counter = self.recorder.register_counter(&series, &METADATA);
                counter.increment(occurrences(value));
            }
            MetricKind::Gauge => {
                let gauge = self.recorder.register_gauge(&series, &METADATA);
                gauge.set(converted);
            }
            MetricKind::Distribution => {
                let histogram = self.recorder.register_histogram(&series, &METADATA);
                histogram.record(converted);
                self.run_upkeep_when_due();
            }
        }
    }

    /// The page that Prometheus scrapes.
    pub(crate) fn page(&self) -> String {
        self.recorder.handle().render()
    }

    /// Observations are kept one by one until they are sorted into buckets: bounds their
    /// memory when nobody scrapes.
    fn run_upkeep_when_due(&self) {
        if self.observations.fetch_add(1, Relaxed) % UPKEEP == UPKEEP - 1 {
            self.recorder.handle().run_upkeep();
        }
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exporter")
    }
}

/// Prometheus sees an increase between two values only: a counter that begins with its
/// first occurrence hides it.
fn begin_at_zero(recorder: &PrometheusRecorder, metric: &'static Definition) {
    let mut keys = vec![Key::default()];
    for (place, dimension) in metric.dimensions().iter().enumerate() {
        let values = (0..=u8::MAX).take(dimension.values.len());
        let with = |key: &Key| {
            let key = *key;
            values.clone().map(move |value| {
                let mut key = key;
                key[place] = value;
                key
            })
        };
        keys = keys.iter().flat_map(with).collect();
    }
    for key in keys {
        // Registered, it is on the page; nothing is counted yet.
        drop(recorder.register_counter(&series(metric, key), &METADATA));
    }
}

fn series(metric: &'static Definition, key: Key) -> Series {
    let labels = metric
        .dimensions()
        .iter()
        .zip(key)
        .map(|(dimension, value)| {
            let value = dimension.values[usize::from(value)];
            Label::new(label(dimension.name), value)
        });
    Series::from_parts(name(metric), labels.collect::<Vec<_>>())
}

/// Counters are recorded as whole numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "comes from a u64"
)]
fn occurrences(value: f64) -> u64 {
    value as u64
}
