//! What was recorded for one event, before it is laid out in lines.

use crate::{dimension::Key, property::Property};

use super::{Fragments, Lists, Properties};

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

/// The values and properties of one event.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// In the order of recording.
    pub(crate) values: Vec<Observation>,
    pub(crate) properties: Properties,
    /// What each of several things in the event is, until a line has said it.
    pub(crate) lists: Lists,
    /// Values that are not numbers CloudWatch takes.
    pub(crate) invalid: u32,
    /// Lines that were written so far.
    pub(crate) lines: u32,
}

impl Draft {
    pub(crate) fn record(&mut self, metric: &'static Fragments, key: Key, value: f64) {
        self.values.push(Observation {
            metric,
            key,
            value,
            next: 0,
            written: false,
        });
    }

    /// Adds an item to a list.
    pub(crate) fn list(&mut self, list: Property, item: &Properties) {
        self.properties.dropped += item.dropped;
        if !self.lists.push(list, item) {
            self.properties.dropped += 1;
        }
    }

    /// Takes over what was recorded elsewhere for this event.
    pub(crate) fn absorb(&mut self, other: &mut Self) {
        self.values.append(&mut other.values);
        self.properties.merge(&other.properties);
        self.properties.dropped += self.lists.merge(&other.lists);
        self.invalid += other.invalid;
        self.lines += other.lines;
    }

    /// Appends what a line has beside values. A list is said once, and hides a property of its name.
    pub(crate) fn write_members(&mut self, out: &mut Vec<u8>) {
        if self.lists.count() == 0 {
            self.properties.write(out);
            return;
        }
        self.properties
            .write_visible(|member| self.lists.has(member), out);
        self.lists.write(out);
        self.lists.clear();
    }

    /// Forgets what has been written; the properties stay.
    pub(crate) fn forget_values(&mut self) {
        self.values.clear();
        self.invalid = 0;
    }

    pub(crate) fn clear(&mut self) {
        self.forget_values();
        self.properties.clear();
        self.lists.clear();
        self.lines = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::property::{ERROR, STATUS};

    #[test]
    fn a_list_hides_the_property_of_its_name_and_is_written_once() {
        let mut draft = Draft::default();
        draft.properties.set(ERROR, &"a".into());
        draft.properties.set(STATUS, &200.into());
        draft.list(ERROR, &Properties::default());
        let mut members = || {
            let mut out = Vec::new();
            draft.write_members(&mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(members(), r#","status":200,"error":"[{}]""#);
        assert_eq!(members(), r#","error":"a","status":200"#);
    }
}
