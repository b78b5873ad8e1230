//! The console's style sheet, scripts and icon, which are part of the program.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use dashboards::draw;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::Console;

/// Path, content type and text of each.
const ASSETS: [(&str, &str, &str); 7] = [
    ("/assets/panels.css", CSS, draw::STYLE),
    (
        "/assets/console.css",
        CSS,
        include_str!("assets/console.css"),
    ),
    ("/assets/hover.js", SCRIPT, draw::SCRIPT),
    (
        "/assets/console.js",
        SCRIPT,
        include_str!("assets/console.js"),
    ),
    ("/assets/runs.js", SCRIPT, include_str!("assets/runs.js")),
    ("/assets/theme.js", SCRIPT, include_str!("assets/theme.js")),
    (
        "/assets/icon.svg",
        "image/svg+xml",
        include_str!("assets/icon.svg"),
    ),
];
const CSS: &str = "text/css";
const SCRIPT: &str = "text/javascript";

pub(super) fn router() -> Router<Console> {
    ASSETS
        .into_iter()
        .fold(Router::new(), |router, (path, kind, text)| {
            router.route(path, get(async move || asset(kind, text)))
        })
}

/// Small, from the same machine, and new with every build: not worth a cache of its own.
fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], text)
}
