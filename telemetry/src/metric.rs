//! Metrics as constants: what is measured, how, in which unit and split by what.
//!
//! A metric is declared once, by [`catalogue!`](crate::catalogue!). The declaration is a
//! constant of type [`Metric<K, M>`]: `K` is its kind, `M` a type of its own that knows
//! its dimension sets. Recording, querying and alarming all start from that constant, so
//! that what does not fit does not compile.

use std::marker::PhantomData;

use crate::{
    definition::{Definition, Kind},
    dimension::Labels,
    emf::Fragments,
};

/// A metric's own type, made by [`catalogue!`](crate::catalogue!): knows its definition.
pub trait CatalogueEntry: 'static {
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
pub trait PublishedBy<L: Labels>: CatalogueEntry {}

/// A metric of kind `K`; `M` is the type that [`catalogue!`](crate::catalogue!) made for it.
#[derive(Debug)]
pub struct Metric<K, M>(PhantomData<fn() -> (K, M)>);

impl<K, M> Clone for Metric<K, M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K, M> Copy for Metric<K, M> {}

impl<K: Kind, M: CatalogueEntry> Metric<K, M> {
    /// Used by [`catalogue!`](crate::catalogue!) alone.
    #[doc(hidden)]
    pub const fn new() -> Self {
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
