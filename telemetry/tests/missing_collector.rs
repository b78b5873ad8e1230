//! A collector that is not there: spans are lost, which is said once.

use axum::{Router, body::Body, extract::Request, routing::get};
use shop::Route;
use shop::process::{self, Records};
use telemetry::{Config, Lines, http::GoldenSignals};
use tower::ServiceExt as _;

#[tokio::test]
async fn a_collector_that_is_not_there_is_reported_once() {
    let collector = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    drop(collector);
    let env = |name: &str| (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| endpoint.clone());
    let (lines, records) = (Lines::default(), Records::default());
    let mut config = Config::local("sentori", process::metrics(&lines), &env);
    config.records = records.writer();
    let telemetry = config.init().unwrap();
    let app = Router::new()
        .route("/orders/{id}", get(async || "a run"))
        .layer(GoldenSignals::<Route>::new());
    for _ in 0..3 {
        let request = Request::get("/orders/17").body(Body::empty()).unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        telemetry.flush();
    }
    assert_eq!(lines.json().len(), 3);
    let text = records.text();
    assert_eq!(text.matches("spans do not arrive").count(), 1, "{text}");
    assert!(!text.contains("ExportError"), "the SDK's own word: {text}");
    assert!(text.contains(&format!("collector at {endpoint}")), "{text}");
}
