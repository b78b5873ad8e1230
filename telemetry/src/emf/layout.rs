//! Which recorded values go into which line.
//!
//! A member of a JSON object has one name and one value, so a line holds a metric once
//! and a dimension with one value only. What does not fit waits for the next line:
//! the same metric with other dimension values, more than 100 values of one metric,
//! more bytes than CloudWatch takes, more fields than Logs Insights finds.

use crate::{
    definition::MetricKind,
    dimension::{DimensionDefinition, Key},
};

use super::{
    Draft, Fragments, MAX_FIELDS, MAX_LINE_BYTES, MAX_VALUES,
    draft::{Observation, same_metric},
};

/// What a line takes, at most.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    pub(super) bytes: usize,
    pub(super) fields: usize,
}

impl Size {
    /// One number and its comma.
    const NUMBER: Self = Self {
        bytes: 26,
        fields: 1,
    };
    /// The time, and what a line may say of itself: how it ended, what was left out of it, and
    /// what it continues. Each metric's own bytes have room for that.
    const ENVELOPE: Self = Self {
        bytes: 0,
        fields: 5,
    };

    /// Of a line that has everything but values.
    pub(super) fn without_values(draft: &Draft) -> Self {
        let Draft {
            properties, lists, ..
        } = draft;
        Self::ENVELOPE.and(Self {
            bytes: properties.len() + lists.len(),
            fields: properties.count() + lists.count(),
        })
    }

    fn of_metric(metric: &Fragments) -> Self {
        Self {
            bytes: metric.bytes(),
            fields: metric.fields(),
        }
    }

    const fn of_dimension(member: &str) -> Self {
        Self {
            bytes: member.len(),
            fields: 1,
        }
    }

    const fn and(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            fields: self.fields + other.fields,
        }
    }

    const fn fits(self) -> bool {
        self.bytes <= MAX_LINE_BYTES && self.fields <= MAX_FIELDS
    }
}

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
    pub(super) size: Size,
}

/// A dimension of a line and its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DimensionValue {
    name: &'static str,
    /// Name and value as a member.
    pub(crate) member: &'static str,
}

impl Layout {
    /// Takes what fits into one line beside what else it has; answers whether there is
    /// anything to write.
    pub(crate) fn take(&mut self, values: &mut [Observation], beside: Size) -> bool {
        self.slots.clear();
        self.dimensions.clear();
        self.size = beside;
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
        let size = match slot.metric.metric.kind {
            MetricKind::Counter => self.size,
            _ if slot.count as usize == MAX_VALUES => return false,
            _ => self.size.and(Size::NUMBER),
        };
        let fits = slot.key == key && size.fits();
        if fits {
            values[slot.last as usize].next = narrow(index);
            slot.last = narrow(index);
            slot.count += 1;
            self.size = size;
        }
        fits
    }

    /// Adds a metric to the line, if its dimension values agree with those of the line.
    fn open(&mut self, metric: &'static Fragments, key: Key, index: usize) -> bool {
        let dimensions = metric.metric.dimensions();
        let own = Size::of_metric(metric).and(Size::NUMBER);
        let mut size = self.size.and(own);
        for (dimension, value) in dimensions.iter().zip(key) {
            match self.assigned(dimension) {
                Some(member) if member != dimension.members[usize::from(value)] => return false,
                Some(_) => {}
                None => {
                    let member = dimension.members[usize::from(value)];
                    size = size.and(Size::of_dimension(member));
                }
            }
        }
        if !size.fits() && !self.slots.is_empty() {
            return false;
        }
        self.size = size;
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
    use crate::emf::fragments::fixture::metric;

    /// How many of these values one line takes beside what else it has.
    fn taken(metrics: [&'static Fragments; 2], beside: Size) -> usize {
        let mut draft = Draft::default();
        metrics
            .into_iter()
            .for_each(|metric| draft.record(metric, Key::default(), 1.0));
        assert!(Layout::default().take(&mut draft.values, beside));
        let taken = draft.values.iter().filter(|value| value.written);
        taken.count()
    }

    #[test]
    fn a_line_is_filled_to_its_last_byte_and_field_and_no_further() {
        let (one, other) = (metric("one"), metric("two"));
        let first = Size::of_metric(one).and(Size::NUMBER);
        for (metrics, size) in [
            ([one, one], first.and(Size::NUMBER)),
            ([one, other], first.and(first)),
        ] {
            let bytes = MAX_LINE_BYTES - size.bytes;
            let fields = MAX_FIELDS - size.fields;
            for (bytes, fields, expected) in [
                (bytes, fields, 2),
                (bytes + 1, fields, 1),
                (bytes, fields + 1, 1),
            ] {
                assert_eq!(taken(metrics, Size { bytes, fields }), expected);
            }
        }
    }

    #[test]
    fn every_line_takes_one_value_whatever_else_it_holds() {
        let full = Size {
            bytes: MAX_LINE_BYTES,
            fields: MAX_FIELDS,
        };
        assert_eq!(taken([metric("one"), metric("two")], full), 1);
    }
}
