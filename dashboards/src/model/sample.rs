//! An event as the functions write it, but of any time: what previews show.

use serde_json::{Map, Value, json};
use telemetry::{Definition, Dimension, DimensionDefinition, Property};

/// An event that is made up.
#[derive(Clone, Debug)]
pub struct SampleEvent {
    /// Milliseconds since 1970.
    pub at: i64,
    metrics: Vec<&'static Definition>,
    members: Map<String, Value>,
}

impl SampleEvent {
    /// An event of so many milliseconds since 1970, without members.
    pub fn new(at: i64) -> Self {
        Self {
            at,
            metrics: Vec::new(),
            members: Map::new(),
        }
    }

    /// Adds a dimension's value.
    pub fn dimension<D: Dimension>(self, value: D) -> Self {
        self.member(D::DEFINITION.name, json!(value.value()))
    }

    /// Adds a property.
    pub fn property(self, property: Property, value: impl Into<Value>) -> Self {
        self.member(property.name(), value.into())
    }

    /// Adds an observation of a metric, whose dimensions the event must have.
    pub fn observe(mut self, metric: &'static Definition, value: f64) -> Self {
        self.metrics.push(metric);
        self.member(metric.name, json!(value))
    }

    fn member(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// The line that a function would have written.
    pub fn line(self, namespace: &str) -> String {
        let set = |set: &&[DimensionDefinition]| -> Vec<_> {
            set.iter().map(|dimension| dimension.name).collect()
        };
        let directive = |metric: &&'static Definition| {
            json!({
                "Namespace": namespace,
                "Dimensions": metric.sets.iter().map(set).collect::<Vec<_>>(),
                "Metrics": [{"Name": metric.name, "Unit": metric.unit.cloudwatch()}],
            })
        };
        let directives: Vec<_> = self.metrics.iter().map(directive).collect();
        let mut members = self.members;
        let aws = json!({"Timestamp": self.at, "CloudWatchMetrics": directives});
        members.insert("_aws".to_owned(), aws);
        Value::Object(members).to_string()
    }
}
