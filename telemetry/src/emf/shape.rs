//! The opening of a line, kept for the next event that records the same.
//!
//! Invocations of one route record the same metrics with the same dimension values over
//! and over; only the values and the properties differ. What does not is copied as one.

use std::ptr;

use crate::dimension::Key;

use super::{Fragments, draft::Observation};

/// Events with more values are laid out anew each time. Keeps a line of a known shape
/// far below [`MAX_LINE_BYTES`](super::MAX_LINE_BYTES).
const MAX_SHAPE: usize = 16;
/// How many shapes are kept; a route needs one or two.
const MAX_SHAPES: usize = 8;

/// Shapes seen before, of one namespace.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    namespace: String,
    known: Vec<Shape>,
    /// The shape that a new one takes the place of.
    oldest: usize,
}

/// What was recorded, in order, each metric once; and the text from the directives to
/// the dimension values that follows from it.
#[derive(Debug)]
struct Shape {
    recorded: Vec<(&'static Fragments, Key)>,
    text: Vec<u8>,
}

impl Shape {
    fn is_of(&self, values: &[Observation]) -> bool {
        let same = |(known, value): (&(&'static Fragments, Key), &Observation)| {
            ptr::eq(known.0, value.metric) && known.1 == value.key
        };
        self.recorded.len() == values.len() && self.recorded.iter().zip(values).all(same)
    }
}

impl Shapes {
    /// Forgets the shapes of another namespace.
    pub(crate) fn reset_for(&mut self, namespace: &str) {
        if self.namespace != namespace {
            namespace.clone_into(&mut self.namespace);
            self.known.clear();
            self.oldest = 0;
        }
    }

    /// The text of the shape of these values, if they were seen before.
    pub(crate) fn find(&self, values: &[Observation]) -> Option<&[u8]> {
        let mut known = self.known.iter();
        let shape = known.find(|shape| shape.is_of(values))?;
        Some(&shape.text)
    }

    /// Keeps the text for values of which each is the only one of its metric.
    pub(crate) fn keep(&mut self, values: &[Observation], text: &[u8]) {
        if values.len() > MAX_SHAPE {
            return;
        }
        let recorded = values.iter().map(|value| (value.metric, value.key));
        let shape = Shape {
            recorded: recorded.collect(),
            text: text.to_vec(),
        };
        if self.known.len() < MAX_SHAPES {
            self.known.push(shape);
        } else {
            self.known[self.oldest] = shape;
            self.oldest = (self.oldest + 1) % MAX_SHAPES;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emf::{Draft, fragments::fixture::metric};

    /// One value of each of so many metrics.
    fn values(metrics: usize) -> Vec<Observation> {
        let mut draft = Draft::default();
        for n in 0..metrics {
            draft.record(metric(&format!("m{n}")), Key::default(), 1.0);
        }
        draft.values
    }

    #[test]
    fn eight_shapes_are_kept_and_the_oldest_goes_first() {
        let all: Vec<_> = (1..=MAX_SHAPES + 2).map(values).collect();
        let mut shapes = Shapes::default();
        for values in &all {
            shapes.keep(values, values.len().to_string().as_bytes());
        }
        assert_eq!(shapes.known.len(), MAX_SHAPES);
        for (position, values) in all.iter().enumerate() {
            let text = shapes.find(values).map(<[u8]>::to_vec);
            let expected = (position >= 2).then(|| values.len().to_string().into_bytes());
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn only_an_event_of_few_values_has_a_shape() {
        let mut shapes = Shapes::default();
        for (count, kept) in [(MAX_SHAPE, true), (MAX_SHAPE + 1, false)] {
            let values = values(count);
            shapes.keep(&values, b"text");
            assert_eq!(shapes.find(&values).is_some(), kept);
        }
    }
}
