//! A dashboard as HTML.

use maud::{Markup, html};

use super::text::Text;
use super::{Links, panel};
use crate::model::{Dashboard, GridItem, place};
use crate::view::{TimeRange, View};

/// Rows and panels; `views` are those of [`Dashboard::panels`], in the same order.
///
/// The element is `div.dashboard`. Panels without a view are not drawn.
pub fn dashboard(
    dashboard: &Dashboard,
    views: &[View],
    range: TimeRange,
    links: &dyn Links,
) -> Markup {
    let mut views = views.iter();
    let mut sections: Vec<(GridItem<'_>, Vec<Markup>)> = Vec::new();
    for placed in place(dashboard, |_| true) {
        match (placed.panel, sections.last_mut()) {
            (Some(_), Some((_, panels))) => {
                panels.extend(views.next().map(|view| panel(&placed, view, range, links)));
            }
            _ => sections.push((placed, Vec::new())),
        }
    }
    html! {
        div.dashboard {
            @for (heading, panels) in &sections {
                @let title = html! { h2.row { (Text(&heading.row.title)) } };
                @if heading.row.collapsed {
                    details.collapsed { summary { (title) } div { @for panel in panels { (panel) } } }
                } @else {
                    (title)
                    @for panel in panels { (panel) }
                }
            }
        }
    }
}
