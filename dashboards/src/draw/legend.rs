//! The legend: a series' name, its colour, and what its values come to.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::chart::Chart;
use super::format::Format;
use super::stacks::{moments, value, within};
use super::text::Text;
use crate::view::{Series, TimeRange};

/// Colours of series; further ones repeat them with another dash.
const COLOURS: usize = 8;
const DASHES: usize = 4;

/// What the legend says of one series.
pub(super) struct Entry<'a> {
    /// Class of its colour and dash.
    pub(super) class: String,
    pub(super) label: &'a str,
    format: Format,
    values: Vec<f64>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(place: usize, series: &'a Series, range: TimeRange, format: Format) -> Self {
        Self {
            class: class(place),
            label: &series.label,
            format,
            values: within(&series.points, range).filter_map(value).collect(),
        }
    }

    /// The name and the newest value.
    pub(super) fn latest(&self) -> String {
        let latest = self.values.last();
        let latest = latest.map_or_else(|| "no data".to_owned(), |value| self.format.value(*value));
        format!("{} {latest}", self.label)
    }

    /// The name, and the last, lowest and highest value.
    pub(super) fn summary(&self) -> String {
        let (Some(last), Some(low), Some(high)) = (
            self.values.last(),
            self.values.iter().copied().min_by(f64::total_cmp),
            self.values.iter().copied().max_by(f64::total_cmp),
        ) else {
            return format!("{}: no data", self.label);
        };
        let [last, low, high] = [*last, low, high].map(|value| self.format.value(value));
        format!("{}: last {last}, min {low}, max {high}", self.label)
    }
}

/// The class of a series' colour and dash.
pub(super) fn class(place: usize) -> String {
    let colour = place % COLOURS;
    match place / COLOURS % DASHES {
        0 => format!("s{colour}"),
        dash => format!("s{colour} d{dash}"),
    }
}

/// A bit of a series' line, 14 pixels wide.
pub(super) fn key() -> Markup {
    html! { line.line x1="0" x2="14" y1="2" y2="2" {} }
}

/// The legend as a list; each entry also holds its values, for the script.
pub(super) fn list(chart: &Chart<'_>, series: &[Series], range: TimeRange) -> Markup {
    let moments = moments(series, range);
    html! {
        ul.legend {
            @for (entry, of) in chart.entries().zip(series) {
                @let by_moment: BTreeMap<i64, f64> = within(&of.points, range)
                    .filter_map(|point| Some((point.at, value(point)?)))
                    .collect();
                @let values: Vec<String> = moments
                    .iter()
                    .map(|at| by_moment.get(at).map(|value| chart.format.value(*value)).unwrap_or_default())
                    .collect();
                li class=(entry.class) title=(Text(&entry.summary())) data-values=(values.join("|")) {
                    svg.key width="14" height="4" aria-hidden="true" { (key()) }
                    span { (Text(entry.label)) }
                }
            }
        }
    }
}
