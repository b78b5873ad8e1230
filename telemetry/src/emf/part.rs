//! What was recorded for one event, before it is laid out in lines.

use crate::dimension::Key;

use super::{Fragments, Properties};

/// One value of one metric.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observation {
    /// The metric.
    pub(crate) metric: &'static Fragments,
    /// Its dimension values.
    pub(crate) key: Key,
    /// The value, finite.
    pub(crate) value: f64,
    /// Where the next value of the same array is, while a line is written.
    pub(crate) next: u32,
    /// Whether a line has it already.
    pub(crate) written: bool,
}

/// Whether both are one metric; the compiler may have made copies of its constants.
pub(crate) fn same_metric(a: &'static Fragments, b: &'static Fragments) -> bool {
    std::ptr::eq(a, b) || a.member == b.member
}

/// The values and properties of one event: of an invocation, or of one item of a batch.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// In the order of recording.
    pub(crate) values: Vec<Observation>,
    /// What this part has beyond, or instead of, the properties of the whole event.
    pub(crate) properties: Properties,
    /// Values that are not numbers CloudWatch takes.
    pub(crate) invalid: u32,
    /// Lines that were written so far.
    pub(crate) lines: u32,
}

impl Part {
    pub(crate) fn record(&mut self, metric: &'static Fragments, key: Key, value: f64) {
        self.values.push(Observation {
            metric,
            key,
            value,
            next: 0,
            written: false,
        });
    }

    /// Takes the values of another part, which has none afterwards.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.values.append(&mut other.values);
        self.invalid += std::mem::take(&mut other.invalid);
    }

    /// Forgets what has been written; the properties stay.
    pub(crate) fn forget_values(&mut self) {
        self.values.clear();
        self.invalid = 0;
    }

    pub(crate) fn clear(&mut self) {
        self.forget_values();
        self.properties.clear();
        self.lines = 0;
    }
}
