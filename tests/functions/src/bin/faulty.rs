//! A function that fails in ways in which the real ones don't: the same layers around the
//! runtime and the router, and routes that panic, never answer or end the process; and one with
//! headers of several values, which no route of the API has.
#![expect(clippy::panic, reason = "that is what it is for")]

use std::future::pending;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::{HeaderName, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::get;
use catalogue::{Route, Service};
use handlers::{Config, lambda};
use telemetry::http::GoldenSignals;
use telemetry::process_env;
use tracing::Instrument;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_lookup(process_env)?;
    let _telemetry = lambda::start_telemetry(Service::RunApi, &config)?;
    let router = Router::new()
        .route("/fine", get(|| async { "fine" }))
        .route("/panic", get(panics))
        .route("/stuck", get(hangs))
        .route("/exit", get(exits))
        .route("/headers", get(headers))
        .layer(GoldenSignals::<Route>::new());
    let no_tick = || async { Err("no schedule".into()) };
    lambda::run(Service::RunApi, &config, router, no_tick, async || {}).await
}

/// Says which values `x-several` had, and sends two of its own and two cookies.
async fn headers(headers: HeaderMap) -> impl IntoResponse {
    let values = headers.get_all("x-several").iter();
    let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let sent = ["one", "two"].map(|value| (HeaderName::from_static("x-several"), value));
    let cookies = ["a=1", "b=2"].map(|value| (SET_COOKIE, value));
    (
        AppendHeaders(sent),
        AppendHeaders(cookies),
        values.collect::<Vec<_>>().join(","),
    )
}

async fn panics() {
    panic!("on purpose");
}

/// Waits in a span of its own for what never comes.
async fn hangs() {
    pending::<()>()
        .instrument(tracing::info_span!("waiting"))
        .await;
}

async fn exits() {
    std::process::exit(3);
}
