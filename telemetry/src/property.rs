//! Properties: searchable members of an event that cost no metric.

use std::borrow::Cow;

use crate::{Definition, check, event};

/// A named property of events, such as a run's id.
///
/// Properties are found by Logs Insights and never become dimensions, so their
/// values may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    name: &'static str,
    description: &'static str,
}

impl Property {
    /// Defines a property; a name that breaks EMF's rules does not compile.
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        check::member_name(name);
        Self { name, description }
    }

    /// All properties of an application. A name that two of them share, or that is a
    /// metric's or a dimension's of `catalogue`, or that the encoder sets by itself, does
    /// not compile: an event has one member of a name.
    ///
    /// ```
    /// # use telemetry::{Definition, Property};
    /// # const ALL: &[&Definition] = &[];
    /// const ORDER_ID: Property = Property::new("order_id", "Id of the order");
    /// const PROPERTIES: &[Property] = Property::distinct(&[ORDER_ID], ALL);
    /// ```
    pub const fn distinct(
        properties: &'static [Self],
        catalogue: &[&Definition],
    ) -> &'static [Self] {
        check::properties(properties, catalogue);
        properties
    }

    /// The name of the member in the event.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What the property says, for people.
    pub const fn description(self) -> &'static str {
        self.description
    }

    /// Sets the property on the current event; the last value wins.
    ///
    /// Outside any event there is nothing to set it on, and nothing happens.
    pub fn set<'a>(self, value: impl Into<Value<'a>>) {
        event::set_property(self, &value.into());
    }
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text, escaped when it is written.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A number; one that JSON cannot hold is written as text.
    Number(f64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

macro_rules! whole_numbers {
    ($($number:ty),+) => { $(
        impl From<$number> for Value<'_> {
            fn from(number: $number) -> Self {
                Self::Integer(number.into())
            }
        }
    )+ };
}
whole_numbers!(i32, i64, u16, u32);
