//! A tap gets the spans and records of a request, with the ids of its event.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::{Arc, Mutex};

use axum::{Router, body::Body, extract::Request, extract::State, routing::get};
use opentelemetry::{KeyValue, trace::SpanKind};
use shop::Route;
use shop::process::{self, Records};
use telemetry::{Config, Lines, Tap, http::GoldenSignals, trace::Observer};
use tower::ServiceExt as _;

async fn answer(State(store): State<aws_sdk_dynamodb::Client>) {
    tracing::warn!(user = "ada", "slow");
    let read = store
        .get_item()
        .table_name("Runs")
        .key("id", process::text("x"));
    read.send().await.unwrap();
}

#[tokio::test]
async fn spans_records_and_event_of_a_request_share_its_ids() {
    let (lines, records, copies) = (Lines::default(), Records::default(), Records::default());
    let spans = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&spans);
    let mut config = Config::local("shop", process::metrics(&lines), &|_| None);
    config.records = records.writer();
    config.tap = Some(Tap {
        spans: Observer::new(move |span| seen.lock().unwrap().push(span)),
        records: copies.writer(),
    });
    let _telemetry = config.init().unwrap();
    let app = Router::new()
        .route("/orders", get(answer))
        .with_state(process::dynamodb().await)
        .layer(GoldenSignals::<Route>::new());
    let request = Request::get("/orders").body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap();

    let events = lines.json();
    let event = events.iter().find(|event| event["status"] == 200).unwrap();
    let record = &copies.json()[0];
    assert_eq!(record["message"], "slow");
    assert_eq!(record["fields"]["user"], "ada");
    assert_eq!(record["request_id"], event["request_id"]);
    assert!(records.text().contains("slow"), "the terminal gets it too");

    let spans = spans.lock().unwrap();
    let [call, server] = spans.as_slice() else {
        panic!("{spans:?}");
    };
    assert_eq!(
        (&server.span_kind, &call.span_kind),
        (&SpanKind::Server, &SpanKind::Client)
    );
    assert_eq!(server.name, "GET /orders");
    assert_eq!(call.parent_span_id, server.span_context.span_id());
    assert_eq!(
        event["trace_id"],
        server.span_context.trace_id().to_string()
    );
    let trigger = |one: &&KeyValue| one.key.as_str() == "faas.trigger";
    assert_eq!(server.attributes.iter().filter(trigger).count(), 1);
    let mut attributes = server.attributes.iter();
    let id = attributes.find(|one| one.key.as_str() == "faas.invocation_id");
    assert_eq!(event["request_id"], id.unwrap().value.as_str().as_ref());
}
