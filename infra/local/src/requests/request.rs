//! One request, put together.

use catalogue::{REQUEST, REQUEST_DURATION, RUN_ID, Route, SENSOR_ID, USER};
use serde_json::Value;
use telemetry::property::{ERROR, STATUS, TRACE_ID};
use telemetry::{Dimension, Property};

use super::Span;

/// What one request left behind. Until it has ended, there are only its records.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) id: String,
    /// Its own span and, in the order of their beginning, the calls it made; none if it was
    /// not sampled.
    pub(crate) spans: Vec<Span>,
    /// Its event, line by line; a batch has one for each reading.
    pub(crate) events: Vec<Value>,
    /// Its log records.
    pub(crate) records: Vec<Value>,
    pub(super) bytes: usize,
}

impl Request {
    pub(super) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            spans: Vec::new(),
            events: Vec::new(),
            records: Vec::new(),
            bytes: 0,
        }
    }

    pub(super) fn add_event(&mut self, line: Value) {
        self.events.push(line);
    }

    pub(super) fn add_record(&mut self, record: Value) {
        self.records.push(record);
    }

    pub(super) fn add_spans(&mut self, own: Span, calls: Vec<Span>) {
        self.spans = vec![own];
        self.spans.extend(calls);
    }

    /// When its event was written, in milliseconds since 1970; none before its end.
    pub(crate) fn at(&self) -> Option<i64> {
        self.events.first()?["_aws"]["Timestamp"].as_i64()
    }

    /// The route that answered it.
    pub(crate) fn route(&self) -> Option<&str> {
        self.member(Route::DEFINITION.name)?.as_str()
    }

    /// How long it took, in milliseconds.
    pub(crate) fn duration(&self) -> Option<f64> {
        self.member(REQUEST_DURATION.definition().name)?.as_f64()
    }

    pub(crate) fn status(&self) -> Option<u64> {
        self.member(STATUS.name())?.as_u64()
    }

    pub(crate) fn error(&self) -> Option<&str> {
        self.text(ERROR)
    }

    pub(crate) fn user(&self) -> Option<&str> {
        self.text(USER)
    }

    pub(crate) fn run(&self) -> Option<&str> {
        self.text(RUN_ID)
    }

    pub(crate) fn trace(&self) -> Option<&str> {
        self.text(TRACE_ID)
    }

    /// The sensors of its readings.
    pub(crate) fn sensors(&self) -> impl Iterator<Item = &str> {
        self.events
            .iter()
            .filter_map(|event| event[SENSOR_ID.name()].as_str())
    }

    /// Whether it is an HTTP request that has ended.
    pub(crate) fn is_complete(&self) -> bool {
        self.member(REQUEST.definition().name).is_some()
    }

    /// Whether it was answered with an error, the caller's or ours.
    pub(crate) fn has_failed(&self) -> bool {
        self.status().is_some_and(|status| status >= 400)
    }

    /// The calls it made.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(|span| span.is_call)
    }

    /// The capacity units that its calls consumed.
    pub(crate) fn capacity(&self) -> f64 {
        self.calls()
            .filter_map(Span::capacity)
            .fold(0.0, |sum, units| sum + units)
    }

    fn text(&self, property: Property) -> Option<&str> {
        self.member(property.name())?.as_str()
    }

    /// A member of the first line that has it.
    fn member(&self, name: &str) -> Option<&Value> {
        self.events.iter().find_map(|event| event.get(name))
    }
}
