//! Tables and log lines as text of a picture: as many rows as there is room for.

use maud::{Markup, html};

use super::PADDING;
use crate::draw::chart::Size;
use crate::draw::format::moment;
use crate::draw::table::{class, columns, text};
use crate::draw::text::{Px, Share, Text, fit, width};
use crate::draw::timeline;
use crate::model::Panel;
use crate::view::{Line, Series, Table, TimeRange};

const ROW: f64 = 24.0;
/// How far a text's base line is below the top of its row.
const BASE: f64 = 16.0;

/// A table, its columns as wide as their texts if there is room for all.
pub(super) fn table(panel: &Panel, table: &Table, size: Size) -> Markup {
    let columns = columns(panel, table);
    let rows: Vec<Vec<_>> = table
        .rows
        .iter()
        .take(shown(size))
        .map(|row| {
            let cells = columns.iter().zip(row);
            cells
                .map(|(column, cell)| (text(column, cell), class(panel, cell)))
                .collect()
        })
        .collect();
    let names = columns.iter().map(|column| column.name);
    let wanted: Vec<f64> = names
        .enumerate()
        .map(|(place, name)| {
            let cells = rows
                .iter()
                .filter_map(|row| row.get(place))
                .map(|(cell, _)| width(cell));
            cells.fold(width(name), f64::max) + 2.0 * PADDING
        })
        .collect();
    let places = places(&wanted, size.width);
    html! {
        @for (column, (x, room)) in columns.iter().zip(&places) {
            text.heading x=(Px(x + PADDING)) y=(Px(BASE)) { (Text(&fit(column.name, *room))) }
        }
        @for (y, row) in (1_u32..).map(|place| f64::from(place) * ROW).zip(&rows) {
            line.rule x1="0" x2="100%" y1=(Px(y)) y2=(Px(y)) {}
            @for ((column, (cell, class)), (x, room)) in columns.iter().zip(row).zip(&places) {
                @let cell = fit(cell, *room);
                @if column.numeric {
                    text.cell x=(Px(x + PADDING + room)) y=(Px(y + BASE)) text-anchor="end" { (Text(&cell)) }
                } @else {
                    g class=[class] {
                        text.cell.link[column.link.is_some()].graded[class.is_some()] x=(Px(x + PADDING)) y=(Px(y + BASE)) { (Text(&cell)) }
                    }
                }
            }
        }
        (more(table.rows.len(), rows.len()))
    }
}

/// Where columns begin and how much room their text has; all of them share `room`.
fn places(wanted: &[f64], room: f64) -> Vec<(f64, f64)> {
    let shrink = room / wanted.iter().sum::<f64>().max(1.0);
    let mut x = 0.0;
    let place = |width: &f64| {
        let (start, width) = (x, width * shrink);
        x += width;
        (start, width - 2.0 * PADDING)
    };
    wanted.iter().map(place).collect()
}

/// Conditions: a name and its bar in each line.
pub(super) fn states(series: &[Series], range: TimeRange, size: Size) -> Markup {
    const NAMES: f64 = 220.0;
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let line = size.height / series.len().max(1) as f64;
    let tops = (0_u32..).map(|place| f64::from(place) * line);
    html! {
        @for (y, one) in tops.zip(series) {
            text x="0" y=(Px(y + line / 2.0)) dy="4" { (Text(&fit(&one.label, NAMES))) }
            svg x=(Px(NAMES)) y=(Px(y + 1.0)) width=(Px(size.width - NAMES)) height=(Px(line - 2.0)) {
                (timeline::bar(one, range))
            }
        }
    }
}

/// Log lines, each cut at the edge.
pub(super) fn lines(lines: &[Line], size: Size) -> Markup {
    const TIME: f64 = 140.0;
    let shown = &lines[..lines.len().min(shown(size))];
    html! {
        @for (y, line) in (0_u32..).map(|place| f64::from(place) * ROW + BASE).zip(shown) {
            text.time x=(Px(PADDING)) y=(Px(y)) { (moment(line.at)) }
            text.code x=(Px(TIME)) y=(Px(y)) { (Text(&fit(&line.message, size.width - TIME))) }
        }
        (more(lines.len(), shown.len()))
    }
}

/// How many rows there is room for, below a line of headings and above the last one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small positive number"
)]
fn shown(size: Size) -> usize {
    (size.height / ROW - 1.5).max(1.0) as usize
}

fn more(all: usize, shown: usize) -> Markup {
    html! {
        @if all > shown {
            text.time x="50%" y=(Share(1.0)) dy="-4" text-anchor="middle" { (all - shown) " more rows" }
        }
    }
}
