//! The event of an invocation: what was recorded in it, written as one when it ends.

use crate::{Definition, Property, dimension::Key, property::Value};

/// Adds a value to the current event; `Metric`'s methods are the typed way in.
pub(crate) fn record(_metric: &'static Definition, _key: Key, _value: f64) {}

/// Sets a property of the current event.
pub(crate) fn set_property(_property: Property, _value: Value) {}

/// Records each of several things in an event of its own, as a batch of readings does.
///
/// The first one is recorded in the current event; every other gets an event that has
/// the current event's properties and its own.
pub fn each<T>(items: impl IntoIterator<Item = T>, mut record: impl FnMut(T)) {
    for item in items {
        record(item);
    }
}
