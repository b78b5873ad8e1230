//! The console's style sheet, scripts and icon, which are part of the program.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use dashboards::draw;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::Console;

/// Path, content type and text of each.
const ASSETS: [(&str, &str, &str); 15] = [
    ("/assets/panels.css", CSS, draw::STYLE),
    (
        "/assets/console.css",
        CSS,
        include_str!("assets/console.css"),
    ),
    ("/assets/charts.js", SCRIPT, draw::SCRIPT),
    (
        "/assets/explorer.js",
        SCRIPT,
        include_str!("assets/explorer.js"),
    ),
    ("/assets/main.js", SCRIPT, include_str!("assets/main.js")),
    ("/assets/morph.js", SCRIPT, include_str!("assets/morph.js")),
    (
        "/assets/navigate.js",
        SCRIPT,
        include_str!("assets/navigate.js"),
    ),
    ("/assets/range.js", SCRIPT, include_str!("assets/range.js")),
    (
        "/assets/refresh.js",
        SCRIPT,
        include_str!("assets/refresh.js"),
    ),
    ("/assets/runs.js", SCRIPT, include_str!("assets/runs.js")),
    ("/assets/share.js", SCRIPT, include_str!("assets/share.js")),
    (
        "/assets/shortcuts.js",
        SCRIPT,
        include_str!("assets/shortcuts.js"),
    ),
    ("/assets/theme.js", SCRIPT, include_str!("assets/theme.js")),
    ("/assets/zone.js", SCRIPT, include_str!("assets/zone.js")),
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
