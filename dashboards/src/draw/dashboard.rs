//! A dashboard as HTML.

use maud::{Markup, html};

use super::{Links, panel};
use crate::model::{Dashboard, place};
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
    const HEADING: View = View::Lines(Vec::new());
    let mut views = views.iter();
    html! {
        div.dashboard {
            @for placed in place(dashboard, |_| true) {
                @let view = if placed.panel.is_some() { views.next() } else { Some(&HEADING) };
                @if let Some(view) = view { (panel(&placed, view, range, links)) }
            }
        }
    }
}
