//! A collector that takes connections and never answers: requests do not notice.

use std::time::{Duration, Instant};

use axum::{Router, body::Body, extract::Request, routing::get};
use shop::Route;
use shop::process::{self, Records};
use telemetry::{Config, Lines, http::GoldenSignals};
use tower::ServiceExt as _;

/// The longest a collector may take for one batch.
const TIMEOUT: Duration = Duration::from_secs(10);
/// More than the queue of spans holds: the last requests find it full.
const REQUESTS: usize = 3_000;

#[tokio::test]
async fn requests_are_answered_while_the_collector_is_silent() {
    // Its backlog takes the connection; nobody ever reads from it.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let env = |name: &str| (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| endpoint.clone());
    let lines = Lines::default();
    let records = Records::default();
    let mut config = Config::local("sentori", process::metrics(&lines), &env);
    config.records = records.writer();
    let telemetry = config.init().unwrap();
    let app = Router::new()
        .route("/orders/{id}", get(async || "a run"))
        .layer(GoldenSignals::<Route>::new());
    let started = Instant::now();
    for _ in 0..REQUESTS {
        let request = Request::get("/orders/17").body(Body::empty()).unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    assert!(
        started.elapsed() < TIMEOUT,
        "a request waited for the collector"
    );
    assert_eq!(lines.json().len(), REQUESTS);
    let text = records.text();
    assert_eq!(text.matches("due to queue full").count(), 1, "{text}");
    // The end of the process waits its two seconds and no longer; the spans are lost.
    drop(telemetry);
    drop(silent);
}
