//! The rules that CloudWatch publishes, whatever the catalogue says.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    Check, Rule,
    event::{Directive, Event, Metric, values},
    members::Members,
};
use crate::{
    emf::{MAX_METRICS, MAX_VALUES, is_valid},
    namespace::ApplicationNamespace,
};

const HOUR: i64 = 3_600_000;
const MAX_AGE: i64 = 14 * 24 * HOUR;
const MAX_AHEAD: i64 = 2 * HOUR;
const MAX_DIMENSIONS: usize = 30;

/// Every unit of `MetricDatum`.
const UNITS: &[&str] = &[
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

impl Check {
    pub(super) fn limits(&mut self, event: &Event, members: &Members) {
        self.duplicates(members);
        if event.timestamp < self.now - MAX_AGE || event.timestamp > self.now + MAX_AHEAD {
            let message = format!(
                "has a timestamp more than 14 days old or 2 hours ahead: {}",
                event.timestamp
            );
            self.find(Rule::Timestamp, None, message);
        }
        let mut names = HashSet::new();
        for directive in &event.directives {
            self.directive(directive, members);
            for metric in &directive.metrics {
                self.metric(metric, members);
                if !names.insert(&metric.name) {
                    let message = "is listed twice, so its values count twice".to_owned();
                    self.find(Rule::DuplicateMetric, Some(&metric.name), message);
                }
            }
        }
    }

    fn duplicates(&mut self, members: &Members) {
        let mut names = HashSet::new();
        for (name, _) in &members.0 {
            if !names.insert(name) {
                let message = format!("has the member {name:?} twice");
                self.find(Rule::DuplicateMember, None, message);
            }
        }
    }

    fn directive(&mut self, directive: &Directive, members: &Members) {
        if let Err(error) = ApplicationNamespace::new(&directive.namespace) {
            self.find(Rule::Namespace, None, format!("is refused: {error}"));
        }
        let namespace = directive.namespace.split('/').next();
        if self.application.is_some() && self.application != namespace {
            let message = format!(
                "has the namespace {:?}, which is not of {:?}",
                directive.namespace,
                self.application.unwrap_or_default()
            );
            self.find(Rule::Namespace, None, message);
        }
        if directive.metrics.len() > MAX_METRICS {
            let message = format!(
                "has a directive of {} metrics, more than 100",
                directive.metrics.len()
            );
            self.find(Rule::TooMany, None, message);
        }
        if directive.dimensions.is_empty() {
            let message = "has a directive without dimension sets; `[[]]` is the total".to_owned();
            self.find(Rule::Structure, None, message);
        }
        for set in &directive.dimensions {
            if set.len() > MAX_DIMENSIONS {
                let message = format!("has a set of {} dimensions, more than 30", set.len());
                self.find(Rule::TooMany, None, message);
            }
            for dimension in set {
                self.dimension(dimension, members.get(dimension));
            }
        }
    }

    fn dimension(&mut self, name: &str, target: Option<&Value>) {
        let problem = match target {
            None => "is not in the event",
            Some(Value::String(value)) if value.trim().is_empty() => "is blank",
            Some(Value::String(value)) if value.len() > 1024 => "has more than 1,024 characters",
            Some(Value::String(value))
                if value.bytes().any(|byte| !(0x20..0x7f).contains(&byte)) =>
            {
                "is not printable ASCII"
            }
            Some(Value::String(_)) => return,
            Some(_) => "is not a text",
        };
        let message = format!("has the dimension {name:?}, which {problem}");
        self.find(Rule::DimensionTarget, None, message);
    }

    fn metric(&mut self, metric: &Metric, members: &Members) {
        let name = metric.name.as_str();
        if name.trim().is_empty() || name.len() > 255 {
            let message = "has a blank name or one of more than 255 characters".to_owned();
            self.find(Rule::Name, Some(name), message);
        }
        if let Some(unit) = &metric.unit
            && !UNITS.contains(&unit.as_str())
        {
            let message = format!("has a unit that CloudWatch does not know: {unit:?}");
            self.find(Rule::Unit, Some(name), message);
        }
        if !matches!(metric.storage_resolution, None | Some(1 | 60)) {
            let message = "has a storage resolution other than 1 or 60".to_owned();
            self.find(Rule::Resolution, Some(name), message);
        }
        let problem = match members.get(name).map(values) {
            None => "has no value in the event",
            Some(None) => "is neither a number nor an array of numbers",
            Some(Some(values)) if values.is_empty() => "has an empty array of values",
            Some(Some(values)) if values.len() > MAX_VALUES => "has more than 100 values",
            Some(Some(values)) if !values.iter().copied().all(is_valid) => {
                "has a value beyond 2^360"
            }
            Some(Some(_)) => return,
        };
        self.find(Rule::MetricTarget, Some(name), problem.to_owned());
    }
}
