//! Writes recorded values as lines in CloudWatch's Embedded Metric Format.

use crate::{
    definition::MetricKind,
    property::{CONTINUATION, DROPPED_PROPERTIES, ERROR, INVALID_VALUES, OUTCOME, Property},
};

use super::{
    Draft,
    draft::Observation,
    json,
    layout::{Layout, Size, Slot},
    shape::Shapes,
};

/// Turns events into lines; keeps its buffers from one event to the next.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    layout: Layout,
    shapes: Shapes,
    lines: Vec<u8>,
}

/// What an event's lines have beside what was recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope<'a> {
    /// The opening of a directive: `{"Namespace":"Sentori/dev",`.
    pub(crate) directive: &'a str,
    /// Milliseconds since the epoch.
    pub(crate) timestamp: i64,
    /// See [`OUTCOME`](crate::property::OUTCOME).
    pub(crate) outcome: Option<&'static str>,
}

impl Encoder {
    /// Appends the lines of an event, which forgets what was written.
    pub(crate) fn encode(&mut self, draft: &mut Draft, envelope: &Envelope<'_>) {
        self.shapes.reset_for(envelope.directive);
        if let Some(text) = self.shapes.find(&draft.values) {
            open(&mut self.lines, envelope.timestamp);
            self.lines.extend_from_slice(text);
            for recorded in &draft.values {
                self.lines
                    .extend_from_slice(recorded.metric.member.as_bytes());
                json::number(&mut self.lines, recorded.value);
            }
            close(&mut self.lines, draft, envelope);
        } else {
            self.lay_out(draft, envelope);
        }
        if draft.invalid > 0 || tells_without_metrics(draft, envelope) {
            self.without_metrics(draft, envelope);
        }
        draft.forget_values();
    }

    /// Appends as many lines as the values need.
    fn lay_out(&mut self, draft: &mut Draft, envelope: &Envelope<'_>) {
        let beside = Size::without_values(draft);
        while self.layout.take(&mut draft.values, beside) {
            open(&mut self.lines, envelope.timestamp);
            let start = self.lines.len();
            self.directives(envelope.directive);
            for dimension in &self.layout.dimensions {
                self.lines.extend_from_slice(dimension.member.as_bytes());
            }
            if self.layout.slots.len() == draft.values.len() {
                let text = &self.lines[start..];
                self.shapes.keep(&draft.values, text);
            }
            for slot in &self.layout.slots {
                self.lines.extend_from_slice(slot.metric.member.as_bytes());
                target(slot, &draft.values, &mut self.lines);
            }
            close(&mut self.lines, draft, envelope);
        }
    }

    /// The lines so far.
    pub(crate) fn lines(&self) -> &[u8] {
        &self.lines
    }

    pub(crate) fn clear(&mut self) {
        self.lines.clear();
    }

    /// The directives: one for all metrics with the same dimension sets.
    fn directives(&mut self, opening: &str) {
        let mut separator: &[u8] = b",\"CloudWatchMetrics\":[";
        for i in 0..self.layout.slots.len() {
            if self.layout.slots[i].listed {
                continue;
            }
            self.lines.extend_from_slice(separator);
            separator = b",";
            self.lines.extend_from_slice(opening.as_bytes());
            let dimensions = self.layout.slots[i].metric.dimensions;
            self.lines.extend_from_slice(dimensions.as_bytes());
            self.lines.extend_from_slice(b",\"Metrics\":[");
            list(&mut self.layout.slots[i..], dimensions, &mut self.lines);
            self.lines.extend_from_slice(b"]}");
        }
        self.lines.extend_from_slice(b"]}");
    }

    /// A line that only says that there were values which cannot be sent, or what went wrong.
    #[cold]
    fn without_metrics(&mut self, draft: &mut Draft, envelope: &Envelope<'_>) {
        self.lines.extend_from_slice(b"{\"timestamp\":");
        json::integer(&mut self.lines, envelope.timestamp);
        close(&mut self.lines, draft, envelope);
    }
}

/// Whether something went wrong that no line has told.
fn tells_without_metrics(draft: &Draft, envelope: &Envelope<'_>) -> bool {
    let ended = envelope.outcome.is_some() && draft.properties.len() > 0;
    draft.lines == 0 && (ended || draft.properties.has(ERROR))
}

/// The beginning of every line with metrics.
fn open(out: &mut Vec<u8>, timestamp: i64) {
    out.extend_from_slice(b"{\"_aws\":{\"Timestamp\":");
    json::integer(out, timestamp);
}

/// The properties, and the end of the line.
fn close(out: &mut Vec<u8>, draft: &mut Draft, envelope: &Envelope<'_>) {
    draft.write_members(out);
    if let Some(outcome) = envelope.outcome {
        out.extend_from_slice(OUTCOME.member().as_bytes());
        json::string(out, outcome);
    }
    count(out, DROPPED_PROPERTIES, draft.properties.dropped);
    count(out, INVALID_VALUES, draft.invalid);
    count(out, CONTINUATION, draft.lines);
    out.extend_from_slice(b"}\n");
    draft.lines += 1;
    draft.invalid = 0;
}

/// Lists the metrics of one directive, which may hold more than there are fields in a line.
fn list(slots: &mut [Slot], dimensions: &'static str, out: &mut Vec<u8>) {
    let same = slots
        .iter_mut()
        .filter(|slot| !slot.listed && slot.metric.dimensions == dimensions);
    for (position, slot) in same.enumerate() {
        let with_comma = slot.metric.definition.as_bytes();
        out.extend_from_slice(&with_comma[usize::from(position == 0)..]);
        slot.listed = true;
    }
}

/// The value of a metric: a number, or an array of them. Occurrences are added up.
fn target(slot: &Slot, values: &[Observation], out: &mut Vec<u8>) {
    let chain = || {
        let mut next = slot.first;
        (0..slot.count).map(move |_| {
            let recorded = &values[next as usize];
            next = recorded.next;
            recorded.value
        })
    };
    if slot.count == 1 {
        json::number(out, values[slot.first as usize].value);
    } else if slot.metric.metric.kind == MetricKind::Counter {
        json::number(out, chain().sum());
    } else {
        for (position, value) in chain().enumerate() {
            out.push(if position == 0 { b'[' } else { b',' });
            json::number(out, value);
        }
        out.push(b']');
    }
}

/// A property that is there only if it is not 0.
fn count(out: &mut Vec<u8>, property: Property, count: u32) {
    if count > 0 {
        out.extend_from_slice(property.member().as_bytes());
        json::integer(out, count.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::dimension::{DimensionDefinition, Key};
    use crate::emf::{
        MAX_FIELDS, Properties,
        fragments::fixture::{metric, metric_by},
    };
    use crate::property::STATUS;

    /// The lines of this event.
    fn encoded(draft: &mut Draft) -> Vec<String> {
        let envelope = Envelope {
            directive: "{\"Namespace\":\"Shop/test\",",
            timestamp: 1,
            outcome: Some("deadline"),
        };
        let mut encoder = Encoder::default();
        encoder.encode(draft, &envelope);
        let lines = String::from_utf8(encoder.lines().to_vec()).unwrap();
        lines.lines().map(str::to_owned).collect()
    }

    fn parsed(line: &str) -> Value {
        serde_json::from_str(line).unwrap()
    }

    /// How many numbers and texts there are in a value.
    fn fields(value: &Value) -> usize {
        match value {
            Value::Array(values) => values.iter().map(fields).sum(),
            Value::Object(members) => members.values().map(fields).sum(),
            _ => 1,
        }
    }

    #[test]
    fn a_line_has_no_more_fields_than_are_found_and_the_next_one_has_the_rest() {
        let (mut draft, mut item) = (Draft::default(), Properties::default());
        draft.properties.set(ERROR, &"timeout".into());
        draft.properties.dropped = 1;
        item.set(ERROR, &"warm".into());
        draft.list(STATUS, &item);
        for number in 0..250u8 {
            let metric = metric(&format!("m{number}"));
            draft.record(metric, Key::default(), number.into());
            draft.record(metric, Key::default(), 0.0);
        }
        let lines = encoded(&mut draft);
        let lines: Vec<_> = lines.iter().map(|line| parsed(line)).collect();
        let (last, full) = lines.split_last().unwrap();
        for line in full {
            assert!(
                (MAX_FIELDS / 2..=MAX_FIELDS).contains(&fields(line)),
                "{line}"
            );
        }
        assert!(fields(last) <= MAX_FIELDS);
        let listed = lines.iter().map(|line| &line["_aws"]["CloudWatchMetrics"]);
        let listed = listed.map(|directives| directives[0]["Metrics"].as_array().unwrap().len());
        assert_eq!(listed.sum::<usize>(), 250);
        for number in 0..250u8 {
            let name = format!("m{number}");
            let mut having = lines.iter().filter(|line| line.get(&name).is_some());
            assert_eq!(
                having.next().unwrap()[&name],
                serde_json::json!([number, 0])
            );
            assert_eq!(having.next(), None);
        }
    }

    #[test]
    fn no_line_is_longer_than_what_was_counted_for_it() {
        let (name, value) = ("D".repeat(250), "v".repeat(1_000));
        let member = format!(",\"{name}\":\"{value}\"");
        let dimension = DimensionDefinition {
            name: name.leak(),
            values: Box::leak(Box::new([&*value.leak()])),
            members: Box::leak(Box::new([&*member.leak()])),
        };
        let metric = metric_by(&"m".repeat(250), Box::leak(Box::new([dimension])));
        let mut draft = Draft::default();
        draft.record(metric, Key::default(), 1.0);
        draft.list(ERROR, &Properties::default());
        let mut layout = Layout::default();
        let beside = Size::without_values(&draft);
        layout.take(&mut draft.values.clone(), beside);
        let lines = encoded(&mut draft);
        assert!(lines[0].len() <= layout.size.bytes);
        assert!(fields(&parsed(&lines[0])) <= layout.size.fields);
    }

    #[test]
    fn copies_of_a_metric_s_constants_are_one_metric() {
        let mut draft = Draft::default();
        draft.record(metric("m"), Key::default(), 1.0);
        draft.record(metric("m"), Key::default(), 2.0);
        let lines = encoded(&mut draft);
        let line = parsed(&lines[0]);
        assert_eq!(line["m"], serde_json::json!([1, 2]));
        let metrics = &line["_aws"]["CloudWatchMetrics"][0]["Metrics"];
        assert_eq!(metrics.as_array().map(Vec::len), Some(1));
    }
}
