//! Tables and log lines.

use std::borrow::Cow;

use maud::{Markup, html};

use super::Links;
use super::format::{Format, moment};
use super::ids::ids;
use super::text::Text;
use crate::model::logs::Shape;
use crate::model::{DisplayUnit, Grade, Link, Panel, Source};
use crate::view::{Cell, Line, Table};

/// How a column's values are written, and where they lead.
pub(super) struct Column<'a> {
    pub(super) name: &'a str,
    pub(super) format: Format,
    pub(super) link: Option<Link>,
    /// Whether it holds numbers only, which stand at the right.
    pub(super) numeric: bool,
    /// What stands for a dimension that has no value yet.
    blank: Option<&'static str>,
}

/// The columns of a table as the panel defines them.
pub(super) fn columns<'a>(panel: &Panel, table: &'a Table) -> Vec<Column<'a>> {
    let columns = table.columns.iter().enumerate();
    let dimensions = dimensions(panel);
    columns
        .map(|(place, name)| {
            let mut cells = table.rows.iter().filter_map(|row| row.get(place));
            let link = panel.links.iter().find(|link| link.column.name() == name);
            Column {
                name,
                format: Format::unit(unit(panel, name)),
                link: link.map(|link| link.link),
                numeric: cells.all(|cell| matches!(cell, Cell::Number(_) | Cell::Empty)),
                blank: panel.blank.filter(|_| dimensions.contains(name)),
            }
        })
        .collect()
}

fn shapes(panel: &Panel) -> impl Iterator<Item = &Shape> {
    panel
        .targets
        .iter()
        .filter_map(|target| match &target.source {
            Source::Logs(query) => Some(&query.shape),
            _ => None,
        })
}

/// The columns that hold values of dimensions.
fn dimensions(panel: &Panel) -> Vec<String> {
    let columns = shapes(panel).flat_map(Shape::columns_of_dimensions);
    columns.map(|(column, _)| column).collect()
}

fn unit(panel: &Panel, column: &str) -> DisplayUnit {
    let mut columns = shapes(panel).flat_map(|shape| match shape {
        Shape::Table { columns, .. } => columns.as_slice(),
        _ => &[],
    });
    let named = columns.find(|of| of.name == column);
    let own = named.and_then(|of| of.aggregate.unit());
    own.unwrap_or_else(|| panel.shown_unit())
}

/// A cell as text.
pub(super) fn text<'a>(column: &Column<'_>, cell: &'a Cell) -> Cow<'a, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(column.blank.unwrap_or_default()),
        Cell::Number(number) if number.is_finite() => Cow::Owned(column.format.value(*number)),
        Cell::Number(_) => Cow::Borrowed("no number"),
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Time(at) => Cow::Owned(moment(*at)),
    }
}

/// A table that scrolls within its panel.
pub(super) fn table(panel: &Panel, table: &Table, links: &dyn Links) -> Markup {
    let columns = columns(panel, table);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(Text(&panel.title)) {
            table {
                thead { tr {
                    @for column in &columns {
                        th.number[column.numeric] scope="col" { (Text(column.name)) }
                    }
                } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (column, cell) in columns.iter().zip(row) {
                                td class=[column.numeric.then_some("number").or(class(panel, cell))] { (field(column, cell, links)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The class of a cell whose value is good or bad in itself.
pub(super) fn class(panel: &Panel, cell: &Cell) -> Option<&'static str> {
    match cell {
        Cell::Text(text) => panel.grade_of(text).map(Grade::name),
        _ => None,
    }
}

fn field(column: &Column<'_>, cell: &Cell, links: &dyn Links) -> Markup {
    let text = text(column, cell);
    let address = match column.link {
        Some(link) if !text.is_empty() => links.cell(link, &text),
        _ => None,
    };
    html! {
        @if let Some(address) = address {
            a href=(Text(&address)) { (Text(&text)) }
        } @else if column.link.is_some() {
            span.link { (Text(&text)) }
        } @else if let Cell::Time(at) = cell {
            (time(*at))
        } @else {
            (Text(&text))
        }
    }
}

/// A moment in milliseconds since 1970, which a page may write in its reader's time zone.
fn time(at: i64) -> Markup {
    let iso = jiff::Timestamp::from_millisecond(at).map(|at| format!("{at:.3}"));
    html! { time datetime=[iso.ok()] data-show="date" { (moment(at)) } }
}

/// Log lines, each with its time.
pub(super) fn lines(panel: &Panel, lines: &[Line]) -> Markup {
    let ids = ids(
        &panel.title,
        lines.iter().map(|line| (line.at, &line.message)),
    );
    html! {
        ol.scroll.lines tabindex="0" role="list" aria-label=(Text(&panel.title)) {
            @for (line, id) in lines.iter().zip(ids) {
                li id=(id) { (time(line.at)) " " code { (Text(&line.message)) } }
            }
        }
    }
}
