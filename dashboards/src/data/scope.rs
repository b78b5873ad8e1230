//! What the typed names of queries are in events: namespaces and deployed resources.

use telemetry::{Definition, DimensionDefinition, Namespace};

use super::metrics::Key;
use crate::model::{Deployment, MetricQuery, Selection};

/// Whose events these are.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) deployment: Deployment,
    pub(super) environment: String,
}

impl Scope {
    /// The metric that a query asks for; `None` if it asks for several.
    pub(super) fn key(&self, query: &MetricQuery) -> Option<Key> {
        let single = query.selection.values.is_some() || query.selection.dimensions.is_empty();
        single.then(|| self.keys(query).pop())?.map(|(_, key)| key)
    }

    /// Every metric that a query asks for, with the short values of its dimensions as text.
    pub(super) fn keys(&self, query: &MetricQuery) -> Vec<(String, Key)> {
        let Selection { dimensions, values } = query.selection;
        self.keys_of(query.metric, dimensions, values)
    }

    /// The metrics by a dimension set: that of the values with these indexes, or all.
    pub(super) fn keys_of(
        &self,
        metric: &Definition,
        dimensions: &'static [DimensionDefinition],
        values: Option<telemetry::Key>,
    ) -> Vec<(String, Key)> {
        type Combination = (Vec<&'static str>, Vec<(String, String)>);
        let mut combinations: Vec<Combination> = vec![Default::default()];
        for (place, dimension) in dimensions.iter().enumerate() {
            let values = match values {
                Some(key) => std::slice::from_ref(&dimension.values[usize::from(key[place])]),
                None => dimension.values,
            };
            let longer = |(texts, known): Combination| {
                let with = move |value: &&'static str| {
                    let named = (dimension.name.to_owned(), self.value(dimension.name, value));
                    (
                        texts.iter().copied().chain([*value]).collect(),
                        known.iter().cloned().chain([named]).collect(),
                    )
                };
                values.iter().map(with).collect::<Vec<_>>()
            };
            combinations = combinations.into_iter().flat_map(longer).collect();
        }
        let keyed = |(texts, mut dimensions): (Vec<&str>, Vec<(String, String)>)| {
            let text = texts.join(" ");
            dimensions.sort_unstable();
            let key = Key {
                namespace: self.namespace(metric.namespace),
                name: metric.name.to_owned(),
                dimensions,
            };
            (text, key)
        };
        combinations.into_iter().map(keyed).collect()
    }

    /// The CloudWatch namespace.
    pub(super) fn namespace(&self, namespace: Namespace) -> String {
        match namespace {
            Namespace::Service(name) => name.to_owned(),
            Namespace::Application => {
                format!("{}/{}", self.deployment.namespace, self.environment)
            }
        }
    }

    /// A dimension's value: what AWS calls the resource, where it is one. The id that AWS
    /// would assign is not known here; the short name stands for it.
    fn value(&self, dimension: &str, name: &str) -> String {
        match self.deployment.resource(dimension) {
            Some(resource) => resource.naming.resolve(&self.environment, name, name),
            None => name.to_owned(),
        }
    }
}
