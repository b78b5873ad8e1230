//! What is chosen at the top of a dashboard.

use telemetry::Property;

use super::Text;

/// A property whose value is chosen at the top of the dashboard; at first, all are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// The name, as in `var-<name>` of a dashboard's address.
    pub name: &'static str,
    /// What it is called above the panels.
    pub label: &'static str,
    /// The property it chooses a value of.
    pub property: Property,
}

/// A number that is chosen at the top of the dashboard; at first, the first one is.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberVariable {
    /// The name, as in `var-<name>` of a dashboard's address.
    pub name: &'static str,
    /// What it is called above the panels.
    pub label: &'static str,
    /// The numbers there are, each with what it is called.
    pub options: Vec<(Text, f64)>,
}

impl NumberVariable {
    /// The number that it is at first.
    pub fn first(&self) -> f64 {
        self.options.first().map_or(0.0, |(_, number)| *number)
    }
}

impl Variable {
    /// A variable for a property.
    ///
    /// # Panics
    /// When it is compiled, if Grafana would not replace `$name`: it takes letters, digits and
    /// `_` for a name, and nothing else.
    pub const fn new(name: &'static str, label: &'static str, property: Property) -> Self {
        assert!(
            is_word(name),
            "Grafana replaces names of letters, digits and _ only"
        );
        Self {
            name,
            label,
            property,
        }
    }
}

/// Whether Grafana finds it as the name of a variable.
pub(crate) const fn is_word(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !(bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
            return false;
        }
        at += 1;
    }
    !name.is_empty()
}
