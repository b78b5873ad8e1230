//! `/explorer`: every call of the API, from its OpenAPI document, to be made from here, also on
//! tables that misbehave. `request` is the id of a recorded one that is to be sent again.

use axum::extract::State;
use axum::response::Response;
use maud::html;
use serde_json::json;

use super::Console;
use super::accept::Accept;
use super::page::{Page, Section};
use crate::injection::FAULTS;

/// Where the document is.
const DOCUMENT: &str = "/api/openapi.json";

pub(super) async fn page(State(console): State<Console>, accept: Accept) -> Response {
    let base = format!("http://{}", console.addr);
    let body = html! {
        div.head { h1 { "API" } span.detail { "at " code { (base) } } }
        p.note { "Made from " a href=(DOCUMENT) { "the OpenAPI document" } ". A call from here is a real one: it counts in metrics and alarms." }
        div.fields {
            label for="fault" { "Fault" }
            select #fault {
                option value="" { "none" }
                @for (name, what, _) in FAULTS { option value=(name) { (what) } }
            }
            p.hint { "A proxy between the API and its tables does this to each of their calls." }
        }
        div.explorer #explorer data-document=(DOCUMENT) aria-live="off" { p.empty { "Reading the document …" } }
        noscript { p.note { "Calling needs JavaScript; the document reads without." } }
    };
    accept.answer(
        || json!({ "document": DOCUMENT, "base": base, "faults": FAULTS.map(|(name, ..)| name) }),
        || Page::new(Section::Api, "API", body).script("/assets/explorer.js"),
    )
}
