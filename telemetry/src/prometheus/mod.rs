//! The same metrics for Prometheus, for processes that live longer than an invocation.
//!
//! Recordings go through the [`metrics`] facade into metrics-exporter-prometheus. Names,
//! units and help come from the catalogue: `request_duration` in milliseconds becomes
//! `request_duration_seconds`, counters end in `_total`, distributions are histograms.
//! A metric has the labels of its finest dimension set; Prometheus adds up by itself.
//!
//! The names are always here, since dashboards query by them; what answers a scrape needs
//! the feature `prometheus`.

#[cfg(feature = "prometheus")]
mod exporter;

#[cfg(feature = "prometheus")]
pub(crate) use exporter::Exporter;

use crate::{
    definition::{Definition, MetricKind},
    unit::Unit,
};

/// The content type of [`Metrics::prometheus`](crate::Metrics::prometheus).
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The name of a metric in Prometheus: with its unit, and `_total` for a counter.
pub fn name(metric: &Definition) -> String {
    let unit = metric.unit.prometheus();
    let separator = if unit.is_empty() { "" } else { "_" };
    let total = match metric.kind {
        MetricKind::Counter => "_total",
        MetricKind::Gauge | MetricKind::Distribution => "",
    };
    format!("{}{separator}{unit}{total}", metric.name).to_lowercase()
}

/// The upper bounds of a distribution's buckets, in Prometheus' unit.
pub const fn buckets(unit: Unit) -> &'static [f64] {
    match unit {
        Unit::Milliseconds => &[
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0,
        ],
        Unit::Seconds => &[
            1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0, 86400.0,
        ],
        Unit::Bytes => &[
            256.0,
            1024.0,
            4096.0,
            16384.0,
            65536.0,
            262_144.0,
            1_048_576.0,
        ],
        Unit::Percent | Unit::RelativeHumidity => {
            &[10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0]
        }
        Unit::Celsius => &[
            -20.0, -10.0, 0.0, 5.0, 10.0, 15.0, 18.0, 20.0, 22.0, 24.0, 26.0, 28.0, 30.0, 35.0,
            40.0, 60.0,
        ],
        Unit::Hectopascals => &[
            900.0, 950.0, 970.0, 980.0, 990.0, 1000.0, 1005.0, 1010.0, 1015.0, 1020.0, 1030.0,
            1040.0, 1050.0,
        ],
        Unit::Microseconds => &[1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0],
        Unit::Bits | Unit::BitsPerSecond | Unit::BytesPerSecond => {
            &[1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
        }
        Unit::None | Unit::CountPerSecond | Unit::Custom(_) => {
            &[0.01, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1e3, 1e4]
        }
        Unit::Count | Unit::CapacityUnits => &[0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0],
    }
}

/// The label that holds a dimension.
pub fn label(dimension: &str) -> String {
    dimension.to_lowercase()
}
