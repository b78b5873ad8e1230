//! An X-Ray daemon that is not there: spans are lost, which is said once.

use axum::{Router, body::Body, extract::Request, routing::get};
use shop::Route;
use shop::process::{self, Records};
use telemetry::{Config, Lines, http::GoldenSignals};
use tower::ServiceExt as _;

#[tokio::test]
async fn a_daemon_that_is_not_there_is_reported_once() {
    let daemon = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = daemon.local_addr().unwrap().to_string();
    drop(daemon);
    let env = |name: &str| match name {
        "AWS_XRAY_DAEMON_ADDRESS" => Some(address.clone()),
        "OTEL_TRACES_SAMPLER" => Some("always_on".to_owned()),
        _ => None,
    };
    let (lines, records) = (Lines::default(), Records::default());
    let mut config = Config::lambda("orders", process::metrics(&lines), &env);
    config.records = records.writer();
    let telemetry = config.init().unwrap();
    let app = Router::new()
        .route("/orders/{id}", get(async || "a run"))
        .layer(GoldenSignals::<Route>::new());
    for _ in 0..10 {
        let request = Request::get("/orders/17").body(Body::empty()).unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        telemetry.flush();
    }
    let text = records.text();
    assert_eq!(text.matches("spans do not arrive").count(), 1, "{text}");
    assert!(
        text.contains(&format!("X-Ray daemon at {address}")),
        "{text}"
    );
}
