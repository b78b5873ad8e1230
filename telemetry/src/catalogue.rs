//! Catalogues: what a service measures, declared once.

use crate::{
    check,
    definition::{Definition, billed_metrics},
    property::Property,
};

/// What a service declares, as a value: whoever checks, lists or serves its telemetry takes
/// it. [`catalogue!`](crate::catalogue!) and [`properties!`](crate::properties!) make what
/// is in it.
///
/// ```
/// telemetry::properties! {
///     /// Id of the order.
///     ORDER_ID as "order_id";
/// }
/// telemetry::catalogue! {
///     /// Orders that left the shop.
///     ORDER_SHIPPED: Counter {
///         name: "order_shipped",
///         unit: Count,
///         by: [[]],
///         sample: Rate { per_minute: 4.0 },
///     }
/// }
/// /// Everything that the shop measures.
/// const SHOP: telemetry::Catalogue = telemetry::Catalogue::new(ALL, PROPERTIES);
/// assert_eq!(SHOP.billed_metrics(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Catalogue {
    /// Its metrics, those of the [signals](crate::signals) included.
    pub metrics: &'static [&'static Definition],
    /// Its own properties, without those that every service [has](crate::property::STANDARD).
    pub properties: &'static [Property],
}

impl Catalogue {
    /// Puts a catalogue together. A property that has the name of another, of a metric, of
    /// a dimension, or of a property that this crate sets by itself does not compile: an
    /// event has one member of a name.
    pub const fn new(
        metrics: &'static [&'static Definition],
        properties: &'static [Property],
    ) -> Self {
        check::properties(properties, metrics);
        Self {
            metrics,
            properties,
        }
    }

    /// How many metrics CloudWatch bills at most.
    pub const fn billed_metrics(&self) -> usize {
        billed_metrics(self.metrics)
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
/// # The golden signals
///
/// What the layers of this crate record needs no entries, only the dimension that it is
/// recorded by ([`signals`](crate::signals)). Any of these lines may stand before the first
/// entry:
///
/// ```
/// # telemetry::dimension! { pub enum Route as "Route" {
/// #     PlaceOrder = "POST /orders", Unmatched = "unmatched" } }
/// # telemetry::dimension! { pub enum Function as "Function" { Orders = "orders" } }
/// # telemetry::dimension! { pub enum Operation as "Operation" {
/// #     PutItem = "PutItem", Other = "Other" } }
/// telemetry::catalogue! {
///     http by Route else Unmatched;
///     lambda by Function;
///     dynamodb by Operation else Other;
/// }
/// assert_eq!(REQUEST_DURATION.definition().billed_metrics(), 3);
/// assert_eq!(COLD_START.definition().billed_metrics(), 1);
/// ```
///
/// # Units and buckets
///
/// `unit: Custom("euros")` is a unit of the service's own. Prometheus' name of a metric gets
/// its unit and, of a counter, `_total` by itself, so a name that has them already does not
/// compile. `buckets` gives a distribution other bounds there than those of its unit:
///
/// ```
/// telemetry::catalogue! {
///     /// What an order costs.
///     ORDER_VALUE: Distribution {
///         name: "order_value",
///         unit: Custom("euros"),
///         by: [[]],
///         buckets: [10.0, 50.0, 100.0, 500.0],
///         sample: Tail { median: 40.0, p99: 400.0 },
///     }
/// }
/// assert_eq!(telemetry::prometheus::name(ORDER_VALUE.definition()), "order_value_euros");
/// ```
///
/// `namespace: "AWS/Lambda";` instead declares metrics that a service of AWS publishes, to
/// be queried only.
#[macro_export]
macro_rules! catalogue {
    (namespace: $namespace:literal; $($entries:tt)+) => {
        $crate::__catalogue! { $crate::Namespace::Service($namespace); $($entries)+ }
    };
    ($($entries:tt)+) => {
        $crate::__signals! { [] $($entries)+ }
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
                unit: $unit:ident $(($custom:literal))?,
                by: [$([$($dimension:ty),*]),+ $(,)?],
                $(resolution: $resolution:ident,)?
                $(buckets: [$($bucket:literal),+ $(,)?],)?
                sample: $sample:ident { $($field:ident: $value:expr),+ $(,)? } $(,)?
            }
        )+
    ) => {
        $(
            $(#[doc = $doc])+
            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the constant of the same name is what users see")]
            #[derive(Clone, Copy, Debug)]
            pub enum $metric {}

            $(#[doc = $doc])+
            pub const $metric: $crate::Metric<$crate::$kind, $metric> = $crate::Metric::new();

            impl $crate::CatalogueEntry for $metric {
                type Labels = $crate::__last_labels!($([$($dimension),*])+);
                const DEFINITION: &'static $crate::Definition = &$crate::Definition {
                    namespace: $namespace,
                    name: $name,
                    kind: <$crate::$kind as $crate::Kind>::KIND,
                    unit: $crate::Unit::$unit $(($custom))?,
                    description: $crate::name::description(concat!($($doc),+)),
                    sets: &[$(<$crate::__labels!($($dimension),*) as $crate::Labels>::DIMENSIONS),+],
                    resolution: $crate::__resolution!($($resolution)?),
                    buckets: $crate::__buckets!($($($bucket),+)?),
                    sample: $crate::Sample::$sample { $($field: $value),+ },
                };
                const FRAGMENTS: &'static $crate::emf::Fragments =
                    &$crate::__fragments!(<$metric as $crate::CatalogueEntry>::DEFINITION);
            }
            $(
                impl $crate::PublishedBy<$crate::__labels!($($dimension),*)> for $metric {}
            )+
            // Of the metric's type, so that the compiler says which metric breaks a rule.
            impl $metric {
                const RULES: () =
                    $crate::check::metric(<$metric as $crate::CatalogueEntry>::DEFINITION);
            }
            const _: () = $metric::RULES;
        )+

        /// Every metric of this catalogue, in the order of declaration.
        pub const ALL: &[&$crate::Definition] = &[$(<$metric as $crate::CatalogueEntry>::DEFINITION),+];
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

/// Those of the unit unless an entry gives its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __buckets {
    () => {
        None
    };
    ($($bucket:literal),+) => {
        Some(&[$($bucket),+])
    };
}
