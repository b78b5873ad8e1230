//! What is not taken of an export, and why.

use std::collections::BTreeMap;

/// Parts of an export that were not taken: how many, by the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rejections(BTreeMap<&'static str, usize>);

impl Rejections {
    /// One part more.
    pub(crate) fn add(&mut self, why: &'static str) {
        *self.0.entry(why).or_default() += 1;
    }

    /// How many parts.
    pub(crate) fn count(&self) -> usize {
        self.0.values().sum()
    }

    /// The reasons, for a person.
    pub(crate) fn reasons(&self) -> String {
        let each: Vec<String> = (self.0.iter())
            .map(|(why, count)| format!("{count}: {why}"))
            .collect();
        each.join("; ")
    }
}
