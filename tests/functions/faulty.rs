//! A function that fails in ways in which the real ones don't: the same layers around the
//! runtime and the router, and routes that panic, never answer or end the process.
#![expect(clippy::panic, reason = "that is what it is for")]

use std::future::pending;

use axum::Router;
use axum::routing::get;
use handlers::{Config, lambda};
use telemetry::catalogue::Service;
use telemetry::http::GoldenSignals;
use telemetry::process_env;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_lookup(process_env)?;
    let _telemetry = lambda::start_telemetry(Service::RunApi, &config)?;
    let router = Router::new()
        .route("/fine", get(|| async { "fine" }))
        .route("/panic", get(panics))
        .route("/stuck", get(pending::<()>))
        .route("/exit", get(exits))
        .layer(GoldenSignals);
    let no_tick = || async { Err("no schedule".into()) };
    lambda::run(Service::RunApi, router, no_tick).await
}

async fn panics() {
    panic!("on purpose");
}

async fn exits() {
    std::process::exit(3);
}
