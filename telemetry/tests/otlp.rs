//! Requests of a local server, with the spans a collector receives over OTLP.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    routing::{get, post},
};
use http::HeaderMap;
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
    },
    common::v1::KeyValue,
    trace::v1::{ResourceSpans, span::SpanKind},
};
use prost::Message as _;
use shop::Route;
use shop::process::{self, Records};
use telemetry::{Config, Lines, http::GoldenSignals, trace};
use tower::ServiceExt as _;

type Received = Arc<Mutex<Vec<ResourceSpans>>>;

/// A collector that keeps what it receives, on a runtime and thread of its own.
fn collector(received: Received) -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let app = Router::new()
            .route("/v1/traces", post(receive))
            .with_state(received);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    address
}

/// Keeps them, and says that it refused one.
async fn receive(State(received): State<Received>, body: Bytes) -> Vec<u8> {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    received.lock().unwrap().extend(request.resource_spans);
    let refused = ExportTracePartialSuccess {
        rejected_spans: 1,
        error_message: "too old".to_owned(),
    };
    let answer = ExportTraceServiceResponse {
        partial_success: Some(refused),
    };
    answer.encode_to_vec()
}

/// Answers with the headers that a request to another service would have.
async fn read(State(store): State<Client>) -> HeaderMap {
    let read = store
        .get_item()
        .table_name("Runs")
        .key("id", process::text("r-1"));
    read.send().await.unwrap();
    let mut headers = HeaderMap::new();
    trace::inject(&mut headers);
    headers
}

const CALLER: &str = "00f067aa0ba902b7";

fn traced(trace: &str, sampled: u8) -> Request {
    let header = format!("00-{trace}-{CALLER}-0{sampled}");
    let request = Request::get("/orders/17").header("traceparent", header);
    request.body(Body::empty()).unwrap()
}

fn attribute(attributes: &[KeyValue], key: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    format!("{:?}", found.and_then(|attribute| attribute.value.clone()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn sampled_requests_arrive_with_their_calls_and_others_do_not() {
    let received = Received::default();
    let address = collector(received.clone());
    let endpoint = format!("http://{address}");
    let env = |name: &str| (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| endpoint.clone());
    let (lines, records) = (Lines::default(), Records::default());
    let mut config = Config::local("sentori", process::metrics(&lines), &env);
    config.records = records.writer();
    let telemetry = config.init().unwrap();
    let app = Router::new()
        .route("/orders/{id}", get(read))
        .layer(GoldenSignals::<Route>::new())
        .with_state(process::dynamodb().await);

    let (sampled, ignored) = (
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "11111111111111111111111111111111",
    );
    lines.clear();
    let answer = app.clone().oneshot(traced(sampled, 1)).await.unwrap();
    let unsampled = app.clone().oneshot(traced(ignored, 0)).await.unwrap();
    let request = Request::get("/nowhere").body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap();
    drop(telemetry);

    let records = records.text();
    assert_eq!(records.matches("rejected_spans=1").count(), 1, "{records}");
    assert!(records.contains("too old"), "{records}");

    let received = received.lock().unwrap();
    let resource = &received[0].resource.as_ref().unwrap().attributes;
    for (key, value) in [
        ("service.name", "sentori"),
        ("telemetry.sdk.name", "opentelemetry"),
        ("telemetry.sdk.language", "rust"),
        ("telemetry.sdk.version", "."),
    ] {
        assert!(attribute(resource, key).contains(value), "{resource:#?}");
    }
    let scopes = received.iter().flat_map(|one| &one.scope_spans);
    let spans: Vec<_> = scopes.flat_map(|scope| &scope.spans).collect();
    for span in &spans {
        let mut keys: Vec<_> = span.attributes.iter().map(|one| &one.key).collect();
        keys.sort_unstable();
        assert!(keys.is_sorted_by(|a, b| a < b), "a key twice: {keys:?}");
    }
    assert!(!spans.iter().any(|span| hex(&span.trace_id) == ignored));
    let of_trace: Vec<_> = spans
        .iter()
        .filter(|s| hex(&s.trace_id) == sampled)
        .collect();
    assert_eq!(of_trace.len(), 2, "{spans:#?}");
    let kind = |kind: SpanKind| *of_trace.iter().find(|s| s.kind == kind as i32).unwrap();
    let (server, client) = (kind(SpanKind::Server), kind(SpanKind::Client));
    assert_eq!(server.name, "GET /orders/{id}");
    assert_eq!(hex(&server.parent_span_id), CALLER);
    assert!(attribute(&server.attributes, "http.response.status_code").contains("200"));
    assert_eq!(client.parent_span_id, server.span_id);
    let injected = format!("00-{sampled}-{}-01", hex(&server.span_id));
    assert_eq!(answer.headers()["traceparent"], injected.as_str());
    let injected = answer.headers()["x-amzn-trace-id"].to_str().unwrap();
    assert!(injected.contains("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736"));
    assert!(injected.contains("Sampled=1"), "{injected}");
    let passed_on = format!("00-{ignored}-{CALLER}-00");
    assert_eq!(unsampled.headers()["traceparent"], passed_on.as_str());
    assert_eq!(client.name, "GetItem Runs");
    for (key, value) in [
        ("db.system.name", "aws.dynamodb"),
        ("db.operation.name", "GetItem"),
        ("db.collection.name", "Runs"),
        ("aws.dynamodb.table_names", "Runs"),
        ("aws.dynamodb.consumed_capacity", "CapacityUnits"),
    ] {
        assert!(
            attribute(&client.attributes, key).contains(value),
            "{client:#?}"
        );
    }

    // Without a caller the request's own trace is a new one, and its event has its id.
    let root = spans.iter().find(|span| span.name == "GET").unwrap();
    let events = lines.json();
    assert!(root.parent_span_id.is_empty());
    assert_eq!(events[0]["trace_id"], sampled);
    assert_eq!(events[1]["trace_id"], ignored);
    assert_eq!(events[2]["trace_id"], hex(&root.trace_id).as_str());
}
