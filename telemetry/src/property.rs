//! Properties: searchable members of an event that cost no metric.

use crate::event;

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
        crate::check::member_name(name);
        Self { name, description }
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
    pub fn set(self, value: impl Into<Value>) {
        event::set_property(self, value.into());
    }
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text, escaped when it is written.
    Text(String),
    /// Text known at compile time.
    Static(&'static str),
    /// A whole number.
    Integer(i64),
    /// A number; one that JSON cannot hold is written as text.
    Number(f64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}
