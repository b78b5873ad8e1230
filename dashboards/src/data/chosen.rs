//! What is chosen at the top of a dashboard.

use std::collections::HashMap;

/// What is chosen at the top of a dashboard: values for some of its variables. A variable
/// without any matches every value, as Grafana's `All` does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen(HashMap<String, Vec<String>>);

impl Chosen {
    /// The values of a variable; an event may have any of them.
    pub fn get(&self, variable: &str) -> Option<&[String]> {
        self.0.get(variable).map(Vec::as_slice)
    }
}

/// A name that comes several times has several values.
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Chosen {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(chosen: I) -> Self {
        let mut all = Self::default();
        for (name, value) in chosen {
            all.0.entry(name.into()).or_default().push(value.into());
        }
        all
    }
}
