//! What the catalogue says about the metrics and properties of an event.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    Check, Rule,
    event::{Directive, Event, Metric, values},
    members::Members,
};
use crate::{
    definition::{Definition, MetricKind},
    property::{RESERVED, STANDARD},
};

impl Check {
    pub(super) fn meaning(&mut self, event: &Event, members: &Members) {
        for directive in &event.directives {
            for metric in &directive.metrics {
                let mut named = self
                    .catalogue
                    .metrics
                    .iter()
                    .filter(|known| known.name == metric.name);
                match named.next().copied() {
                    Some(definition) => self.defined(definition, metric, directive, members),
                    None => {
                        let message = "is not in the catalogue".to_owned();
                        self.find(Rule::UnknownMetric, Some(&metric.name), message);
                    }
                }
            }
        }
        self.properties(event, members);
    }

    fn defined(
        &mut self,
        definition: &'static Definition,
        metric: &Metric,
        directive: &Directive,
        members: &Members,
    ) {
        let name = Some(definition.name);
        let expected = definition.unit.cloudwatch();
        // Events leave it out: it is in the catalogue.
        if let Some(unit) = metric.unit.as_deref().filter(|unit| *unit != expected) {
            let message = format!("has the unit {unit:?} instead of {expected:?}");
            self.find(Rule::Unit, name, message);
        }
        let resolution = metric.storage_resolution.unwrap_or(60);
        if resolution != definition.resolution.seconds() {
            let expected = definition.resolution.seconds();
            let message = format!("has the storage resolution {resolution} instead of {expected}");
            self.find(Rule::Resolution, name, message);
        }
        self.dimension_sets(definition, directive);
        self.dimension_values(definition, members);
        let values = members
            .get(definition.name)
            .and_then(values)
            .unwrap_or_default();
        *self.seen.entry(definition.name).or_default() += values.len() as u64;
        let occurrences = |value: &f64| *value >= 0.0 && value.fract() == 0.0;
        if definition.kind == MetricKind::Counter && !values.iter().all(occurrences) {
            let message = "counts occurrences, but has a value that is no count".to_owned();
            self.find(Rule::Kind, name, message);
        }
    }

    fn dimension_sets(&mut self, definition: &'static Definition, directive: &Directive) {
        let expected = sorted(definition.sets.iter().map(|set| {
            let names = set.iter().map(|dimension| dimension.name);
            sorted(names)
        }));
        let found = sorted(directive.dimensions.iter().map(|set| {
            let names = set.iter().map(String::as_str);
            sorted(names)
        }));
        if expected != found {
            let message = format!(
                "is published by {:?} instead of {expected:?}",
                directive.dimensions
            );
            self.find(Rule::DimensionSets, Some(definition.name), message);
        }
    }

    fn dimension_values(&mut self, definition: &'static Definition, members: &Members) {
        for dimension in definition.dimensions() {
            if let Some(Value::String(value)) = members.get(dimension.name)
                && !dimension.values.contains(&value.as_str())
            {
                let message = format!(
                    "has the dimension {:?} with {value:?}, which is none of its values",
                    dimension.name
                );
                self.find(Rule::DimensionValue, Some(definition.name), message);
            }
        }
    }

    /// Whatever is neither a metric nor a dimension is a property.
    fn properties(&mut self, event: &Event, members: &Members) {
        let targets: HashSet<&str> = event.directives.iter().flat_map(targets).collect();
        let properties = self.catalogue.properties;
        for (name, _) in &members.0 {
            let mut known = properties.iter().chain(STANDARD).chain(RESERVED);
            let expected = name == "_aws"
                || targets.contains(name.as_str())
                || known.any(|property| property.name() == name);
            if !expected {
                let message = format!("has the property {name:?}, which is not in the catalogue");
                self.find(Rule::UnknownProperty, None, message);
            }
        }
    }
}

fn targets(directive: &Directive) -> impl Iterator<Item = &str> {
    let dimensions = directive.dimensions.iter().flatten().map(String::as_str);
    dimensions.chain(directive.metrics.iter().map(|metric| metric.name.as_str()))
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<_> = items.collect();
    items.sort_unstable();
    items
}
