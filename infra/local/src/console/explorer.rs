//! `/explorer`: every call of the API, from its OpenAPI document, to be made from here. A
//! recorded request opens with its own values in the address.

use axum::extract::State;
use axum::response::Response;
use maud::html;
use serde_json::json;

use super::Console;
use super::page::{Page, Section};
use super::wanted::Wanted;

/// Where the document is.
const DOCUMENT: &str = "/api/openapi.json";

pub(super) async fn page(State(console): State<Console>, wanted: Wanted) -> Response {
    let base = format!("http://{}", console.addr);
    let body = html! {
        div.head { h1 { "API" } span.detail { "at " code { (base) } } }
        p.note { "Made from " a href=(DOCUMENT) { "the OpenAPI document" } ". A call from here is a real one: it counts in metrics and alarms." }
        div.explorer #explorer data-document=(DOCUMENT) aria-live="off" { p.empty { "Reading the document …" } }
        noscript { p.note { "Calling needs JavaScript; the document reads without." } }
    };
    wanted.answer(
        || json!({ "document": DOCUMENT, "base": base }),
        || Page::new(Section::Api, "API", body).script("/assets/explorer.js"),
    )
}
