//! Series as unbroken stretches, each on its own or one on the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::view::{Point, Series, TimeRange};

/// A value, and what it stands on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) at: i64,
    /// The top of the series below; `None` on the axis.
    pub(super) base: Option<f64>,
    pub(super) top: f64,
}

/// The unbroken stretches of one series.
pub(super) type Stretches = Vec<Vec<Mark>>;

/// The series as they are.
pub(super) fn apart(series: &[Series], range: TimeRange) -> Vec<Stretches> {
    let mark = |at, top| Mark {
        at,
        base: None,
        top,
    };
    let series = series.iter();
    series
        .map(|of| stretches(&of.points, range, mark))
        .collect()
}

/// Each series on those before it; what is negative grows downwards.
pub(super) fn stacked(series: &[Series], range: TimeRange) -> Vec<Stretches> {
    let mut heaps: BTreeMap<i64, [f64; 2]> = BTreeMap::new();
    let mut on_heap = |at, value: f64| {
        let heap = &mut heaps.entry(at).or_default()[usize::from(value < 0.0)];
        let base = *heap;
        *heap += value;
        Mark {
            at,
            base: Some(base),
            top: *heap,
        }
    };
    let series = series.iter();
    series
        .map(|of| stretches(&of.points, range, &mut on_heap))
        .collect()
}

/// Points within the range, broken where there is no value.
fn stretches(
    points: &[Point],
    range: TimeRange,
    mut mark: impl FnMut(i64, f64) -> Mark,
) -> Stretches {
    let mut stretches = vec![Vec::new()];
    for point in within(points, range) {
        match (value(point), stretches.last_mut()) {
            (Some(value), Some(last)) => last.push(mark(point.at, value)),
            _ => stretches.push(Vec::new()),
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

/// The points of a range.
pub(super) fn within(points: &[Point], range: TimeRange) -> impl Iterator<Item = &Point> {
    let shown = range.start..range.end;
    points.iter().filter(move |point| shown.contains(&point.at))
}

/// A number that can be drawn.
pub(super) fn value(point: &Point) -> Option<f64> {
    point.value.filter(|value| value.is_finite())
}

/// Every moment at which any series has a point.
pub(super) fn moments(series: &[Series], range: TimeRange) -> BTreeSet<i64> {
    let points = series.iter().flat_map(|of| within(&of.points, range));
    points.map(|point| point.at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: TimeRange = TimeRange { start: 0, end: 10 };

    fn series(values: &[Option<f64>]) -> Series {
        let points = (0..)
            .zip(values)
            .map(|(at, value)| Point { at, value: *value });
        Series {
            label: String::new(),
            place: 0,
            points: points.collect(),
        }
    }

    #[test]
    fn gaps_and_what_is_no_number_break_a_line() {
        let line = series(&[
            Some(1.0),
            None,
            Some(2.0),
            Some(3.0),
            Some(f64::NAN),
            Some(4.0),
        ]);
        let lengths: Vec<usize> = apart(&[line], RANGE)[0].iter().map(Vec::len).collect();
        assert_eq!(lengths, [1, 2, 1]);
    }

    #[test]
    fn stacks_grow_in_both_directions() {
        let all = [
            series(&[Some(2.0)]),
            series(&[Some(-1.0)]),
            series(&[Some(3.0)]),
        ];
        let marks = stacked(&all, RANGE).concat().concat();
        let sides: Vec<_> = marks.iter().map(|mark| (mark.base, mark.top)).collect();
        assert_eq!(
            sides,
            [(Some(0.0), 2.0), (Some(0.0), -1.0), (Some(2.0), 5.0)]
        );
    }

    #[test]
    fn what_is_outside_the_range_is_not_drawn() {
        let mut line = series(&[Some(1.0), Some(2.0)]);
        line.points[1].at = 10;
        assert_eq!(apart(&[line], RANGE)[0].concat().len(), 1);
    }
}
