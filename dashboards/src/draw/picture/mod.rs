//! A dashboard as one SVG: for pull requests and documents.

mod names;
mod rows;

use maud::{Markup, Render, html};

use super::chart::{Chart, Size};
use super::panel::{COLUMN, GAP, HEADER, ROW, TIMES, size};
use super::stat;
use super::text::{Px, Text, fit};
use crate::model::{COLUMNS, Cell, Dashboard, GridItem, Panel, Visual, place};
use crate::view::{Series, TimeRange, View};

/// Space around everything, and the height of the title.
const MARGIN: f64 = 16.0;
const TITLE: f64 = 56.0;
/// Space within a panel.
pub(super) const PADDING: f64 = 8.0;

/// The style sheet of a picture; it follows the viewer's light or dark theme.
const STYLE: &str = concat!(include_str!("../theme.css"), include_str!("../ink.css"));

/// A rectangle of the picture.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) size: Size,
}

/// The whole dashboard; `views` are those of [`Dashboard::panels`], in the same order.
///
/// The text is well-formed XML, complete without any other file.
pub fn picture(dashboard: &Dashboard, views: &[View], range: TimeRange) -> String {
    // Nobody can open a row of a picture.
    let mut opened = dashboard.clone();
    opened.rows.iter_mut().for_each(|row| row.collapsed = false);
    let placed = place(&opened, |_| true);
    let rows = placed.iter().map(|placed| placed.cell.y + placed.cell.h);
    let height = f64::from(rows.max().unwrap_or_default()) * ROW + TITLE + MARGIN;
    let width = f64::from(COLUMNS) * COLUMN - GAP + 2.0 * MARGIN;
    let mut views = views.iter();
    let markup = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(Px(width)) height=(Px(height))
            viewBox={ "0 0 " (Px(width)) " " (Px(height)) } role="img" aria-label=(Text(&dashboard.title)) {
            style { (STYLE) }
            rect.canvas width="100%" height="100%" {}
            text.title x=(Px(MARGIN)) y="26" { (Text(&dashboard.title)) }
            text.subtitle x=(Px(MARGIN)) y="45" { (Text(&dashboard.description)) }
            @for placed in &placed {
                @if placed.panel.is_none() {
                    (heading(placed))
                } @else if let (Some(panel), Some(view)) = (placed.panel, views.next()) {
                    (framed(panel, view, range, placed.cell))
                }
            }
        }
    };
    markup.into_string() + "\n"
}

fn heading(placed: &GridItem<'_>) -> Markup {
    let y = TITLE + f64::from(placed.cell.y) * ROW;
    html! { text.row x=(Px(MARGIN)) y=(Px(y + 22.0)) { (Text(&placed.row.title)) } }
}

fn framed(panel: &Panel, view: &View, range: TimeRange, cell: Cell) -> Markup {
    let place = Place {
        x: MARGIN + f64::from(cell.x) * COLUMN,
        y: TITLE + f64::from(cell.y) * ROW,
        size: size(cell),
    };
    let room = place.size.width - 2.0 * PADDING;
    let inside = Place {
        x: PADDING,
        y: HEADER,
        size: Size {
            width: room,
            height: place.size.height - HEADER - PADDING,
        },
    };
    svg(
        place,
        html! {
            title { (Text(&panel.description)) }
            rect.panel x=".5" y=".5" width=(Px(place.size.width - 1.0)) height=(Px(place.size.height - 1.0)) rx="2" {}
            text.heading x=(Px(PADDING)) y="21" { (Text(&fit(&panel.title, room))) }
            (body(panel, view, range, inside))
        },
    )
}

fn body(panel: &Panel, view: &View, range: TimeRange, place: Place) -> Markup {
    match view {
        View::Series(series) if panel.visual == Visual::StateTimeline => {
            svg(place, rows::states(series, range, place.size))
        }
        View::Series(series) => chart(panel, series, range, place),
        View::Number(number) => svg(place, stat::drawing(panel, number, range, place.size)),
        View::Table(table) if !table.rows.is_empty() => {
            svg(place, rows::table(panel, table, place.size))
        }
        View::Lines(lines) if !lines.is_empty() => svg(place, rows::lines(lines, place.size)),
        View::Table(_) | View::Lines(_) => nothing("No data", place),
        View::Unavailable(why) => nothing(why, place),
    }
}

fn nothing(why: &str, place: Place) -> Markup {
    let line = fit(why, place.size.width);
    svg(
        place,
        html! { text.nothing x="50%" y="45%" text-anchor="middle" { (Text(&line)) } },
    )
}

fn chart(panel: &Panel, series: &[Series], range: TimeRange, place: Place) -> Markup {
    let Size { width, height } = place.size;
    let names = names::Names::of(panel, series, width);
    let height = height - TIMES - names.height();
    let plot = |gutter: f64| Place {
        x: place.x + gutter,
        size: Size {
            width: width - gutter - PADDING,
            height,
        },
        ..place
    };
    let gutter = Chart::new(panel, series, range, plot(0.0).size).gutter();
    let plot = plot(gutter);
    let chart = Chart::new(panel, series, range, plot.size);
    if chart.is_empty() {
        return nothing(panel.nothing(), place);
    }
    let values = Size {
        width: gutter,
        height,
    };
    let times = Size {
        height: TIMES,
        ..plot.size
    };
    let below = Size {
        width,
        height: names.height(),
    };
    html! {
        (svg(plot, chart.plot()))
        g.labels {
            (svg(Place { size: values, ..place }, chart.value_labels()))
            (svg(Place { size: times, y: place.y + height, ..plot }, chart.time_labels()))
        }
        (svg(Place { size: below, y: place.y + height + TIMES, ..place }, names.drawing()))
    }
}

fn svg(place: Place, inside: impl Render) -> Markup {
    let Place { x, y, size } = place;
    html! {
        svg x=(Px(x)) y=(Px(y)) width=(Px(size.width)) height=(Px(size.height)) { (inside) }
    }
}
