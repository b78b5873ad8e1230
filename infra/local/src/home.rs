//! `/`: what this server is and where its parts are, as a page for a browser
//! and as text for curl.

use std::net::SocketAddr;

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, header};

const PAGE: &str = include_str!("home.html");
const TEXT: &str = include_str!("home.txt");

/// Serves `/` for a server that listens at `addr`.
pub(crate) fn router(addr: SocketAddr) -> Router {
    let fill = |template: &str| template.replace("{base}", &format!("http://{addr}"));
    let (page, text) = (fill(PAGE), fill(TEXT));
    Router::new().route(
        "/",
        get(async move |headers| answer(&headers, &page, &text)),
    )
}

/// HTML where the client asks for it by name, else text.
fn answer(headers: &HeaderMap, page: &str, text: &str) -> Response {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    let body = if accept.is_some_and(|types| types.contains("text/html")) {
        Html(page.to_owned()).into_response()
    } else {
        text.to_owned().into_response()
    };
    ([(header::VARY, "accept")], body).into_response()
}
