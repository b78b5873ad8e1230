//! An event that is being recorded.

use std::{cell::RefCell, mem};

use crate::{
    definition::MetricKind,
    dimension::Key,
    emf::{self, Draft, Encoder, Envelope, Fragments, Properties},
    pipeline::{self, Metrics},
    property::{Property, Value},
};

/// An event with this many values is written early, so that its memory stays bounded.
const MAX_PENDING: usize = 10_000;
/// An event that had room for more values is freed instead of reused.
const MAX_REUSED: usize = 1_000;
/// Spare events that a thread keeps.
const MAX_SPARE: usize = 16;

thread_local! {
    #[expect(clippy::vec_box, reason = "an event moves between threads as one pointer")]
    /// Events whose buffers the next ones use.
    static SPARE: RefCell<Vec<Box<Event>>> = const { RefCell::new(Vec::new()) };
}

/// What was recorded so far, and where it goes.
#[derive(Debug, Default)]
pub(super) struct Event {
    pub(super) metrics: Option<Metrics>,
    draft: Draft,
    /// What was set for the current item of [`each`](super::each), and what it measured.
    item: Properties,
    in_item: bool,
    /// Whether it is one of several within another event.
    is_within: bool,
    /// How it ends, if that is known before its end.
    pub(super) outcome: Option<&'static str>,
    encoder: Encoder,
}

impl Event {
    /// Starts an event.
    pub(super) fn begin(metrics: Option<Metrics>) -> Box<Self> {
        let spare = SPARE.try_with(|spare| spare.borrow_mut().pop()).ok();
        let mut event = spare.flatten().unwrap_or_default();
        event.metrics = metrics;
        event
    }

    /// An event of the same metrics that knows this one's properties.
    pub(super) fn another(&self) -> Box<Self> {
        let mut event = Self::begin(self.metrics.clone());
        event.is_within = self.is_within;
        event.draft.properties.inherit(&self.draft.properties);
        if self.in_item {
            event.draft.properties.inherit(&self.item);
        }
        event
    }

    /// The same, of a scope within this event.
    pub(super) fn within(&self) -> Box<Self> {
        let mut event = self.another();
        event.is_within = true;
        event
    }

    /// Takes over what was recorded elsewhere for this event.
    pub(super) fn absorb(&mut self, mut other: Box<Self>) {
        self.draft.absorb(&mut other.draft);
        self.outcome = self.outcome.or(other.outcome);
        self.write_early();
        other.recycle();
    }

    /// Writes what has not been written, and keeps the buffers for another event.
    pub(super) fn end(mut self: Box<Self>, outcome: Option<&'static str>) {
        self.write(outcome);
        self.recycle();
    }

    /// Keeps the buffers for another event.
    fn recycle(mut self: Box<Self>) {
        if self.draft.values.capacity() > MAX_REUSED {
            return;
        }
        self.draft.clear();
        self.item.clear();
        self.metrics = None;
        self.in_item = false;
        self.is_within = false;
        self.outcome = None;
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < MAX_SPARE {
                spare.push(self);
            }
        });
    }

    /// Takes a value, and says whether it can be sent.
    pub(super) fn record(&mut self, metric: &'static Fragments, key: Key, value: f64) -> bool {
        let Some(metrics) = &self.metrics else {
            return true;
        };
        if !emf::is_valid(value) {
            self.draft.invalid += 1;
            return false;
        }
        #[cfg(feature = "prometheus")]
        metrics.observe(metric.metric, key, value);
        if metrics.writes_lines() {
            self.draft.record(metric, key, value);
            // Occurrences are of the event: each item is one anyway.
            if self.in_item && metric.metric.kind != MetricKind::Counter {
                self.item.set_value(metric, value);
            }
        }
        self.write_early();
        true
    }

    /// Sets a property, and says whether it is of one of several and not of the request.
    pub(super) fn set_property(&mut self, property: Property, value: &Value<'_>) -> bool {
        let properties = match self.in_item {
            true => &mut self.item,
            false => &mut self.draft.properties,
        };
        properties.set(property, value);
        self.in_item || self.is_within
    }

    /// The text of a property, of the current item or else of the whole event.
    pub(super) fn property(&self, property: Property) -> Option<String> {
        let item = self.in_item.then(|| self.item.text_of(property));
        let whole = || self.draft.properties.text_of(property);
        item.flatten().or_else(whole)
    }

    /// The members that log records have, those of the current item before those of the
    /// whole event.
    #[cfg(feature = "runtime")]
    pub(super) fn logged_properties(&self) -> String {
        let mut text = Vec::new();
        let item = self.in_item.then_some(&self.item);
        self.draft.properties.write_logged(item, &mut text);
        if let Some(item) = item {
            item.write_logged(None, &mut text);
        }
        String::from_utf8(text).unwrap_or_default()
    }

    /// Properties belong to an item from now on; answers what they belonged to before.
    pub(super) fn begin_item(&mut self) -> Around {
        let around = self.in_item.then(|| mem::take(&mut self.item));
        self.in_item = true;
        Around(around)
    }

    /// Lists the item, and goes back to what was before it.
    pub(super) fn end_item(&mut self, list: Property, Around(around): Around) {
        self.draft.list(list, &self.item);
        self.item.clear();
        self.in_item = around.is_some();
        if let Some(around) = around {
            self.item = around;
        }
    }

    /// Writes the values that have not been written.
    pub(super) fn write(&mut self, outcome: Option<&'static str>) {
        let Some(metrics) = &self.metrics else {
            return;
        };
        let envelope = Envelope {
            directive: metrics.directive(),
            timestamp: pipeline::now(),
            outcome: outcome.or(self.outcome),
        };
        self.encoder.encode(&mut self.draft, &envelope);
        if !self.encoder.lines().is_empty() {
            metrics.write(self.encoder.lines());
            self.encoder.clear();
        }
    }

    fn write_early(&mut self) {
        if self.draft.values.len() >= MAX_PENDING {
            self.write(None);
        }
    }
}

/// The item around an item, if there is one.
#[derive(Debug)]
pub(super) struct Around(Option<Properties>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        emf::fragments::fixture::metric,
        namespace::ApplicationNamespace,
        sink::{Destination, Lines},
    };

    fn event() -> Box<Event> {
        let namespace = ApplicationNamespace::new("Shop/test").unwrap();
        let metrics = Metrics::builder(namespace).emf(Destination::lines(&Lines::default()));
        Event::begin(metrics.build().ok())
    }

    fn spare() -> usize {
        SPARE.with_borrow(Vec::len)
    }

    // Each test has a thread of its own, and with it the spare events.
    #[test]
    fn a_thread_keeps_sixteen_spare_events() {
        let events: Vec<_> = (0..MAX_SPARE + 2).map(|_| event()).collect();
        events.into_iter().for_each(|event| event.end(None));
        assert_eq!(spare(), MAX_SPARE);
    }

    #[test]
    fn an_event_that_grew_is_freed() {
        let metric = metric("m");
        for (values, kept) in [(MAX_REUSED, 1), (MAX_REUSED + 1, 0)] {
            SPARE.take();
            let mut event = event();
            event.draft.values.reserve_exact(values);
            event.record(metric, Key::default(), 1.0);
            event.end(None);
            assert_eq!(spare(), kept, "{values}");
        }
    }

    #[test]
    fn what_others_have_recorded_counts_towards_an_early_write() {
        let metric = metric("m");
        let of = |values: usize| {
            let mut event = event();
            for _ in 0..values {
                event.record(metric, Key::default(), 1.0);
            }
            event
        };
        for (values, pending) in [(MAX_PENDING / 2 - 1, MAX_PENDING - 1), (MAX_PENDING / 2, 0)] {
            let mut whole = of(MAX_PENDING / 2);
            whole.absorb(of(values));
            assert_eq!(whole.draft.values.len(), pending);
        }
    }
}
