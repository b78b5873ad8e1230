//! What is chosen at the top of a dashboard.

use std::collections::HashMap;

/// What is chosen at the top of a dashboard: a value for some of its variables. A
/// variable without one matches every value, as Grafana's `All` does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen(HashMap<String, String>);

impl Chosen {
    /// The value of a variable.
    pub fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(String::as_str)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Chosen {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(chosen: I) -> Self {
        let owned = |(name, value): (N, V)| (name.into(), value.into());
        Self(chosen.into_iter().map(owned).collect())
    }
}
