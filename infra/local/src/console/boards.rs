//! `/dashboards`: which ones there are.

use axum::extract::State;
use maud::{Markup, html};

use super::page::{Page, Section};
use super::{Console, links};

pub(super) async fn page(State(console): State<Console>) -> Page {
    let body = html! {
        div.head { h1 { "Dashboards" } }
        (list(&console))
    };
    Page::new(Section::Dashboards, "Dashboards", body)
}

/// Every dashboard, and what questions it answers.
pub(super) fn list(console: &Console) -> Markup {
    html! {
        ul.boards {
            @for dashboard in &console.library.dashboards {
                li {
                    a href=(links::dashboard(dashboard.link)) { (dashboard.title) }
                    p { (dashboard.description) }
                }
            }
        }
    }
}
