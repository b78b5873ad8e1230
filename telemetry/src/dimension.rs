//! Dimensions: the closed sets of values that a metric may be split by.
//!
//! Every combination of dimension values is a metric that CloudWatch bills, so a
//! dimension is an enum: the number of billed metrics is then a fact of the types.
//! Ids and names (run, user, sensor) are [properties](crate::property) instead.

use std::fmt::Debug;

/// A dimension as data: what a checker or a renderer needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DimensionDefinition {
    /// The name, as in CloudWatch and (in lower case) Prometheus.
    pub name: &'static str,
    /// Every value it can have.
    pub values: &'static [&'static str],
    /// Every value as a member of an event, comma first: `,"Route":"GET /api/runs"`.
    #[doc(hidden)]
    pub members: &'static [&'static str],
}

/// A closed set of values that a metric may be split by; made by [`dimension!`](crate::dimension).
pub trait Dimension: Copy + Debug + Eq + Send + Sync + 'static {
    /// Name and values.
    const DEFINITION: DimensionDefinition;

    /// The position of this value in [`DimensionDefinition::values`].
    fn index(self) -> usize;

    /// The value as it is written.
    fn value(self) -> &'static str {
        Self::DEFINITION.values[self.index()]
    }

    /// The value at this position.
    fn from_index(index: usize) -> Option<Self>;

    /// The variant that is written as `value`.
    fn from_value(value: &str) -> Option<Self>;

    /// Every value, in order.
    fn all() -> impl Iterator<Item = Self> + Clone {
        (0..Self::DEFINITION.values.len()).filter_map(Self::from_index)
    }
}

/// Most dimensions that one dimension set of this crate may have.
///
/// CloudWatch allows 30; more than three closed enums multiply into a bill nobody wants.
pub const MAX_DIMENSIONS: usize = 3;

/// One index into the values of each dimension of a set, in the set's order.
pub type Key = [u8; MAX_DIMENSIONS];

/// The values of one dimension set: `()`, one dimension, or a tuple of two or three.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of dimension values",
    note = "use `()`, one dimension such as `Route::StartRun`, or a tuple of dimensions"
)]
pub trait Labels: Copy + 'static {
    /// The dimensions, in order.
    const DIMENSIONS: &'static [DimensionDefinition];

    /// The values as indexes; unused places are 0.
    fn key(self) -> Key;
}

impl Labels for () {
    const DIMENSIONS: &'static [DimensionDefinition] = &[];

    fn key(self) -> Key {
        [0; MAX_DIMENSIONS]
    }
}

impl<A: Dimension> Labels for A {
    const DIMENSIONS: &'static [DimensionDefinition] = &[A::DEFINITION];

    fn key(self) -> Key {
        [narrow(self), 0, 0]
    }
}

impl<A: Dimension, B: Dimension> Labels for (A, B) {
    const DIMENSIONS: &'static [DimensionDefinition] = &[A::DEFINITION, B::DEFINITION];

    fn key(self) -> Key {
        [narrow(self.0), narrow(self.1), 0]
    }
}

impl<A: Dimension, B: Dimension, C: Dimension> Labels for (A, B, C) {
    const DIMENSIONS: &'static [DimensionDefinition] =
        &[A::DEFINITION, B::DEFINITION, C::DEFINITION];

    fn key(self) -> Key {
        [narrow(self.0), narrow(self.1), narrow(self.2)]
    }
}

/// The `dimension!` macro holds every dimension to 255 values.
#[expect(
    clippy::cast_possible_truncation,
    reason = "dimension! checks the count"
)]
fn narrow<D: Dimension>(dimension: D) -> u8 {
    dimension.index() as u8
}

/// Defines a dimension: a closed enum and the text of each of its values.
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
/// use telemetry::Dimension;
/// assert_eq!(Shipping::Express.value(), "express");
/// assert_eq!(Shipping::from_value("standard"), Some(Shipping::Standard));
/// ```
#[macro_export]
macro_rules! dimension {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident as $text:literal {
            $( $(#[$variant_meta:meta])* $variant:ident = $value:literal ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $vis enum $name { $( $(#[$variant_meta])* $variant ),+ }

        impl $name {
            /// Every variant, in order.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl $crate::Dimension for $name {
            const DEFINITION: $crate::DimensionDefinition = $crate::DimensionDefinition {
                name: $text,
                values: &[$($value),+],
                members: &[$(concat!(",\"", $text, "\":\"", $value, "\"")),+],
            };

            fn index(self) -> usize {
                self as usize
            }

            fn from_index(index: usize) -> Option<Self> {
                Self::ALL.get(index).copied()
            }

            fn from_value(value: &str) -> Option<Self> {
                match value {
                    $( $value => Some(Self::$variant), )+
                    _ => None,
                }
            }
        }

        impl $name {
            const RULES: () =
                $crate::check::dimension(&<$name as $crate::Dimension>::DEFINITION);
        }
        const _: () = $name::RULES;
    };
}
