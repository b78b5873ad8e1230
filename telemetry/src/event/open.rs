//! An event that is being recorded.

use std::cell::RefCell;

use crate::{
    dimension::Key,
    emf::{self, Encoder, Envelope, Fragments, Part, Properties},
    pipeline::{self, Metrics},
    property::{Property, Value},
};

/// An event with this many values is written early, so that its memory stays bounded.
const MAX_PENDING: usize = 10_000;
/// An event that grew beyond this is freed instead of reused.
const MAX_REUSED: usize = 200;
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
    /// Properties of the whole event.
    properties: Properties,
    /// The event itself, then the further items of [`each`](super::each). The first
    /// `used` are in use, the others are spare.
    parts: Vec<Part>,
    used: usize,
    /// The part that values go to.
    current: usize,
    /// Whether properties belong to the current part alone.
    in_item: bool,
    /// Whether it is one of several within another event, as an item is.
    is_within: bool,
    /// How it ends, if that is known before its end.
    pub(super) outcome: Option<&'static str>,
    pending: usize,
    encoder: Encoder,
}

impl Event {
    /// Starts an event.
    pub(super) fn begin(metrics: Option<Metrics>) -> Box<Self> {
        let spare = SPARE.try_with(|spare| spare.borrow_mut().pop()).ok();
        let mut event = spare.flatten().unwrap_or_default();
        event.metrics = metrics;
        event.start_part();
        event.current = 0;
        event
    }

    /// An event of the same metrics that knows this one's properties.
    pub(super) fn another(&self) -> Box<Self> {
        let mut event = Self::begin(self.metrics.clone());
        event.is_within = self.is_within;
        event.properties.inherit(&self.properties);
        if self.in_item {
            event
                .properties
                .inherit(&self.parts[self.current].properties);
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
        self.properties.merge(&other.properties);
        self.pending += other.pending;
        self.outcome = self.outcome.or(other.outcome);
        for position in 0..other.used {
            let part = &mut other.parts[position];
            // What is no item of a batch belongs to the event itself.
            if position == 0 && part.properties.len() == 0 && part.lines == 0 {
                self.parts[0].append(part);
                continue;
            }
            let current = self.current;
            self.start_part();
            std::mem::swap(&mut self.parts[self.current], part);
            self.current = current;
        }
        if self.pending >= MAX_PENDING {
            self.write(None);
        }
        other.pending = 0;
        other.recycle();
    }

    /// Writes what has not been written, and keeps the buffers for another event.
    pub(super) fn end(mut self: Box<Self>, outcome: Option<&'static str>) {
        self.write(outcome);
        self.recycle();
    }

    /// Keeps the buffers for another event.
    fn recycle(mut self: Box<Self>) {
        if self.used > MAX_REUSED {
            return;
        }
        for part in &mut self.parts[..self.used] {
            part.clear();
        }
        self.metrics = None;
        self.properties.clear();
        self.used = 0;
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
        let part = &mut self.parts[self.current];
        if !emf::is_valid(value) {
            part.invalid += 1;
            return false;
        }
        #[cfg(feature = "prometheus")]
        metrics.observe(metric.metric, key, value);
        if metrics.writes_lines() {
            part.record(metric, key, value);
            self.pending += 1;
        }
        if self.pending >= MAX_PENDING {
            self.write(None);
        }
        true
    }

    /// Sets a property, and says whether it is of one of several and not of the request.
    pub(super) fn set_property(&mut self, property: Property, value: &Value<'_>) -> bool {
        let properties = match self.in_item {
            true => &mut self.parts[self.current].properties,
            false => &mut self.properties,
        };
        properties.set(property, value);
        self.in_item || self.is_within
    }

    /// The text of a property, of the current item or else of the whole event.
    pub(super) fn property(&self, property: Property) -> Option<String> {
        let item = self.in_item.then(|| &self.parts[self.current].properties);
        let in_item = item.and_then(|properties| properties.text_of(property));
        in_item.or_else(|| self.properties.text_of(property))
    }

    /// The members that log records have, those of the current item before those of the
    /// whole event.
    #[cfg(feature = "runtime")]
    pub(super) fn logged_properties(&self) -> String {
        let mut text = Vec::new();
        let whole = &self.properties;
        match self.in_item {
            true => {
                let item = &self.parts[self.current].properties;
                whole.write_logged(Some(item), &mut text);
                item.write_logged(None, &mut text);
            }
            false => whole.write_logged(None, &mut text),
        }
        String::from_utf8(text).unwrap_or_default()
    }

    /// Values and properties belong to an item from now on: the first one shares the
    /// current part, every other gets a part of its own.
    pub(super) fn begin_item(&mut self, first: bool) -> Item {
        let before = Item {
            current: self.current,
            in_item: self.in_item,
        };
        if !first {
            self.start_part();
        }
        self.in_item = true;
        before
    }

    /// Goes back to where values and properties belonged before the item.
    pub(super) fn end_item(&mut self, before: Item) {
        self.current = before.current;
        self.in_item = before.in_item;
    }

    /// Writes the values that have not been written.
    pub(super) fn write(&mut self, outcome: Option<&'static str>) {
        self.pending = 0;
        let Some(metrics) = &self.metrics else {
            return;
        };
        let envelope = Envelope {
            directive: metrics.directive(),
            timestamp: pipeline::now(),
            properties: &self.properties,
            outcome: outcome.or(self.outcome),
        };
        self.encoder.encode(&mut self.parts[..self.used], &envelope);
        if !self.encoder.lines().is_empty() {
            metrics.write(self.encoder.lines());
            self.encoder.clear();
        }
    }

    fn start_part(&mut self) {
        if self.used == self.parts.len() {
            self.parts.push(Part::default());
        }
        self.current = self.used;
        self.used += 1;
    }
}

/// Where values and properties belonged before an item of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    current: usize,
    in_item: bool,
}

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
        for (items, kept) in [(MAX_REUSED, 1), (MAX_REUSED + 1, 0)] {
            SPARE.take();
            let mut event = event();
            // The event itself is the first.
            (1..items).for_each(|_| event.start_part());
            event.end(None);
            assert_eq!(spare(), kept, "{items}");
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
            let held: usize = whole.parts.iter().map(|part| part.values.len()).sum();
            assert_eq!((whole.pending, held), (pending, pending));
        }
    }
}
