//! A panel as HTML.

use maud::{Markup, html};

use super::chart::{Chart, Size};
use super::text::{Px, Text};
use super::{Links, legend, stat, table, timeline};
use crate::model::{Cell, GridItem, Panel, Visual};
use crate::view::{Series, TimeRange, View};

/// Pixels of a column and of a grid row, of the space between panels, and of what is in a
/// panel around its chart.
pub(super) const COLUMN: f64 = 50.0;
pub(super) const ROW: f64 = 38.0;
pub(super) const GAP: f64 = 8.0;
pub(super) const HEADER: f64 = 32.0;
pub(super) const TIMES: f64 = 20.0;
pub(super) const LEGEND: f64 = 24.0;

/// The size of a cell on a page that is 1,200 pixels wide.
pub(super) fn size(cell: Cell) -> Size {
    Size {
        width: f64::from(cell.w) * COLUMN - GAP,
        height: f64::from(cell.h) * ROW - GAP,
    }
}

/// A panel, or the heading of a row.
///
/// The element is `article.panel`; its `data-panel` is the id of [`GridItem`]. It measures
/// itself by the classes `w<columns>` and `h<rows>`.
pub fn panel(placed: &GridItem<'_>, view: &View, range: TimeRange, links: &dyn Links) -> Markup {
    let Some(panel) = placed.panel else {
        return html! { h2.row { (Text(&placed.row.title)) } };
    };
    let Cell { w, h, .. } = placed.cell;
    html! {
        article class={ "panel w" (w) " h" (h) } data-panel=(placed.id) {
            header {
                h3 {
                    @if let Some(address) = links.panel(placed.id) {
                        a href=(Text(&address)) { (Text(&panel.title)) }
                    } @else {
                        (Text(&panel.title))
                    }
                }
                @if !panel.description.is_empty() {
                    button.about type="button" aria-label=(Text(&panel.description)) {
                        span aria-hidden="true" { (Text(&panel.description)) }
                    }
                }
                @if let Some(address) = links.panel(placed.id) { (menu(panel, &address)) }
            }
            (body(panel, view, range, placed.cell, links))
        }
    }
}

/// What can be done with a panel: the script does it, but for the first.
fn menu(panel: &Panel, address: &str) -> Markup {
    let numbers = !matches!(
        panel.visual,
        Visual::Stat(_) | Visual::ServiceMap | Visual::Logs
    );
    let charts = matches!(panel.visual, Visual::TimeSeries | Visual::StackedSeries);
    html! {
        details.menu {
            summary aria-label={ "Menu of " (Text(&panel.title)) } { span aria-hidden="true" { "⋮" } }
            div {
                a href=(Text(address)) { "View, with its queries" }
                @if charts { button type="button" data-do="table" { "Show as table" } }
                @if numbers { button type="button" data-do="csv" { "Download CSV" } }
                button type="button" data-do="link" data-link=(Text(address)) { "Copy link" }
            }
        }
    }
}

fn body(panel: &Panel, view: &View, range: TimeRange, cell: Cell, links: &dyn Links) -> Markup {
    match view {
        View::Series(series) if panel.visual == Visual::StateTimeline => {
            timeline::list(series, range)
        }
        View::Series(series) => chart(panel, series, range, size(cell)),
        View::Number(number) => html! {
            svg.stat role="img" aria-label=(Text(&stat::summary(panel, number))) {
                (stat::drawing(panel, number, range, size(cell)))
            }
        },
        View::Table(rows) if !rows.rows.is_empty() => table::table(panel, rows, links),
        View::Lines(lines) if !lines.is_empty() => table::lines(panel, lines),
        View::Table(_) | View::Lines(_) => nothing("No data"),
        View::Unavailable(why) => nothing(why),
    }
}

fn nothing(why: &str) -> Markup {
    html! { p.nothing { (Text(why)) } }
}

fn chart(panel: &Panel, series: &[Series], range: TimeRange, size: Size) -> Markup {
    let plot = Size {
        width: size.width - 60.0,
        height: size.height - HEADER - TIMES - LEGEND - GAP,
    };
    let chart = Chart::new(panel, series, range, plot);
    if chart.is_empty() {
        return nothing(panel.nothing());
    }
    html! {
        div.chart tabindex="0" role="group" aria-label=(Text(&panel.title)) data-start=(range.start) data-end=(range.end) data-times=(chart.times()) {
            svg.values width=(Px(chart.gutter())) aria-hidden="true" { (chart.value_labels()) }
            svg.plot role="img" aria-label=(Text(&chart.summary())) { (chart.plot()) }
            svg.times aria-hidden="true" { (chart.time_labels()) }
        }
        (legend::list(panel, series, range))
    }
}
