//! Charts of series over time: what is in the plot and along its axes.
//!
//! Everything measures in shares of the place it is put into; only lines have
//! coordinates, which the plot stretches.

use maud::{Markup, html};

use super::format::Format;
use super::legend::Entry;
use super::scale::{Scale, across};
use super::stacks::{self, Mark, Stretches};
use super::text::{Px, Share, Text, number, width};
use super::ticks::moments;
use crate::model::{Edge, Panel, Step, Visual, bounds, steps};
use crate::view::{Series, TimeRange};

/// A width and height in pixels; a page stretches what is drawn for another size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Everything a chart is made of.
pub(super) struct Chart<'a> {
    panel: &'a Panel,
    series: &'a [Series],
    lines: Vec<Stretches>,
    pub(super) stacked: bool,
    range: TimeRange,
    scale: Scale,
    limits: Vec<Step>,
    pub(super) format: Format,
    size: Size,
}

impl<'a> Chart<'a> {
    /// A chart for a plot of about this size.
    pub(super) fn new(
        panel: &'a Panel,
        series: &'a [Series],
        range: TimeRange,
        size: Size,
    ) -> Self {
        let stacked = panel.visual == Visual::StackedSeries;
        let lines = if stacked {
            stacks::stacked(series, range)
        } else {
            stacks::apart(series, range)
        };
        let marks = lines.iter().flatten().flatten();
        let values = marks.flat_map(|mark| mark.base.into_iter().chain([mark.top]));
        Self {
            panel,
            scale: Scale::fit(values, bounds(&panel.thresholds)),
            series,
            lines,
            stacked,
            range,
            limits: steps(&panel.thresholds).collect(),
            format: Format::of(panel),
            size,
        }
    }

    /// Whether there is anything to see.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.iter().all(Vec::is_empty)
    }

    /// The legend's entries, in the order of the series.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        let (panel, range) = (self.panel, self.range);
        let series = self.series.iter();
        series.map(move |of| Entry::new(panel, of, range))
    }

    fn ticks(&self) -> impl Iterator<Item = (f64, String)> {
        const APART: f64 = 36.0;
        let ticks = self
            .scale
            .ticks(most(self.size.height / APART), self.format.unit);
        let step = match ticks.as_slice() {
            [first, second, ..] => second - first,
            _ => ticks.first().copied().unwrap_or_default(),
        };
        ticks
            .into_iter()
            .map(move |tick| (1.0 - self.scale.share(tick), self.format.tick(tick, step)))
    }

    /// How wide the labels of the values are, in pixels.
    pub(super) fn gutter(&self) -> f64 {
        let widths = self.ticks().map(|(_, label)| width(&label).ceil());
        widths.fold(24.0, f64::max) + 8.0
    }

    /// Labels of the values, right-aligned, from top to bottom of the plot.
    pub(super) fn value_labels(&self) -> Markup {
        html! {
            @for (y, label) in self.ticks() {
                text.tick x="100%" dx="-8" y=(Share(y)) dy="4" text-anchor="end" { (Text(&label)) }
            }
        }
    }

    /// Labels of the moments; every other one may be hidden where it is narrow.
    pub(super) fn time_labels(&self) -> Markup {
        html! {
            @for (place, moment) in self.moments().into_iter().enumerate() {
                text.tick.other[place % 2 == 1] data-at=(moment.at) x=(Share(across(self.range, moment.at))) y="15" text-anchor="middle" {
                    (moment.label)
                }
            }
        }
    }

    fn moments(&self) -> Vec<super::ticks::Moment> {
        const APART: f64 = 76.0;
        moments(self.range, most(self.size.width / APART))
    }

    /// Grid, series and limits.
    pub(super) fn plot(&self) -> Markup {
        let Size { width, height } = self.size;
        html! {
            @for (y, _) in self.ticks() {
                line.grid x1="0" x2="100%" y1=(Share(y)) y2=(Share(y)) {}
            }
            @for moment in self.moments() {
                @let x = across(self.range, moment.at);
                line.grid x1=(Share(x)) x2=(Share(x)) y1="0" y2="100%" {}
            }
            svg width="100%" height="100%" viewBox={ "0 0 " (Px(width)) " " (Px(height)) } preserveAspectRatio="none" {
                @for (place, line) in self.lines.iter().enumerate() { (self.line(place, line)) }
            }
            @for limit in &self.limits {
                @if let Some(level) = limit.from.map(Edge::level) {
                    @let y = Share(1.0 - self.scale.share(level));
                    line class={ "limit " (limit.grade.name()) } x1="0" x2="100%" y1=(y) y2=(y) {
                        title { "Threshold " (self.format.value(level)) }
                    }
                }
            }
        }
    }

    fn line(&self, place: usize, line: &Stretches) -> Markup {
        let entry = Entry::new(self.panel, &self.series[place], self.range);
        let (areas, strokes) = (self.areas(line), self.strokes(line));
        let area = if self.stacked { "area stacked" } else { "area" };
        html! {
            g class=(entry.class) {
                title { (Text(&entry.summary())) }
                @if !areas.is_empty() { path class=(area) d=(areas) {} }
                @if !strokes.is_empty() { path.line d=(strokes) {} }
                @let points = self.points(line);
                @if !points.is_empty() { path.points d=(points) {} }
            }
        }
    }

    fn x(&self, mark: &Mark) -> f64 {
        across(self.range, mark.at) * self.size.width
    }

    fn y(&self, value: f64) -> f64 {
        (1.0 - self.scale.share(value)) * self.size.height
    }

    fn strokes(&self, line: &Stretches) -> String {
        let long = line.iter().filter(|stretch| stretch.len() > 1);
        let path =
            long.map(|stretch| path(stretch.iter().map(|mark| (self.x(mark), self.y(mark.top)))));
        path.collect()
    }

    fn areas(&self, line: &Stretches) -> String {
        let long = line.iter().filter(|stretch| stretch.len() > 1);
        let areas = long.map(|stretch| {
            let tops = stretch.iter().map(|mark| (self.x(mark), self.y(mark.top)));
            let bases = stretch.iter().rev().map(|mark| {
                let base = mark.base.unwrap_or(self.scale.base());
                (self.x(mark), self.y(base))
            });
            path(tops.chain(bases)) + "z"
        });
        areas.collect()
    }

    /// Dots, where there is room between them or a value stands alone: lines of no length,
    /// whose round ends stay round however the plot is stretched.
    fn points(&self, line: &Stretches) -> String {
        const APART: f64 = 12.0;
        let count = line.iter().map(Vec::len).sum::<usize>();
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let sparse = self.size.width / count.max(1) as f64 >= APART;
        let dotted = line.iter().filter(|stretch| sparse || stretch.len() == 1);
        let dots = dotted
            .flatten()
            .map(|mark| format!("M{} {}h0", number(self.x(mark)), number(self.y(mark.top))));
        dots.collect()
    }

    /// What somebody who cannot see it hears: the newest values.
    pub(super) fn summary(&self) -> String {
        const MOST: usize = 12;
        let mut parts: Vec<String> = self
            .entries()
            .take(MOST)
            .map(|entry| entry.latest())
            .collect();
        if let Some(more @ 1..) = self.series.len().checked_sub(MOST) {
            parts.push(format!("{more} more"));
        }
        let levels = self
            .limits
            .iter()
            .filter_map(|limit| limit.from.map(Edge::level));
        parts.extend(levels.map(|level| format!("threshold {}", self.format.value(level))));
        format!("{}: {}", self.panel.title, parts.join(", "))
    }

    /// Every moment of a point, and the time between them: `first +next +next`.
    pub(super) fn times(&self) -> String {
        let mut last = 0;
        let moments = stacks::moments(self.series, self.range).into_iter();
        let steps = moments.map(|at| {
            let step = at - last;
            last = at;
            step.to_string()
        });
        steps.collect::<Vec<_>>().join(" ")
    }
}

/// Straight lines through points, written as steps between tenths of a pixel: half as long
/// as coordinates, and without an error that adds up. What is level is one step, however many
/// points it has: nothing happens for most of the time.
pub(super) fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut points = points.map(|(x, y)| (tenths(x), tenths(y)));
    let Some(first) = points.next() else {
        return String::new();
    };
    let (mut last, mut steps) = (first, Vec::<(f64, f64)>::new());
    for (x, y) in points {
        let (right, down) = (x - last.0, y - last.1);
        last = (x, y);
        match steps.last_mut() {
            Some((before, 0.0)) if down == 0.0 && *before * right >= 0.0 => *before += right,
            _ => steps.push((right, down)),
        }
    }
    let mut path = format!("M{} {}l", number(first.0), number(first.1));
    for (right, down) in steps {
        path.push_str(&format!("{} {} ", number(right), number(down)));
    }
    path
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// How many labels there is room for.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 2 and 12"
)]
fn most(room: f64) -> u32 {
    room.clamp(2.0, 12.0) as u32
}
