//! Writes recorded values as lines in CloudWatch's Embedded Metric Format.

use crate::{
    definition::MetricKind,
    property::{CONTINUATION, DROPPED_PROPERTIES, ERROR, INVALID_VALUES, OUTCOME, Property},
};

use super::{
    MAX_METRICS, Part, Properties, json,
    layout::{Layout, Slot},
    part::Observation,
    shape::Shapes,
};

/// Turns events into lines; keeps its buffers from one event to the next.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    layout: Layout,
    shapes: Shapes,
    lines: Vec<u8>,
}

/// What all lines of an event have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope<'a> {
    /// The opening of a directive: `{"Namespace":"Sentori/dev",`.
    pub(crate) directive: &'a str,
    /// Milliseconds since the epoch.
    pub(crate) timestamp: i64,
    /// Properties of the whole event.
    pub(crate) properties: &'a Properties,
    /// See [`OUTCOME`](crate::property::OUTCOME).
    pub(crate) outcome: Option<&'static str>,
}

/// Where the last line of a known shape has what comes before its values.
#[derive(Debug, Default)]
struct Opening {
    shape: Option<usize>,
    start: usize,
    end: usize,
}

impl Encoder {
    /// Appends the lines of an event, whose parts forget what was written.
    pub(crate) fn encode(&mut self, parts: &mut [Part], envelope: &Envelope<'_>) {
        self.shapes.reset_for(envelope.directive);
        let mut last = Opening::default();
        for part in &mut *parts {
            self.part(part, envelope, &mut last);
            part.forget_values();
        }
        if let Some(whole) = unmeasured(parts, envelope) {
            self.without_metrics(whole, envelope);
        }
    }

    /// Appends the lines of one part of an event; items of a batch open like the last one.
    fn part(&mut self, part: &mut Part, envelope: &Envelope<'_>, last: &mut Opening) {
        if let Some((shape, text)) = self.shapes.find(&part.values) {
            let start = self.lines.len();
            if last.shape == Some(shape) {
                self.lines.extend_from_within(last.start..last.end);
            } else {
                open(&mut self.lines, envelope.timestamp);
                self.lines.extend_from_slice(text);
            }
            *last = Opening {
                shape: Some(shape),
                start,
                end: self.lines.len(),
            };
            for recorded in &part.values {
                self.lines
                    .extend_from_slice(recorded.metric.member.as_bytes());
                json::number(&mut self.lines, recorded.value);
            }
            close(&mut self.lines, part, envelope);
            return;
        }
        // A shape that is new takes the number of an old one.
        *last = Opening::default();
        self.lay_out(part, envelope);
        if part.invalid > 0 {
            self.without_metrics(part, envelope);
        }
    }

    /// Appends as many lines as the values need.
    fn lay_out(&mut self, part: &mut Part, envelope: &Envelope<'_>) {
        let properties = part.properties.len() + envelope.properties.len();
        while self.layout.take(&mut part.values, properties) {
            open(&mut self.lines, envelope.timestamp);
            let start = self.lines.len();
            self.directives(envelope.directive);
            for dimension in &self.layout.dimensions {
                self.lines.extend_from_slice(dimension.member.as_bytes());
            }
            if self.layout.slots.len() == part.values.len() {
                let text = &self.lines[start..];
                self.shapes.keep(&part.values, text);
            }
            for slot in &self.layout.slots {
                self.lines.extend_from_slice(slot.metric.member.as_bytes());
                target(slot, &part.values, &mut self.lines);
            }
            close(&mut self.lines, part, envelope);
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
    fn without_metrics(&mut self, part: &mut Part, envelope: &Envelope<'_>) {
        self.lines.extend_from_slice(b"{\"timestamp\":");
        json::integer(&mut self.lines, envelope.timestamp);
        close(&mut self.lines, part, envelope);
    }
}

/// The part that tells what went wrong, where no line has been written that tells it.
fn unmeasured<'a>(parts: &'a mut [Part], envelope: &Envelope<'_>) -> Option<&'a mut Part> {
    let silent = parts.iter().all(|part| part.lines == 0);
    let whole = parts.first_mut().filter(|_| silent)?;
    let of_both = [envelope.properties, &whole.properties];
    let ended = envelope.outcome.is_some() && of_both.iter().any(|known| known.len() > 0);
    let failed = of_both.iter().any(|known| known.has(ERROR));
    (ended || failed).then_some(whole)
}

/// The beginning of every line with metrics.
fn open(out: &mut Vec<u8>, timestamp: i64) {
    out.extend_from_slice(b"{\"_aws\":{\"Timestamp\":");
    json::integer(out, timestamp);
}

/// The properties, and the end of the line.
fn close(out: &mut Vec<u8>, part: &mut Part, envelope: &Envelope<'_>) {
    envelope.properties.write_below(&part.properties, out);
    part.properties.write(out);
    if let Some(outcome) = envelope.outcome {
        out.extend_from_slice(OUTCOME.member().as_bytes());
        json::string(out, outcome);
    }
    let dropped = part.properties.dropped + envelope.properties.dropped;
    count(out, DROPPED_PROPERTIES, dropped);
    count(out, INVALID_VALUES, part.invalid);
    count(out, CONTINUATION, part.lines);
    out.extend_from_slice(b"}\n");
    part.lines += 1;
    part.invalid = 0;
}

/// Lists the metrics of one directive, as many as it may hold.
fn list(slots: &mut [Slot], dimensions: &'static str, out: &mut Vec<u8>) {
    let same = slots
        .iter_mut()
        .filter(|slot| !slot.listed && slot.metric.dimensions == dimensions);
    for (position, slot) in same.take(MAX_METRICS).enumerate() {
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
        MAX_LINE_BYTES, MAX_VALUES,
        fragments::fixture::{metric, metric_by},
        properties::MAX_TEXT_BYTES,
    };

    /// The lines of these values of metrics by no dimension.
    fn encoded(encoder: &mut Encoder, part: &mut Part, properties: &Properties) -> Vec<String> {
        let envelope = Envelope {
            directive: "{\"Namespace\":\"Shop/test\",",
            timestamp: 1,
            properties,
            outcome: None,
        };
        encoder.encode(std::slice::from_mut(part), &envelope);
        let lines = String::from_utf8(encoder.lines().to_vec()).unwrap();
        lines.lines().map(str::to_owned).collect()
    }

    fn parsed(line: &str) -> Value {
        serde_json::from_str(line).unwrap()
    }

    /// As long as properties get; their names begin with this.
    fn full(names: &str) -> Properties {
        let mut properties = Properties::default();
        for n in 0..8 {
            let member = format!(",\"{names}{n}\":");
            let property = Property::new(member.leak(), "Of a test.");
            properties.set(property, &"x".repeat(MAX_TEXT_BYTES - 20).into());
        }
        assert_eq!(properties.dropped, 0);
        properties
    }

    #[test]
    fn a_directive_lists_a_hundred_metrics_and_the_next_one_the_rest() {
        let mut part = Part::default();
        for number in 0..250u8 {
            let metric = metric(&format!("m{number}"));
            part.record(metric, Key::default(), number.into());
        }
        let lines = encoded(&mut Encoder::default(), &mut part, &Properties::default());
        let [line] = lines.as_slice() else {
            panic!("{lines:?}")
        };
        let line = parsed(line);
        let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
        let listed = directives.iter().map(|one| one["Metrics"].as_array());
        let lengths: Vec<_> = listed.map(|metrics| metrics.unwrap().len()).collect();
        assert_eq!(lengths, [MAX_METRICS, MAX_METRICS, 50]);
        assert!((0..250).all(|number| line[format!("m{number}")] == number));
    }

    #[test]
    fn a_line_is_as_long_as_cloudwatch_takes_and_the_next_one_has_the_rest() {
        let mut part = Part {
            properties: full("own"),
            ..Part::default()
        };
        let metrics: Vec<_> = (0..120).map(|n| metric(&format!("m{n:0>200}"))).collect();
        for metric in metrics.iter().copied() {
            // No number is longer.
            (0..MAX_VALUES).for_each(|_| part.record(metric, Key::default(), -f64::MIN_POSITIVE));
        }
        let lines = encoded(&mut Encoder::default(), &mut part, &full("shared"));
        let (_, full) = lines.split_last().unwrap();
        assert!(!full.is_empty());
        for line in full {
            assert!(line.len() > MAX_LINE_BYTES * 3 / 4, "{}", line.len());
        }
        assert!(lines.iter().all(|line| line.len() <= MAX_LINE_BYTES));
        let values = lines.iter().map(|line| line.matches("e-308").count());
        assert_eq!(values.sum::<usize>(), metrics.len() * MAX_VALUES);
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
        let mut part = Part::default();
        part.record(metric, Key::default(), 1.0);
        let mut layout = Layout::default();
        layout.take(&mut part.values.clone(), 0);
        let lines = encoded(&mut Encoder::default(), &mut part, &Properties::default());
        assert!(lines[0].len() <= layout.bytes);
    }

    #[test]
    fn copies_of_a_metric_s_constants_are_one_metric() {
        let mut part = Part::default();
        part.record(metric("m"), Key::default(), 1.0);
        part.record(metric("m"), Key::default(), 2.0);
        let lines = encoded(&mut Encoder::default(), &mut part, &Properties::default());
        let line = parsed(&lines[0]);
        assert_eq!(line["m"], serde_json::json!([1, 2]));
        let metrics = &line["_aws"]["CloudWatchMetrics"][0]["Metrics"];
        assert_eq!(metrics.as_array().map(Vec::len), Some(1));
    }
}
