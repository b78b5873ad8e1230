//! The legend: a series' name, its colour, and what its values come to.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::format::Format;
use super::stacks::{value, within};
use super::text::Text;
use crate::model::Panel;
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
    pub(super) fn new(panel: &Panel, series: &'a Series, range: TimeRange) -> Self {
        Self {
            class: class(panel, series),
            label: &series.label,
            format: Format::of(panel),
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

/// The class of a series' colour and dash: that of its grade, or that of its place.
pub(super) fn class(panel: &Panel, series: &Series) -> String {
    if let Some(grade) = panel.grade_of(&series.label) {
        return grade.name().to_owned();
    }
    let colour = series.place % COLOURS;
    match series.place / COLOURS % DASHES {
        0 => format!("s{colour}"),
        dash => format!("s{colour} d{dash}"),
    }
}

/// A bit of a series' line, 14 pixels wide.
pub(super) fn key() -> Markup {
    html! { line.line x1="0" x2="14" y1="2" y2="2" {} }
}

/// The legend as a list; each entry also holds its values, for the script.
pub(super) fn list(panel: &Panel, series: &[Series], range: TimeRange) -> Markup {
    let entries = series.iter().map(|one| Entry::new(panel, one, range));
    html! {
        ul.legend {
            @for (entry, values) in entries.zip(values(series, range, Format::of(panel))) {
                li class=(entry.class) title=(Text(&entry.summary())) data-values=(values) {
                    button type="button" aria-pressed="true" {
                        svg.key width="14" height="4" aria-hidden="true" { (key()) }
                        span { (Text(entry.label)) }
                    }
                }
            }
        }
    }
}

/// For each series its values at every moment: `place value|place value|...`, where places
/// count from the highest value of the moment, in whose order the script shows them. The same as
/// at the moment before is `=`.
fn values(series: &[Series], range: TimeRange, format: Format) -> Vec<String> {
    let mut texts = vec![String::new(); series.len()];
    let mut by_moment: BTreeMap<i64, Vec<(usize, f64)>> = BTreeMap::new();
    for (number, one) in series.iter().enumerate() {
        for point in within(&one.points, range) {
            let values = by_moment.entry(point.at).or_default();
            values.extend(value(point).map(|value| (number, value)));
        }
    }
    let mut last = texts.clone();
    for (moment, mut values) in by_moment.into_values().enumerate() {
        values.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let mut now = vec![String::new(); series.len()];
        for (place, (number, value)) in values.into_iter().enumerate() {
            now[number] = format!("{place} {}", format.value(value));
        }
        for (text, (now, last)) in texts.iter_mut().zip(now.iter().zip(&last)) {
            let same = !now.is_empty() && now == last;
            text.push_str(if moment > 0 { "|" } else { "" });
            text.push_str(if same { "=" } else { now });
        }
        last = now;
    }
    texts
}
