//! What is chosen at the top of a dashboard.

use std::collections::HashMap;

use crate::model::NumberVariable;

/// What is chosen at the top of a dashboard: values for some of its variables. A variable
/// without any matches every value, as Grafana's `All` does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariableValues(HashMap<String, Vec<String>>);

impl VariableValues {
    /// The values of a variable; an event may have any of them.
    pub fn get(&self, variable: &str) -> Option<&[String]> {
        self.0.get(variable).map(Vec::as_slice)
    }

    /// The number that a variable has: its first one, unless another was chosen.
    pub fn number(&self, variable: &NumberVariable) -> f64 {
        let chosen = self
            .get(variable.name)
            .and_then(|values| values.first()?.parse().ok());
        chosen.unwrap_or_else(|| variable.first())
    }
}

/// A name that comes several times has several values.
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for VariableValues {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(chosen: I) -> Self {
        let mut all = Self::default();
        for (name, value) in chosen {
            all.0.entry(name.into()).or_default().push(value.into());
        }
        all
    }
}
