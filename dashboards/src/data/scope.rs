//! What the typed names of queries are in events: namespaces and deployed resources.

use telemetry::{DimensionDefinition, Namespace};

use super::metrics::Key;
use crate::model::{Deployment, MetricQuery};

/// Whose events these are.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) deployment: Deployment,
    pub(super) environment: String,
}

impl Scope {
    /// The metric that a query asks for; `None` if it asks for several.
    pub(super) fn key(&self, query: &MetricQuery) -> Option<Key> {
        let one = |(dimension, value): (_, Option<&'static str>)| Some((dimension, value?));
        let dimensions: Option<Vec<_>> = query.dimensions().map(one).collect();
        Some(self.key_of(query, &dimensions?))
    }

    /// Every metric that a query asks for, with the values of its dimensions as text.
    pub(super) fn keys(&self, query: &MetricQuery) -> Vec<(String, Key)> {
        let mut combinations = vec![Vec::new()];
        for (dimension, value) in query.dimensions() {
            let values = value.map_or(dimension.values.to_vec(), |value| vec![value]);
            let extend = |known: Vec<(&'static DimensionDefinition, &'static str)>| {
                let with = move |value: &&'static str| {
                    let mut longer = known.clone();
                    longer.push((dimension, *value));
                    longer
                };
                values.iter().map(with).collect::<Vec<_>>()
            };
            combinations = combinations.into_iter().flat_map(extend).collect();
        }
        let keyed = |dimensions: Vec<(&'static DimensionDefinition, &'static str)>| {
            let names = dimensions
                .iter()
                .map(|(dimension, value)| self.value(dimension.name, value));
            let text = names.collect::<Vec<_>>().join(" ");
            (text, self.key_of(query, &dimensions))
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
    pub(super) fn value(&self, dimension: &str, name: &str) -> String {
        match self.deployment.resource(dimension) {
            Some(resource) => resource.naming.resolve(&self.environment, name, name),
            None => name.to_owned(),
        }
    }

    fn key_of(
        &self,
        query: &MetricQuery,
        dimensions: &[(&'static DimensionDefinition, &'static str)],
    ) -> Key {
        let named = |(dimension, value): &(&'static DimensionDefinition, &'static str)| {
            (dimension.name.to_owned(), self.value(dimension.name, value))
        };
        let mut dimensions: Vec<_> = dimensions.iter().map(named).collect();
        dimensions.sort_unstable();
        Key {
            namespace: self.namespace(query.metric.namespace),
            name: query.metric.name.to_owned(),
            dimensions,
        }
    }
}
