//! The golden signals of a router, with no Lambda and no collector.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::{Method, StatusCode};
use serde_json::Value;
use shop::{ORDER_ID, Route};
use telemetry::{
    Lines, Metrics,
    http::{ErrorName, GoldenSignals},
};
use tower::ServiceExt as _;

fn app() -> Router {
    Router::new()
        .route(
            "/orders/{id}",
            get(async || {
                ORDER_ID.set("r-1");
                "a run"
            }),
        )
        .route("/orders", post(unlucky))
        .route("/orders/{id}/cancel", post(unavailable))
        .route("/orders/open", get(std::future::pending::<()>))
        .layer(GoldenSignals::<Route>::new())
}

async fn unlucky() -> StatusCode {
    panic!("out of luck")
}

async fn unavailable() -> Response {
    let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
    response
        .extensions_mut()
        .insert(ErrorName("store_unavailable"));
    response
}

struct Case {
    metrics: Metrics,
    lines: Lines,
}

impl Case {
    fn new() -> Self {
        let lines = Lines::default();
        Self {
            metrics: shop::process::metrics(&lines),
            lines,
        }
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let answer = self.metrics.scope(app().oneshot(request)).await;
        answer.unwrap()
    }

    /// The event of the only request, which has one duration: that is what counts it.
    fn only_event(&self) -> Value {
        let events = self.lines.json();
        let [event] = <[Value; 1]>::try_from(events).unwrap();
        assert!(event["request_duration"].as_f64() >= Some(0.0), "{event}");
        event
    }
}

#[tokio::test]
async fn a_request_is_one_event_with_route_status_and_ids() {
    let case = Case::new();
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    case.send(Method::GET, "/orders/17", &[("traceparent", traceparent)])
        .await;
    let event = case.only_event();
    assert_eq!(event["Route"], "GET /orders/{id}");
    assert_eq!(event["request_error"], 0);
    assert_eq!(event["status"], 200);
    assert_eq!(event["order_id"], "r-1");
    assert_eq!(event["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(event["request_id"].as_str().unwrap().len(), 36);
    assert_eq!(event.get("error"), None);
}

#[tokio::test]
async fn a_head_request_counts_as_the_get_that_answers_it() {
    let case = Case::new();
    case.send(Method::HEAD, "/orders/17", &[]).await;
    assert_eq!(case.only_event()["Route"], "GET /orders/{id}");
}

#[tokio::test]
async fn what_is_no_route_is_one_name() {
    for (method, path) in [
        (Method::GET, "/wp-login.php"),
        (Method::DELETE, "/orders/17"),
        (Method::from_bytes(b"BREW").unwrap(), "/orders/17"),
    ] {
        let case = Case::new();
        case.send(method, path, &[]).await;
        assert_eq!(case.only_event()["Route"], "unmatched");
    }
}

#[tokio::test]
async fn an_error_has_its_name() {
    let case = Case::new();
    case.send(Method::POST, "/orders/17/cancel", &[]).await;
    let event = case.only_event();
    assert_eq!(event["request_error"], 1);
    assert_eq!(event["status"], 503);
    assert_eq!(event["error"], "store_unavailable");
}

#[tokio::test]
async fn a_panic_is_answered_and_counted() {
    let case = Case::new();
    let response = case.send(Method::POST, "/orders", &[]).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = axum::body::to_bytes(response.into_body(), 1024)
        .await
        .unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["error"], "panic");
    assert!(body["message"].is_string());
    let event = case.only_event();
    assert_eq!(event["request_error"], 1);
    assert_eq!(event["status"], 500);
    assert_eq!(event["error"], "panic");
}

#[tokio::test]
async fn a_client_that_leaves_is_counted() {
    let case = Case::new();
    let mut waiting = Box::pin(case.send(Method::GET, "/orders/open", &[]));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    drop(waiting);
    let event = case.only_event();
    assert_eq!(event["request_error"], 0);
    assert_eq!(event["status"], 499);
}
