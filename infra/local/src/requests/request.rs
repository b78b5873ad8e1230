//! One request, put together.

use std::collections::BTreeSet;
use std::time::UNIX_EPOCH;

use serde_json::Value;
use telemetry::property;

use super::{SERVICE, Span};
use crate::Fields;

/// Attributes of a span that say what its program's events would say.
const STATUS: [&str; 2] = ["http.response.status_code", "http.status_code"];
const ERROR_TYPE: &str = "error.type";

/// What one request left behind, of this program or of another one.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) id: String,
    /// Its own span and, in the order of their beginning, those below it; none if it was not
    /// sampled.
    pub(crate) spans: Vec<Span>,
    /// Its event, line by line.
    pub(crate) events: Vec<Value>,
    pub(super) fields: Fields,
    pub(super) bytes: usize,
}

/// What an event has observed of a metric.
pub(crate) fn observed<'a>(event: &'a Value, metric: &str) -> impl Iterator<Item = f64> + use<'a> {
    let values = match &event[metric] {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    values.iter().filter_map(Value::as_f64)
}

impl Request {
    pub(super) fn new(id: &str, fields: Fields) -> Self {
        Self {
            id: id.to_owned(),
            spans: Vec::new(),
            events: Vec::new(),
            fields,
            bytes: 0,
        }
    }

    pub(super) fn add_event(&mut self, line: Value) {
        self.events.push(line);
    }

    pub(super) fn add_spans(&mut self, own: Span, below: Vec<Span>) {
        self.spans = vec![own];
        self.spans.extend(below);
    }

    /// Whether a span belongs below one of these.
    pub(super) fn has(&self, parent: opentelemetry::trace::SpanId) -> bool {
        self.spans.iter().any(|span| span.id == parent)
    }

    pub(super) fn add_below(&mut self, span: Span) {
        self.spans.push(span);
        self.spans[1..].sort_by_key(|span| span.start);
    }

    fn own(&self) -> Option<&Span> {
        self.spans.first()
    }

    /// When it ended, in milliseconds since 1970; none before that.
    pub(crate) fn at(&self) -> Option<i64> {
        let event = self
            .events
            .first()
            .and_then(|event| event["_aws"]["Timestamp"].as_i64());
        event.or_else(|| {
            let own = self.own()?;
            let since = (own.start + own.duration).duration_since(UNIX_EPOCH).ok()?;
            since.as_millis().try_into().ok()
        })
    }

    /// The route that answered it, or what its program calls it.
    pub(crate) fn route(&self) -> Option<&str> {
        let named = self.member(self.fields.route).and_then(Value::as_str);
        named.or_else(|| Some(self.own()?.name.as_str()))
    }

    /// The program that answered it.
    pub(crate) fn service(&self) -> Option<&str> {
        let named = self
            .member(property::FUNCTION.name())
            .and_then(Value::as_str);
        named.or_else(|| Some(&*self.own()?.service))
    }

    /// How long it took, in milliseconds.
    pub(crate) fn duration(&self) -> Option<f64> {
        let said = self.member(self.fields.duration).and_then(Value::as_f64);
        said.or_else(|| Some(self.own()?.duration.as_secs_f64() * 1_000.0))
    }

    /// The HTTP status that it was answered with.
    pub(crate) fn status(&self) -> Option<u64> {
        let said = self.member(property::STATUS.name()).and_then(Value::as_u64);
        said.or_else(|| {
            let own = self.own()?;
            STATUS.iter().find_map(|key| own.attribute(key)?.as_u64())
        })
    }

    /// Why it failed.
    pub(crate) fn error(&self) -> Option<&str> {
        self.text(property::ERROR.name()).or_else(|| {
            let own = self.own()?;
            let kind = own.attribute(ERROR_TYPE).and_then(Value::as_str);
            kind.or(own.error.as_deref())
        })
    }

    pub(crate) fn user(&self) -> Option<&str> {
        self.text(self.fields.user)
    }

    pub(crate) fn run(&self) -> Option<&str> {
        self.text(self.fields.run)
    }

    /// The trace, in 32 hexadecimal digits.
    pub(crate) fn trace(&self) -> Option<String> {
        let named = self.text(property::TRACE_ID.name()).map(str::to_owned);
        named.or_else(|| Some(self.own()?.trace.to_string()))
    }

    /// The sensors of its reading, or of those of its batch, each once.
    pub(crate) fn sensors(&self) -> BTreeSet<String> {
        let sensor = |of: &Value| of[self.fields.sensor].as_str().map(str::to_owned);
        let listed = |event: &Value| {
            let list = event[self.fields.readings].as_str();
            let items: Option<Vec<Value>> = list.and_then(|list| serde_json::from_str(list).ok());
            items.unwrap_or_default()
        };
        let batches = self.events.iter().flat_map(listed);
        let batches = batches.filter_map(|item| sensor(&item));
        self.events
            .iter()
            .filter_map(sensor)
            .chain(batches)
            .collect()
    }

    /// Whether it has ended, as a request that answers somebody. Of this program its event says
    /// so; those of others, a function's for example, stay where they are.
    pub(crate) fn is_complete(&self) -> bool {
        let elsewhere = |own: &Span| *own.service != *SERVICE || own.request_id().is_none();
        self.member(self.fields.duration).is_some() || self.own().is_some_and(elsewhere)
    }

    /// Whether it was answered with an error, the caller's or ours.
    pub(crate) fn has_failed(&self) -> bool {
        let failed = self.own().is_some_and(|own| own.error.is_some());
        failed || self.status().is_some_and(|status| status >= 400)
    }

    /// The calls it made.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(|span| span.is_call())
    }

    /// The capacity units that its calls consumed.
    pub(crate) fn capacity(&self) -> f64 {
        self.calls()
            .filter_map(Span::capacity)
            .fold(0.0, |sum, units| sum + units)
    }

    /// Calls of DynamoDB that were repeated.
    pub(crate) fn retries(&self) -> f64 {
        self.sum(self.fields.retries)
    }

    /// Calls of DynamoDB that were throttled.
    pub(crate) fn throttles(&self) -> f64 {
        self.sum(self.fields.throttles)
    }

    fn sum(&self, metric: &str) -> f64 {
        let counted = self.events.iter().flat_map(|event| observed(event, metric));
        counted.fold(0.0, |sum, one| sum + one)
    }

    /// Whether anything that it says contains this text, in small letters.
    pub(crate) fn says(&self, text: &str) -> bool {
        let in_events = self.events.iter().any(|event| contains(event, text));
        in_events
            || self.id.contains(text)
            || self.spans.iter().any(|span| {
                let named = span.name.to_lowercase().contains(text)
                    || span.service.to_lowercase().contains(text);
                named
                    || span
                        .attributes
                        .iter()
                        .any(|(_, value)| contains(value, text))
            })
    }

    fn text(&self, property: &str) -> Option<&str> {
        self.member(property)?.as_str()
    }

    /// A member of the first line that has it.
    fn member(&self, name: &str) -> Option<&Value> {
        self.events.iter().find_map(|event| event.get(name))
    }
}

/// Whether a text within the value contains this one, whatever its case.
pub(super) fn contains(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own.to_lowercase().contains(text),
        Value::Array(values) => values.iter().any(|value| contains(value, text)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name != "_aws" && contains(value, text)),
        Value::Number(number) => number.to_string() == text,
        Value::Null | Value::Bool(_) => false,
    }
}
