//! Queries of one metric: typed by its kind and its dimension sets, then plain data.
//!
//! What does not fit does not compile: a metric that nobody declared, a dimension that the
//! metric is not published by, an aggregate that its kind does not have, arithmetic on
//! several series at once. `compile-fail/cases` has each of them with the compiler's words.

use std::marker::PhantomData;

use telemetry::{
    CatalogueEntry, Counter, Definition, DimensionDefinition, Distribution, Gauge, Kind, Labels,
    Metric, MetricKind, PublishedBy,
};

use super::{DisplayUnit, Period};

/// How the values of a period become one number; named as in CloudWatch.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Statistic {
    /// All values added up.
    Sum,
    /// Their mean.
    Average,
    /// The lowest.
    Minimum,
    /// The highest.
    Maximum,
    /// How many values there were.
    SampleCount,
    /// The value that this many percent of the values do not exceed.
    Percentile(f64),
    /// How many percent of the values are at most this large (`PR(:limit)`).
    PercentileRank(f64),
}

/// A metric, the part of it that is asked for, and how its values become one number.
#[derive(Clone, Copy, Debug)]
pub struct MetricQuery {
    /// What is measured.
    pub metric: &'static Definition,
    /// Which series of it.
    pub selection: Selection,
    /// How a period's values become one number.
    pub statistic: Statistic,
    /// Over how long; `None` leaves it to the panel's time range or to the alarm.
    pub period: Option<Period>,
}

impl MetricQuery {
    /// The unit of the result.
    pub fn unit(&self) -> DisplayUnit {
        match self.statistic {
            Statistic::SampleCount => telemetry::Unit::Count.into(),
            Statistic::PercentileRank(_) => telemetry::Unit::Percent.into(),
            _ => self.metric.unit.into(),
        }
    }

    /// Whether it counts: where nothing was observed it is 0, not unknown.
    pub fn is_count(&self) -> bool {
        match self.statistic {
            Statistic::SampleCount => true,
            Statistic::Sum => self.metric.kind == MetricKind::Counter,
            _ => false,
        }
    }

    /// The dimensions and the value asked for; no value means every value.
    pub fn dimensions(
        &self,
    ) -> impl Iterator<Item = (&'static DimensionDefinition, Option<&'static str>)> {
        let values = self.selection.values;
        let dimensions = self.selection.dimensions.iter().enumerate();
        dimensions.map(move |(place, dimension)| {
            let value = values.map(|key| dimension.values[usize::from(key[place])]);
            (dimension, value)
        })
    }

    /// The most series that the answer can have.
    pub fn series(&self) -> usize {
        self.dimensions()
            .map(|(dimension, value)| value.map_or(dimension.values.len(), |_| 1))
            .product()
    }
}

/// A metric is the same by its namespace and name: a constant may have several addresses.
impl PartialEq for MetricQuery {
    fn eq(&self, other: &Self) -> bool {
        self.metric.namespace == other.metric.namespace
            && self.metric.name == other.metric.name
            && self.selection == other.selection
            && self.statistic == other.statistic
            && self.period == other.period
    }
}

/// Which series of a metric: one, or one for each value of a dimension set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// The dimension set, as it is published.
    pub dimensions: &'static [DimensionDefinition],
    /// Indexes of the values of one series; `None` means a series for each.
    pub values: Option<telemetry::Key>,
}

/// Narrows a metric to series of one dimension set that it is published by.
pub trait Narrow: Sized {
    /// The metric's kind, which decides the statistics there are.
    type Kind: Kind;
    /// The metric's own type, which knows its dimension sets.
    type Metric: CatalogueEntry;

    /// The series without dimensions.
    fn total(self) -> Series<Self::Kind, Single>
    where
        Self::Metric: PublishedBy<()>,
    {
        self.of(())
    }

    /// The series with these values: `RUN_COMPLETED.of(RunOutcome::Failed)`.
    fn of<L: Labels>(self, labels: L) -> Series<Self::Kind, Single>
    where
        Self::Metric: PublishedBy<L>,
    {
        Series::new::<Self::Metric, L>(Some(labels.key()))
    }

    /// A series for each value: `REQUEST_ERROR.by::<Route>()`.
    fn by<L: Labels>(self) -> Series<Self::Kind, Split>
    where
        Self::Metric: PublishedBy<L>,
    {
        Series::new::<Self::Metric, L>(None)
    }
}

impl<K: Kind, M: CatalogueEntry> Narrow for Metric<K, M> {
    type Kind = K;
    type Metric = M;
}

/// A narrowed metric, before a statistic is chosen.
///
/// `K` is the metric's kind. `N` says how many series there are: [`Single`] ones take
/// part in arithmetic, [`Split`] ones can only be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Series<K, N> {
    metric: &'static Definition,
    selection: Selection,
    marker: PhantomData<fn() -> (K, N)>,
}

/// One series.
#[derive(Clone, Copy, Debug)]
pub enum Single {}
/// One series for each value of a dimension set.
#[derive(Clone, Copy, Debug)]
pub enum Split {}

/// What a statistic of so many series is: an [`Expression`](super::Expression) or a [`Breakdown`].
pub trait Cardinality {
    /// The query, in a type that allows what so many series allow.
    type Query: From<MetricQuery>;
}

impl Cardinality for Split {
    type Query = Breakdown;
}

/// A query whose answer has a series for each value of its dimensions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breakdown(pub MetricQuery);

impl From<MetricQuery> for Breakdown {
    fn from(query: MetricQuery) -> Self {
        Self(query)
    }
}

impl<K, N> Series<K, N> {
    fn new<M: CatalogueEntry, L: Labels>(values: Option<telemetry::Key>) -> Self {
        Self {
            metric: M::DEFINITION,
            selection: Selection {
                dimensions: L::DIMENSIONS,
                values,
            },
            marker: PhantomData,
        }
    }

    pub(super) fn with(self, statistic: Statistic) -> MetricQuery {
        MetricQuery {
            metric: self.metric,
            selection: self.selection,
            statistic,
            period: None,
        }
    }
}

impl<K, N: Cardinality> Series<K, N> {
    fn query(self, statistic: Statistic) -> N::Query {
        self.with(statistic).into()
    }

    /// All values of each period added up: occurrences, or observations.
    // For every kind, with the condition on the method: without it, a gauge's `sum` would be
    // taken for that of an iterator.
    pub fn sum(self) -> N::Query
    where
        K: Summed,
    {
        self.query(Statistic::Sum)
    }
}

/// A kind whose values mean something when they are added up.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` has no `sum`",
    label = "the values of a `{Self}` mean nothing added up",
    note = "a gauge is a level: ask for its `average`, `minimum` or `maximum`"
)]
pub trait Summed: Kind {}

impl Summed for Counter {}
impl Summed for Distribution {}

impl<N: Cardinality> Series<Gauge, N> {
    /// The mean level of each period.
    pub fn average(self) -> N::Query {
        self.query(Statistic::Average)
    }

    /// The lowest level of each period.
    pub fn minimum(self) -> N::Query {
        self.query(Statistic::Minimum)
    }

    /// The highest level of each period.
    pub fn maximum(self) -> N::Query {
        self.query(Statistic::Maximum)
    }
}

impl<N: Cardinality> Series<Distribution, N> {
    /// The mean of each period's observations.
    pub fn average(self) -> N::Query {
        self.query(Statistic::Average)
    }

    /// The lowest observation of each period.
    pub fn minimum(self) -> N::Query {
        self.query(Statistic::Minimum)
    }

    /// The highest observation of each period.
    pub fn maximum(self) -> N::Query {
        self.query(Statistic::Maximum)
    }

    /// How many observations each period has.
    pub fn samples(self) -> N::Query {
        self.query(Statistic::SampleCount)
    }

    /// The value that `percent` percent of the observations do not exceed.
    pub fn percentile(self, percent: f64) -> N::Query {
        self.query(Statistic::Percentile(percent))
    }

    /// How many percent of the observations are at most `limit`.
    pub fn percent_within(self, limit: f64) -> N::Query {
        self.query(Statistic::PercentileRank(limit))
    }
}
