//! Metrics as data: what an encoder, a checker or a renderer needs to know of them.

use crate::{dimension::DimensionDefinition, unit::Unit};

/// What the values of a metric mean when several are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// Occurrences; values are added up.
    Counter,
    /// A level that is observed now and then; values are not added up.
    Gauge,
    /// Single observations of which the distribution matters: durations, temperatures.
    Distribution,
}

/// A kind of metric as a type; it decides how a metric is recorded and queried.
pub trait Kind: sealed::Sealed + 'static {
    /// The same, as a value.
    const KIND: MetricKind;
}

/// See [`MetricKind::Counter`].
#[derive(Clone, Copy, Debug)]
pub enum Counter {}
/// See [`MetricKind::Gauge`].
#[derive(Clone, Copy, Debug)]
pub enum Gauge {}
/// See [`MetricKind::Distribution`].
#[derive(Clone, Copy, Debug)]
pub enum Distribution {}

impl Kind for Counter {
    const KIND: MetricKind = MetricKind::Counter;
}
impl Kind for Gauge {
    const KIND: MetricKind = MetricKind::Gauge;
}
impl Kind for Distribution {
    const KIND: MetricKind = MetricKind::Distribution;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Counter {}
    impl Sealed for super::Gauge {}
    impl Sealed for super::Distribution {}
}

/// How finely CloudWatch keeps a metric (EMF's `StorageResolution`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// Points of one minute.
    Minute,
    /// Points of one second, at the same price but with dearer alarms.
    Second,
}

impl Resolution {
    /// The value of `StorageResolution`.
    pub const fn seconds(self) -> u32 {
        match self {
            Self::Minute => 60,
            Self::Second => 1,
        }
    }
}

/// Whose metric it is, which decides the CloudWatch namespace it is found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// The application's own; the deployment gives it a name, such as `Sentori/prod`.
    Application,
    /// A service that publishes metrics under a fixed name, such as `AWS/Lambda`.
    Service(&'static str),
}

/// The shape of plausible data, for previews and for tests.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Sample {
    /// Occurrences at about this many a minute.
    Rate {
        /// Mean occurrences a minute.
        per_minute: f64,
    },
    /// A level that swings between two values.
    Wave {
        /// Lowest value.
        low: f64,
        /// Highest value.
        high: f64,
    },
    /// What another gauge of the same dimensions leaves of a whole.
    Rest {
        /// The other gauge.
        of: &'static Definition,
        /// What both make together.
        whole: f64,
    },
    /// Observations with a long tail.
    Tail {
        /// Half of the values are below.
        median: f64,
        /// 99 of 100 values are below.
        p99: f64,
    },
}

/// A metric as data: what an encoder, a checker or a renderer needs to know of it.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Whose metric it is.
    pub namespace: Namespace,
    /// The name, as CloudWatch shows it.
    pub name: &'static str,
    /// What its values mean together.
    pub kind: MetricKind,
    /// The unit of its values.
    pub unit: Unit,
    /// What it measures, for people.
    pub description: &'static str,
    /// The dimension sets it is published by, coarsest first; the last one is the finest
    /// and holds every dimension of the others.
    pub sets: &'static [&'static [DimensionDefinition]],
    /// How finely CloudWatch keeps it.
    pub resolution: Resolution,
    /// Upper bounds of a distribution's buckets in Prometheus, in Prometheus' unit, where
    /// those of its [unit](crate::prometheus::buckets) do not fit.
    pub buckets: Option<&'static [f64]>,
    /// The shape of plausible data.
    pub sample: Sample,
}

impl Definition {
    /// How many metrics CloudWatch bills when every combination of dimension values occurs.
    pub const fn billed_metrics(&self) -> usize {
        let mut total = 0;
        let mut set = 0;
        while set < self.sets.len() {
            let mut combinations = 1;
            let mut dimension = 0;
            while dimension < self.sets[set].len() {
                combinations *= self.sets[set][dimension].values.len();
                dimension += 1;
            }
            total += combinations;
            set += 1;
        }
        total
    }

    /// The dimensions of the finest set, which every recording has.
    pub const fn dimensions(&self) -> &'static [DimensionDefinition] {
        self.sets[self.sets.len() - 1]
    }
}

/// How many metrics of a catalogue CloudWatch bills at most.
pub const fn billed_metrics(catalogue: &[&Definition]) -> usize {
    let mut total = 0;
    let mut i = 0;
    while i < catalogue.len() {
        total += catalogue[i].billed_metrics();
        i += 1;
    }
    total
}
