//! Metrics: what is measured, how, in which unit and split by what.
//!
//! A metric is declared once, by [`catalogue!`](crate::catalogue!). The declaration is a
//! constant of type [`Metric<K, M>`]: `K` is its kind, `M` a type of its own that knows
//! its dimension sets. Recording, querying and alarming all start from that constant, so
//! that what does not fit does not compile.

use std::marker::PhantomData;

use crate::{DimensionDefinition, Labels, Unit, emf::Fragments, event};

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

/// A metric's own type, made by [`catalogue!`](crate::catalogue!): knows its definition.
pub trait Declared: 'static {
    /// Values of the finest dimension set.
    type Labels: Labels;
    /// The metric as data.
    const DEFINITION: &'static Definition;
    /// The metric as text of an event.
    #[doc(hidden)]
    const FRAGMENTS: &'static Fragments;
}

/// Says that a metric is published by the dimension set `L`.
#[diagnostic::on_unimplemented(
    message = "metric `{Self}` is not published by the dimensions `{L}`",
    label = "no such dimension set",
    note = "a metric can be queried only by the dimension sets in its catalogue entry"
)]
pub trait PublishedBy<L: Labels>: Declared {}

/// A metric of kind `K`; `M` is the type that [`catalogue!`](crate::catalogue!) made for it.
#[derive(Debug)]
pub struct Metric<K, M>(PhantomData<fn() -> (K, M)>);

impl<K, M> Clone for Metric<K, M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K, M> Copy for Metric<K, M> {}

impl<K: Kind, M: Declared> Metric<K, M> {
    /// Used by [`catalogue!`](crate::catalogue!) alone.
    #[doc(hidden)]
    pub const fn declared() -> Self {
        Self(PhantomData)
    }

    /// The metric as data.
    pub const fn definition(self) -> &'static Definition {
        M::DEFINITION
    }

    /// The name, as CloudWatch shows it.
    pub const fn name(self) -> &'static str {
        M::DEFINITION.name
    }
}

impl<M: Declared> Metric<Counter, M> {
    /// Counts one occurrence.
    pub fn increment(self, labels: M::Labels) {
        self.add(1, labels);
    }

    /// Counts several occurrences; zero says "looked, and there was none".
    #[expect(clippy::cast_precision_loss, reason = "CloudWatch values are doubles")]
    pub fn add(self, occurrences: u64, labels: M::Labels) {
        event::record(M::FRAGMENTS, labels.key(), occurrences as f64);
    }
}

impl<M: Declared> Metric<Gauge, M> {
    /// Sets the level.
    pub fn set(self, level: f64, labels: M::Labels) {
        event::record(M::FRAGMENTS, labels.key(), level);
    }
}

impl<M: Declared> Metric<Distribution, M> {
    /// Records one observation.
    pub fn record(self, value: f64, labels: M::Labels) {
        event::record(M::FRAGMENTS, labels.key(), value);
    }
}

/// Declares metrics; each becomes a constant, and all of them the list `ALL`.
///
/// The documentation of an entry is the metric's description. `by` lists the dimension
/// sets it is published by, coarsest first: `[]` is the total, `[Route]` one metric a
/// route. Names, limits and duplicates are checked when this is compiled.
///
/// ```
/// telemetry::dimension! {
///     /// How an order left the shop.
///     pub enum Shipping as "Shipping" {
///         /// In one day.
///         Express = "express",
///         /// In a week.
///         Standard = "standard",
///     }
/// }
/// telemetry::catalogue! {
///     /// Orders that left the shop.
///     ORDER_SHIPPED: Counter {
///         name: "order_shipped",
///         unit: Count,
///         by: [[], [Shipping]],
///         sample: Rate { per_minute: 4.0 },
///     }
/// }
/// ORDER_SHIPPED.increment(Shipping::Express);
/// assert_eq!(ORDER_SHIPPED.definition().billed_metrics(), 3);
/// ```
///
/// `namespace: "AWS/Lambda";` before the first entry declares metrics that a service
/// publishes, to be queried only.
#[macro_export]
macro_rules! catalogue {
    (namespace: $namespace:literal; $($entries:tt)+) => {
        $crate::__catalogue! { $crate::Namespace::Service($namespace); $($entries)+ }
    };
    ($($entries:tt)+) => {
        $crate::__catalogue! { $crate::Namespace::Application; $($entries)+ }
    };
}

/// The entries of a catalogue.
#[doc(hidden)]
#[macro_export]
macro_rules! __catalogue {
    (
        $namespace:expr;
        $(
            $(#[doc = $doc:literal])+
            $metric:ident: $kind:ident {
                name: $name:literal,
                unit: $unit:ident,
                by: [$([$($dimension:ty),*]),+ $(,)?],
                $(resolution: $resolution:ident,)?
                sample: $sample:ident { $($field:ident: $value:expr),+ $(,)? } $(,)?
            }
        )+
    ) => {
        $(
            $(#[doc = $doc])+
            #[allow(non_camel_case_types, reason = "the constant of the same name is what users see")]
            #[derive(Clone, Copy, Debug)]
            pub enum $metric {}

            $(#[doc = $doc])+
            pub const $metric: $crate::Metric<$crate::$kind, $metric> = $crate::Metric::declared();

            impl $crate::Declared for $metric {
                type Labels = $crate::__last_labels!($([$($dimension),*])+);
                const DEFINITION: &'static $crate::Definition = &$crate::Definition {
                    namespace: $namespace,
                    name: $name,
                    kind: <$crate::$kind as $crate::Kind>::KIND,
                    unit: $crate::Unit::$unit,
                    description: $crate::check::description(concat!($($doc),+)),
                    sets: &[$(<$crate::__labels!($($dimension),*) as $crate::Labels>::DIMENSIONS),+],
                    resolution: $crate::__resolution!($($resolution)?),
                    sample: $crate::Sample::$sample { $($field: $value),+ },
                };
                const FRAGMENTS: &'static $crate::emf::Fragments =
                    &$crate::__fragments!(<$metric as $crate::Declared>::DEFINITION);
            }
            $(
                impl $crate::PublishedBy<$crate::__labels!($($dimension),*)> for $metric {}
            )+
            // Of the metric's type, so that the compiler says which metric breaks a rule.
            impl $metric {
                const RULES: () =
                    $crate::check::metric(<$metric as $crate::Declared>::DEFINITION);
            }
            const _: () = $metric::RULES;
        )+

        /// Every metric of this catalogue, in the order of declaration.
        pub const ALL: &[&$crate::Definition] = &[$(<$metric as $crate::Declared>::DEFINITION),+];
        const _: () = $crate::check::unique(ALL);
    };
}

/// The type of a dimension set's values.
#[doc(hidden)]
#[macro_export]
macro_rules! __labels {
    () => { () };
    ($one:ty) => { $one };
    ($($several:ty),+) => { ($($several),+) };
}

/// The type of the last dimension set's values.
#[doc(hidden)]
#[macro_export]
macro_rules! __last_labels {
    ([$($dimension:ty),*]) => { $crate::__labels!($($dimension),*) };
    ([$($skipped:ty),*] $($rest:tt)+) => { $crate::__last_labels!($($rest)+) };
}

/// One minute unless an entry says otherwise.
#[doc(hidden)]
#[macro_export]
macro_rules! __resolution {
    () => {
        $crate::Resolution::Minute
    };
    ($resolution:ident) => {
        $crate::Resolution::$resolution
    };
}
