//! `/dashboards`: which ones there are.

use axum::extract::State;
use axum::response::Response;
use dashboards::model::Dashboard;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::accept::Accept;
use super::page::{Page, Section};
use super::{Console, links};

pub(super) async fn page(State(console): State<Console>, accept: Accept) -> Response {
    let body = html! {
        div.head { h1 { "Dashboards" } }
        (list(&console))
    };
    accept.answer(
        || data(&console),
        || Page::new(Section::Dashboards, "Dashboards", body),
    )
}

fn data(console: &Console) -> Value {
    let one = |dashboard: &Dashboard| {
        let Dashboard {
            title,
            description,
            link,
            ..
        } = dashboard;
        json!({ "uid": link.uid, "title": title, "description": description, "url": links::dashboard(*link) })
    };
    let all: Vec<Value> = console.library.dashboards.iter().map(one).collect();
    json!({ "dashboards": all })
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
