//! The typed way in: metrics are recorded and properties set by their constants.

use std::time::Duration;

use crate::{
    definition::{Counter, Distribution, Gauge},
    dimension::Labels as _,
    metric::{CatalogueEntry, Metric},
    property::{Property, Value},
};

impl<M: CatalogueEntry> Metric<Counter, M> {
    /// Counts one occurrence.
    pub fn increment(self, labels: M::Labels) {
        self.add(1, labels);
    }

    /// Counts several occurrences; zero says "looked, and there was none".
    #[expect(clippy::cast_precision_loss, reason = "CloudWatch values are doubles")]
    pub fn add(self, occurrences: u64, labels: M::Labels) {
        super::record(M::FRAGMENTS, labels.key(), occurrences as f64);
    }
}

impl<M: CatalogueEntry> Metric<Gauge, M> {
    /// Sets the level.
    pub fn set(self, level: f64, labels: M::Labels) {
        super::record(M::FRAGMENTS, labels.key(), level);
    }
}

impl<M: CatalogueEntry> Metric<Distribution, M> {
    /// Records one observation.
    pub fn record(self, value: f64, labels: M::Labels) {
        super::record(M::FRAGMENTS, labels.key(), value);
    }

    /// Records how long something took, to the microsecond and in the metric's unit.
    ///
    /// A metric whose unit is no time does not compile:
    ///
    /// ```compile_fail
    /// telemetry::catalogue! {
    ///     /// Size of a parcel.
    ///     PARCEL_SIZE: Distribution {
    ///         name: "parcel_size", unit: Bytes, by: [[]], sample: Tail { median: 1.0, p99: 9.0 },
    ///     }
    /// }
    /// PARCEL_SIZE.record_duration(std::time::Duration::ZERO, ());
    /// ```
    #[expect(clippy::cast_precision_loss, reason = "exact for 285 years")]
    pub fn record_duration(self, taken: Duration, labels: M::Labels) {
        let unit = const { M::DEFINITION.unit.in_microseconds() };
        self.record(taken.as_micros() as f64 / unit, labels);
    }
}

impl Property {
    /// Sets the property on the current event; the last value wins.
    ///
    /// Outside any event there is nothing to set it on, and nothing happens.
    pub fn set<'a>(self, value: impl Into<Value<'a>>) {
        super::set_property(self, &value.into());
    }
}
