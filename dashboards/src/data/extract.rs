//! From an event to its metrics, as CloudWatch does: each metric of each directive once
//! for each dimension set.
//!
//! Events of one kind have the same directives byte for byte, so what follows from their
//! text is kept.

use hashbrown::HashMap;
use serde::Deserialize;
use telemetry::emf;

use super::LineError;
use super::line::Line;
use super::metrics::{Id, Key, MAX_METRICS, Metrics};
use super::value::Value;

/// So many kinds of events are kept; a program has a few dozen.
const MAX_PLANS: usize = 1_000;

/// What follows from the directives that were seen.
#[derive(Debug, Default)]
pub(super) struct Plans {
    known: HashMap<Box<str>, Plan>,
    /// A buffer for the values of an event's dimensions.
    values: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: String,
    dimensions: Vec<Vec<String>>,
    metrics: Vec<MetricDefinition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDefinition {
    name: String,
    #[serde(default = "minute")]
    storage_resolution: u32,
}

const fn minute() -> u32 {
    60
}

/// The metrics of events with the same directives.
#[derive(Debug)]
struct Plan {
    /// Every dimension of every set, ordered, each once.
    dimensions: Vec<String>,
    metrics: Vec<MetricPlan>,
    /// For each combination of dimension values: for each metric, its ids by each set.
    ids: HashMap<Box<[u8]>, Vec<Vec<Id>>>,
}

/// A metric and the dimension sets it is published by.
#[derive(Debug)]
struct MetricPlan {
    namespace: String,
    name: String,
    resolution: u32,
    /// Places in [`Plan::dimensions`].
    sets: Vec<Vec<usize>>,
}

impl Plans {
    /// Adds what an event observed to its metrics.
    pub(super) fn extract(
        &mut self,
        line: &Line<'_>,
        metrics: &mut Metrics,
    ) -> Result<(), LineError> {
        let Some(directives) = line.directives else {
            return Ok(());
        };
        if !self.known.contains_key(directives.get()) {
            if self.known.len() == MAX_PLANS {
                self.known.clear();
            }
            let plan = Plan::parse(directives.get())?;
            self.known.insert(directives.get().into(), plan);
        }
        match self.known.get_mut(directives.get()) {
            Some(plan) => plan.extract(line, &mut self.values, metrics),
            None => Ok(()),
        }
    }
}

impl Plan {
    fn parse(directives: &str) -> Result<Self, LineError> {
        let directives: Vec<Directive> =
            serde_json::from_str(directives).map_err(LineError::Aws)?;
        let sets = directives
            .iter()
            .flat_map(|directive| &directive.dimensions);
        let mut dimensions: Vec<_> = sets.flatten().cloned().collect();
        dimensions.sort_unstable();
        dimensions.dedup();
        let place = |name: &String| dimensions.binary_search(name).ok();
        let places = |set: &Vec<String>| {
            let mut places: Vec<_> = set.iter().filter_map(place).collect();
            places.sort_unstable();
            places.dedup();
            places
        };
        let mut metrics = Vec::new();
        for directive in &directives {
            let mut sets: Vec<_> = directive.dimensions.iter().map(places).collect();
            sets.sort_unstable();
            sets.dedup();
            metrics.extend(directive.metrics.iter().map(|metric| MetricPlan {
                namespace: directive.namespace.clone(),
                name: metric.name.clone(),
                resolution: if metric.storage_resolution == 1 {
                    1
                } else {
                    60
                },
                sets: sets.clone(),
            }));
        }
        Ok(Self {
            dimensions,
            metrics,
            ids: HashMap::new(),
        })
    }

    fn extract(
        &mut self,
        line: &Line<'_>,
        key: &mut Vec<u8>,
        metrics: &mut Metrics,
    ) -> Result<(), LineError> {
        key.clear();
        for name in &self.dimensions {
            key.extend_from_slice(dimension(line, name)?.as_bytes());
            // No UTF-8 text has this byte.
            key.push(0xff);
        }
        if !self.ids.contains_key(key.as_slice()) {
            let ids = self.open(line, metrics)?;
            self.ids.insert(key.as_slice().into(), ids);
        }
        let Some(ids) = self.ids.get(key.as_slice()) else {
            return Ok(());
        };
        let mut outcome = Ok(());
        for (metric, ids) in self.metrics.iter().zip(ids) {
            match observations(line, &metric.name) {
                Ok(seen) => {
                    for id in ids {
                        metrics.add(*id, line.at.div_euclid(1_000), metric.resolution, &seen);
                    }
                }
                // The event's other metrics are none the worse.
                wrong => outcome = wrong.map(drop),
            }
        }
        outcome
    }

    /// The ids of this event's metrics.
    fn open(&self, line: &Line<'_>, metrics: &mut Metrics) -> Result<Vec<Vec<Id>>, LineError> {
        let mut open = |metric: &MetricPlan, set: &Vec<usize>| {
            let named = |place: &usize| {
                let name = &self.dimensions[*place];
                Ok((name.clone(), dimension(line, name)?.to_owned()))
            };
            let key = Key {
                namespace: metric.namespace.clone(),
                name: metric.name.clone(),
                dimensions: set.iter().map(named).collect::<Result<_, LineError>>()?,
            };
            metrics
                .open(key)
                .ok_or(LineError::TooManyMetrics(MAX_METRICS))
        };
        let metrics = self.metrics.iter();
        metrics
            .map(|metric| metric.sets.iter().map(|set| open(metric, set)).collect())
            .collect()
    }
}

fn dimension<'l>(line: &'l Line<'_>, name: &str) -> Result<&'l str, LineError> {
    match line.member(name) {
        Some(Value::Text(text)) => Ok(text),
        _ => Err(LineError::Dimension(name.to_owned())),
    }
}

fn observations(line: &Line<'_>, name: &str) -> Result<Vec<(f64, f64)>, LineError> {
    let wrong = || LineError::Metric(name.to_owned());
    let seen = line
        .member(name)
        .and_then(Value::observations)
        .ok_or_else(wrong)?;
    let valid = |(value, count): &(f64, f64)| emf::is_valid(*value) && *count > 0.0;
    if seen.iter().all(valid) {
        Ok(seen)
    } else {
        Err(wrong())
    }
}
