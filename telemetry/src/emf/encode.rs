//! Writes recorded values as lines in CloudWatch's Embedded Metric Format.

use crate::{
    definition::MetricKind,
    property::{CONTINUATION, DROPPED_PROPERTIES, INVALID_VALUES, Property},
};

use super::{
    MAX_METRICS, Part, Properties, json,
    layout::{Layout, Slot},
    part::Recorded,
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
        self.shapes.are_of(envelope.directive);
        let mut last = Opening::default();
        for part in parts {
            self.part(part, envelope, &mut last);
            part.forget_values();
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

    /// A line that only says that there were values which cannot be sent.
    #[cold]
    fn without_metrics(&mut self, part: &mut Part, envelope: &Envelope<'_>) {
        self.lines.extend_from_slice(b"{\"timestamp\":");
        json::integer(&mut self.lines, envelope.timestamp);
        close(&mut self.lines, part, envelope);
    }
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
        out.extend_from_slice(b",\"outcome\":");
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
fn target(slot: &Slot, values: &[Recorded], out: &mut Vec<u8>) {
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
        out.extend_from_slice(b",\"");
        out.extend_from_slice(property.name().as_bytes());
        out.extend_from_slice(b"\":");
        json::integer(out, count.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::definition::{Definition, MetricKind, Namespace, Resolution, Sample};
    use crate::emf::Fragments;
    use crate::unit::Unit;

    const OPEN: Definition = Definition {
        namespace: Namespace::Application,
        name: "open",
        kind: MetricKind::Gauge,
        unit: Unit::Count,
        description: "Orders that are open.",
        sets: &[&[]],
        resolution: Resolution::Minute,
        buckets: None,
        sample: Sample::Wave {
            low: 0.0,
            high: 5.0,
        },
    };

    /// A metric that no catalogue has; there are as many as it takes.
    fn metric(number: usize) -> &'static Fragments {
        let leak = |text: String| &*text.leak();
        Box::leak(Box::new(Fragments {
            definition: leak(format!(",{{\"Name\":\"m{number}\"}}")),
            member: leak(format!(",\"m{number}\":")),
            metric: &OPEN,
            dimensions: "\"Dimensions\":[[]]",
        }))
    }

    #[test]
    fn a_directive_lists_a_hundred_metrics_and_the_next_one_the_rest() {
        let mut part = Part::default();
        for number in 0..250u8 {
            part.record(metric(number.into()), Default::default(), number.into());
        }
        let envelope = Envelope {
            directive: "{\"Namespace\":\"Shop/test\",",
            timestamp: 1,
            properties: &Properties::default(),
            outcome: None,
        };
        let mut encoder = Encoder::default();
        encoder.encode(&mut [part], &envelope);
        let line: Value = serde_json::from_slice(encoder.lines()).unwrap();
        let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
        let listed = directives.iter().map(|one| one["Metrics"].as_array());
        let lengths: Vec<_> = listed.map(|metrics| metrics.unwrap().len()).collect();
        assert_eq!(lengths, [MAX_METRICS, MAX_METRICS, 50]);
        assert!((0..250).all(|number| line[format!("m{number}")] == number));
    }
}
