//! Conditions over time: for each a bar, good where it is 0 and bad where it is 1.

use maud::{Markup, html};

use super::scale::across;
use super::stacks::{value, within};
use super::text::{Share, Text};
use crate::model::Grade;
use crate::model::State;
use crate::view::{Point, Series, TimeRange};

/// A stretch of time in one state; both ends as shares of the width.
pub(super) struct Stretch {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) grade: Grade,
}

/// The bars as a list; a line each.
pub(super) fn list(series: &[Series], range: TimeRange) -> Markup {
    html! {
        ul.states {
            @for one in series {
                li class=(newest(one, range).name()) {
                    span.name { (Text(&one.label)) }
                    svg role="img" aria-label={ (Text(&one.label)) ": " (spoken(one, range)) } { (bar(one, range)) }
                }
            }
        }
    }
}

/// One bar, as wide and as high as its place.
pub(super) fn bar(series: &Series, range: TimeRange) -> Markup {
    html! {
        @for Stretch { start, end, grade } in stretches(&series.points, range) {
            rect class={ "state " (grade.name()) } x=(Share(start)) width=(Share(end - start)) height="100%" {
                title { (Text(&series.label)) ": " (state(grade)) }
            }
        }
    }
}

/// How good the newest value is.
pub(super) fn newest(series: &Series, range: TimeRange) -> Grade {
    let values = within(&series.points, range).filter_map(value);
    values.last().map_or(Grade::Neutral, grade)
}

fn spoken(series: &Series, range: TimeRange) -> &'static str {
    state(newest(series, range))
}

fn grade(value: f64) -> Grade {
    if value == 0.0 {
        Grade::Green
    } else {
        Grade::Red
    }
}

const fn state(grade: Grade) -> &'static str {
    match grade {
        Grade::Green => State::Ok.name(),
        Grade::Neutral => State::InsufficientData.name(),
        _ => State::Alarm.name(),
    }
}

/// Points that follow each other in the same state are one stretch; each reaches to the next.
fn stretches(points: &[Point], range: TimeRange) -> Vec<Stretch> {
    let points: Vec<&Point> = within(points, range).collect();
    let steps = points.windows(2).map(|pair| pair[1].at - pair[0].at);
    let length = steps.min().unwrap_or(range.end - range.start);
    let mut stretches: Vec<Stretch> = Vec::new();
    for point in points {
        let Some(grade) = value(point).map(grade) else {
            continue;
        };
        let (start, end) = (
            across(range, point.at),
            across(range, (point.at + length).min(range.end)),
        );
        match stretches.last_mut() {
            Some(last) if last.grade == grade && (start - last.end).abs() < 1e-9 => last.end = end,
            _ => stretches.push(Stretch { start, end, grade }),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_stays_a_gap_and_equal_neighbours_are_one() {
        let values = [Some(0.0), Some(0.0), Some(1.0), None, Some(1.0)];
        let points: Vec<_> = (0..)
            .zip(values)
            .map(|(at, value)| Point { at, value })
            .collect();
        let range = TimeRange { start: 0, end: 5 };
        let found = stretches(&points, range).into_iter();
        let found: Vec<_> = found.map(|one| (one.start, one.end, one.grade)).collect();
        let (green, red) = (Grade::Green, Grade::Red);
        assert_eq!(found, [(0.0, 0.4, green), (0.4, 0.6, red), (0.8, 1.0, red)]);
    }
}
