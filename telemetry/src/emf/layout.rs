//! Which recorded values go into which line.
//!
//! A member of a JSON object has one name and one value, so a line holds a metric once
//! and a dimension with one value only. What does not fit waits for the next line:
//! the same metric with other dimension values, more than 100 values of one metric,
//! more bytes than CloudWatch takes.

use crate::{
    definition::MetricKind,
    dimension::{DimensionDefinition, Key},
};

use super::{
    Fragments, MAX_LINE_BYTES, MAX_VALUES,
    part::{Observation, same_metric},
};

/// Most bytes of one number and its comma.
const NUMBER_BYTES: usize = 26;

/// The values of one metric in one line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) metric: &'static Fragments,
    pub(crate) key: Key,
    /// The first value; the others follow by [`Observation::next`].
    pub(crate) first: u32,
    last: u32,
    pub(crate) count: u32,
    /// Whether a directive lists the metric already.
    pub(crate) listed: bool,
}

/// The metrics of one line and the dimension values they share.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub(crate) slots: Vec<Slot>,
    pub(crate) dimensions: Vec<DimensionValue>,
    /// What the line takes, at most.
    pub(super) bytes: usize,
}

/// A dimension of a line and its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DimensionValue {
    name: &'static str,
    /// Name and value as a member.
    pub(crate) member: &'static str,
}

impl Layout {
    /// Takes what fits into one line beside `other_bytes` of properties; answers whether
    /// there is anything to write.
    pub(crate) fn take(&mut self, values: &mut [Observation], other_bytes: usize) -> bool {
        self.slots.clear();
        self.dimensions.clear();
        self.bytes = other_bytes;
        for i in 0..values.len() {
            if values[i].written {
                continue;
            }
            let Observation { metric, key, .. } = values[i];
            let taken = match self.slot(metric) {
                Some(slot) => self.extend(slot, key, i, values),
                None => self.open(metric, key, i),
            };
            values[i].written = taken;
        }
        !self.slots.is_empty()
    }

    fn slot(&self, metric: &'static Fragments) -> Option<usize> {
        self.slots
            .iter()
            .position(|slot| same_metric(slot.metric, metric))
    }

    /// Adds a value to those of a metric that the line has already.
    fn extend(&mut self, slot: usize, key: Key, index: usize, values: &mut [Observation]) -> bool {
        let slot = &mut self.slots[slot];
        // Occurrences are added up: they stay one number.
        let bytes = match slot.metric.metric.kind {
            MetricKind::Counter => 0,
            _ if slot.count as usize == MAX_VALUES => return false,
            _ => NUMBER_BYTES,
        };
        let fits = slot.key == key && self.bytes + bytes <= MAX_LINE_BYTES;
        if fits {
            values[slot.last as usize].next = narrow(index);
            slot.last = narrow(index);
            slot.count += 1;
            self.bytes += bytes;
        }
        fits
    }

    /// Adds a metric to the line, if its dimension values agree with those of the line.
    fn open(&mut self, metric: &'static Fragments, key: Key, index: usize) -> bool {
        let dimensions = metric.metric.dimensions();
        let mut bytes = metric.bytes() + NUMBER_BYTES;
        for (dimension, value) in dimensions.iter().zip(key) {
            match self.assigned(dimension) {
                Some(member) if member != dimension.members[usize::from(value)] => return false,
                Some(_) => {}
                None => bytes += dimension.members[usize::from(value)].len(),
            }
        }
        if self.bytes + bytes > MAX_LINE_BYTES && !self.slots.is_empty() {
            return false;
        }
        self.bytes += bytes;
        for (dimension, value) in dimensions.iter().zip(key) {
            self.assign(dimension, value);
        }
        self.slots.push(Slot {
            metric,
            key,
            first: narrow(index),
            last: narrow(index),
            count: 1,
            listed: false,
        });
        true
    }

    fn assigned(&self, dimension: &DimensionDefinition) -> Option<&'static str> {
        self.dimensions
            .iter()
            .find(|assigned| assigned.name == dimension.name)
            .map(|assigned| assigned.member)
    }

    fn assign(&mut self, dimension: &DimensionDefinition, value: u8) {
        if self.assigned(dimension).is_none() {
            self.dimensions.push(DimensionValue {
                name: dimension.name,
                member: dimension.members[usize::from(value)],
            });
        }
    }
}

/// An event is written before it holds this many values.
#[expect(clippy::cast_possible_truncation, reason = "see event::MAX_PENDING")]
fn narrow(index: usize) -> u32 {
    index as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emf::{Part, fragments::fixture::metric};

    /// How many of these values one line takes beside so many other bytes.
    fn taken(metrics: [&'static Fragments; 2], other_bytes: usize) -> usize {
        let mut part = Part::default();
        metrics
            .into_iter()
            .for_each(|metric| part.record(metric, Key::default(), 1.0));
        assert!(Layout::default().take(&mut part.values, other_bytes));
        part.values.iter().filter(|value| value.written).count()
    }

    #[test]
    fn a_line_is_filled_to_its_last_byte_and_no_further() {
        let (one, other) = (metric("one"), metric("two"));
        let first = one.bytes() + NUMBER_BYTES;
        for (metrics, bytes) in [
            ([one, one], first + NUMBER_BYTES),
            ([one, other], first + first),
        ] {
            assert_eq!(taken(metrics, MAX_LINE_BYTES - bytes), 2);
            assert_eq!(taken(metrics, MAX_LINE_BYTES - bytes + 1), 1);
        }
    }

    #[test]
    fn every_line_takes_one_value_whatever_else_it_holds() {
        assert_eq!(taken([metric("one"), metric("two")], MAX_LINE_BYTES), 1);
    }
}
