//! Invocations of a Lambda function, with the segments a daemon receives, the events on
//! stdout and the records: what each holds, and that they share their ids.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod shop;
mod support;

use std::{
    net::UdpSocket,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_sdk_dynamodb::Client;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    routing::{get, post},
};
use http::StatusCode;
use lambda_runtime::{Context, LambdaInvocation};
use serde_json::Value;
use shop::{CUSTOMER, Function, ORDER_ID, ORDER_PLACED, PARCEL_ID, Route};
use support::Records;
use telemetry::{
    Config, Lines, Telemetry,
    http::GoldenSignals,
    lambda::{Invocations, Invoked, failed},
    property::ERROR,
};
use tower::{Layer as _, Service as _, ServiceExt as _};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Telemetry of this process, started once: a function has one.
struct Process {
    daemon: UdpSocket,
    lines: Lines,
    records: Records,
    _telemetry: Telemetry,
}

static PROCESS: LazyLock<Mutex<Process>> = LazyLock::new(|| {
    let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
    daemon.set_nonblocking(true).unwrap();
    let address = daemon.local_addr().unwrap().to_string();
    let (lines, records) = (Lines::default(), Records::default());
    let env = |name: &str| (name == "AWS_XRAY_DAEMON_ADDRESS").then(|| address.clone());
    let mut config = Config::lambda("orders", support::metrics(&lines), &env);
    config.records = records.writer();
    Mutex::new(Process {
        daemon,
        lines,
        records,
        _telemetry: config.init().unwrap(),
    })
});

/// What one invocation left behind.
struct Outcome {
    trace: String,
    segments: Vec<Value>,
    events: Vec<Value>,
    records: Vec<Value>,
}

const LAMBDA_SEGMENT: &str = "53995c3f42cd8ad8";

/// A span of the client's own, in a trace that is not Lambda's.
const CLIENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Invokes the function with a request; the layer is around what the runtime would be.
async fn invoke(method: &str, path: &str, sampled: bool, left: Duration) -> Outcome {
    // What preparing the table records is no part of the invocation.
    let elsewhere = support::metrics(&Lines::default());
    let store = elsewhere.scope(support::dynamodb()).await;
    let app = app(store);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "shop.example:8443")
        .header("x-forwarded-proto", "https")
        .header("traceparent", CLIENT);
    let request = Arc::new(Mutex::new(request.body(Body::empty()).ok()));
    let runtime = tower::service_fn(move |_event: LambdaInvocation| {
        let (app, request) = (app.clone(), request.lock().unwrap().take().unwrap());
        async move {
            app.oneshot(request).await.map_err(Error::from)?;
            Ok::<(), Error>(())
        }
    });
    run(
        Invocations::of(Function::Orders).layer(runtime),
        sampled,
        left,
    )
    .await
}

#[expect(
    clippy::await_holding_lock,
    reason = "each test has a runtime and a thread of its own"
)]
async fn run<S>(mut service: Invoked<S, Function>, sampled: bool, left: Duration) -> Outcome
where
    S: tower::Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: Send + 'static,
{
    // Held over the invocation: what arrives meanwhile is this one's.
    let function = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    let (event, trace) = event(sampled, left);
    let before = function.records.json().len();
    function.lines.clear();
    let _ = service.call(event).await;
    Outcome {
        trace,
        segments: received(&function.daemon),
        events: function.lines.json(),
        records: function.records.json().split_off(before),
    }
}

fn event(sampled: bool, left: Duration) -> (LambdaInvocation, String) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let trace = format!("1-{:08x}-{:024x}", now.as_secs(), now.as_nanos());
    let mut context = Context::default();
    context.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned();
    context.deadline = (now + left).as_millis().try_into().unwrap();
    let decision = u8::from(sampled);
    context.xray_trace_id = Some(format!(
        "Root={trace};Parent={LAMBDA_SEGMENT};Sampled={decision};Lineage=1:ab12:0"
    ));
    let (parts, ()) = http::Response::new(()).into_parts();
    let event = LambdaInvocation {
        parts,
        body: Default::default(),
        context,
    };
    (event, trace)
}

/// Datagrams that have arrived; those of an invocation that is over are all there.
fn received(daemon: &UdpSocket) -> Vec<Value> {
    let mut buffer = [0; 65_536];
    let mut segments = Vec::new();
    while let Ok(length) = daemon.recv(&mut buffer) {
        let text = str::from_utf8(&buffer[..length]).unwrap();
        let (header, document) = text.split_once('\n').unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(header).unwrap(),
            serde_json::json!({"format": "json", "version": 1})
        );
        let segment: Value = serde_json::from_str(document).unwrap();
        let members = |text: &str| text.matches("\":").count();
        let kept = members(&segment.to_string());
        assert_eq!(kept, members(document), "a member twice: {document}");
        segments.push(segment);
    }
    segments
}

fn app(store: Client) -> Router {
    Router::new()
        .route("/orders/{id}", get(read))
        .route("/orders", post(unlucky))
        .route("/orders/open", get(slow))
        .layer(GoldenSignals::<Route>::new())
        .with_state(store)
}

async fn read(State(store): State<Client>) -> StatusCode {
    ORDER_ID.set("r-1");
    CUSTOMER.set("ada");
    PARCEL_ID.set("p-1");
    tracing::info!(sensors = 3, "reading");
    let read = store
        .get_item()
        .table_name("Runs")
        .key("id", support::text("r-1"));
    let found = read.send().await.unwrap();
    let rejected = store
        .put_item()
        .table_name("Runs")
        .item("id", support::text("r-1"))
        .condition_expression("attribute_exists(id)")
        .send()
        .await;
    match (found.item, rejected) {
        (None, Err(_)) => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    }
}

async fn unlucky() -> StatusCode {
    ORDER_PLACED.increment(());
    panic!("out of luck\nwith \u{1b}[31mcolour")
}

async fn slow() -> StatusCode {
    ORDER_PLACED.increment(());
    tokio::time::sleep(Duration::from_millis(200)).await;
    StatusCode::OK
}

const PLENTY: Duration = Duration::from_secs(30);

fn named<'a>(segments: &'a [Value], name: &str) -> &'a Value {
    let found = segments.iter().find(|segment| segment["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {segments:#?}"))
}

#[tokio::test]
async fn an_invocation_is_a_subsegment_of_lambda_s_own_segment() {
    let outcome = invoke("GET", "/orders/17", true, PLENTY).await;
    let server = named(&outcome.segments, "GET /orders/:id");
    assert_eq!(server["type"], "subsegment");
    assert_eq!(server["parent_id"], LAMBDA_SEGMENT);
    assert_eq!(server["trace_id"], outcome.trace.as_str());
    assert_eq!(server["http"]["request"]["method"], "GET");
    assert_eq!(server["http"]["response"]["status"], 404);
    assert_eq!(server["annotations"]["http_route"], "/orders/{id}");
    assert_eq!(server["annotations"]["faas_trigger"], "http");
    let metadata = &server["metadata"]["default"];
    let metadata = if metadata.is_null() {
        &server["metadata"]
    } else {
        metadata
    };
    assert_eq!(metadata["faas.coldstart"], true);
    assert_eq!(
        metadata["faas.invocation_id"],
        "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
    );
    assert_eq!(server.get("fault"), None, "404 is the client's error");
    assert_eq!(
        server["http"]["request"]["url"],
        "https://shop.example:8443/orders/17"
    );
}

#[tokio::test]
async fn a_property_that_is_annotated_is_in_the_segment_s_index() {
    let outcome = invoke("GET", "/orders/17", true, PLENTY).await;
    let server = named(&outcome.segments, "GET /orders/:id");
    assert_eq!(server["annotations"]["order_id"], "r-1");
    assert_eq!(server["annotations"]["customer"], "ada");
    assert!(
        !server.to_string().contains("parcel_id"),
        "not traced: {server}"
    );
    assert!(!server.to_string().contains("aws.xray"), "{server}");
}

#[tokio::test]
async fn the_client_s_own_trace_is_kept_as_a_link() {
    let outcome = invoke("GET", "/orders/17", true, PLENTY).await;
    let server = named(&outcome.segments, "GET /orders/:id");
    assert_eq!(server["trace_id"], outcome.trace.as_str());
    assert!(server["metadata"].to_string().contains(CLIENT), "{server}");
}

#[tokio::test]
async fn an_event_names_its_trace_if_that_is_recorded() {
    for sampled in [true, false] {
        let outcome = invoke("GET", "/orders/17", sampled, PLENTY).await;
        assert_eq!(outcome.events[0].get("trace_id").is_some(), sampled);
        assert_eq!(outcome.segments.is_empty(), !sampled);
    }
}

#[tokio::test]
async fn dynamodb_calls_are_aws_subsegments_of_the_invocation() {
    let outcome = invoke("GET", "/orders/17", true, PLENTY).await;
    let server = named(&outcome.segments, "GET /orders/:id");
    let calls = outcome.segments.iter().filter(|s| s["name"] == "DynamoDB");
    let calls: Vec<_> = calls.collect();
    assert_eq!(calls.len(), 2, "{:#?}", outcome.segments);
    for call in &calls {
        assert_eq!(call["parent_id"], server["id"]);
        assert_eq!(call["trace_id"], outcome.trace.as_str());
        assert_eq!(call["namespace"], "aws");
        assert_eq!(call["aws"]["table_name"], "Runs");
        assert!(call["aws"]["request_id"].is_string(), "{call:#}");
    }
    let of = |operation| {
        let found = calls
            .iter()
            .find(|call| call["aws"]["operation"] == operation);
        *found.unwrap()
    };
    let consumed = of("GetItem").to_string();
    assert!(consumed.contains("CapacityUnits"), "{consumed}");
    let refused = of("PutItem");
    assert_eq!(
        refused["annotations"]["error_type"],
        "ConditionalCheckFailedException"
    );
}

#[tokio::test]
async fn segments_event_and_records_share_their_ids() {
    let outcome = invoke("GET", "/orders/17", true, PLENTY).await;
    let [event] = outcome.events.as_slice() else {
        panic!("not one event of one line: {:#?}", outcome.events)
    };
    assert_eq!(event["trace_id"], outcome.trace.as_str());
    assert_eq!(event["status"], 404);
    assert_eq!(event["cold_start"], 1);
    assert_eq!(event["Function"], "orders");
    let record = outcome
        .records
        .iter()
        .find(|r| r["message"] == "reading")
        .unwrap();
    for id in ["trace_id", "request_id", "order_id"] {
        assert!(record[id].is_string(), "{record}");
        assert_eq!(record[id], event[id]);
    }
    assert_eq!(record["level"], "INFO");
    assert_eq!(record["fields"]["sensors"], 3);
    let timestamp = record["timestamp"].as_str().unwrap();
    assert!(
        timestamp.ends_with('Z') && timestamp.len() == 24,
        "{timestamp}"
    );
}

#[tokio::test]
async fn dynamodb_calls_are_measured() {
    let outcome = invoke("GET", "/orders/17", false, PLENTY).await;
    let durations = outcome.events[0]["dynamodb_request_duration"].as_array();
    assert_eq!(durations.map(Vec::len), Some(2), "{:#?}", outcome.events);
}

#[tokio::test]
async fn what_is_not_sampled_is_not_sent_and_keeps_its_ids() {
    let outcome = invoke("GET", "/orders/17", false, PLENTY).await;
    assert_eq!(outcome.segments, Vec::<Value>::new());
    assert_eq!(outcome.records[0]["trace_id"], outcome.trace.as_str());
}

#[tokio::test]
async fn a_panic_loses_nothing() {
    let outcome = invoke("POST", "/orders", true, PLENTY).await;
    let server = named(&outcome.segments, "POST /orders");
    assert_eq!(server["http"]["response"]["status"], 500);
    assert_eq!(server["annotations"]["error_type"], "panic");
    let event = &outcome.events[0];
    assert_eq!(event["order_placed"], 1);
    assert_eq!(event["request_error"], 1);
    assert_eq!(event["error"], "panic");
    assert_eq!(event["outcome"], "panic");
    let [record] = outcome.records.as_slice() else {
        panic!("not one record: {:#?}", outcome.records)
    };
    assert_eq!(record["level"], "ERROR");
    assert_eq!(record["trace_id"], outcome.trace.as_str());
    assert!(
        record["message"]
            .as_str()
            .unwrap()
            .contains("out of luck\n")
    );
}

/// An invocation whose handler records, may name its error, and fails. The runtime answers
/// the error itself, so that its layers see a success.
async fn failing(name: Option<&'static str>) -> Outcome {
    let handler = tower::service_fn(move |_: LambdaInvocation| async move {
        ORDER_PLACED.increment(());
        if let Some(name) = name {
            ERROR.set(name);
        }
        Err::<(), Error>("no such event".into())
    });
    let runtime = handler.map_err(failed).then(async |answer| {
        assert!(answer.is_err());
        Ok::<(), Error>(())
    });
    let service = Invocations::of(Function::Orders).layer(runtime);
    run(service, true, PLENTY).await
}

#[tokio::test]
async fn an_error_of_the_handler_marks_event_and_span() {
    for (set, name) in [
        (None, "handler_error"),
        (Some("unknown_event"), "unknown_event"),
    ] {
        let outcome = failing(set).await;
        assert_eq!(outcome.events[0]["order_placed"], 1);
        assert_eq!(outcome.events[0]["error"], name);
        let server = named(&outcome.segments, "orders");
        assert_eq!(server["parent_id"], LAMBDA_SEGMENT);
        assert_eq!(server["annotations"]["error_type"], name);
        assert_eq!(server["fault"], true, "{server}");
    }
}

#[tokio::test]
#[expect(
    clippy::await_holding_lock,
    reason = "each test has a runtime and a thread of its own"
)]
async fn concurrent_invocations_are_kept_apart() {
    let barrier = Arc::new(tokio::sync::Barrier::new(2));
    let runtime = tower::service_fn(move |event: LambdaInvocation| {
        let barrier = barrier.clone();
        async move {
            ORDER_ID.set(&event.context.request_id);
            barrier.wait().await;
            ORDER_PLACED.increment(());
            barrier.wait().await;
            Ok::<(), Error>(())
        }
    });
    let function = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    function.lines.clear();
    let mut service = Invocations::of(Function::Orders).layer(runtime);
    let [one, other] = ["one", "other"].map(|id| {
        let (mut invocation, _) = event(false, PLENTY);
        invocation.context.request_id = id.to_owned();
        service.call(invocation)
    });
    let _ = tokio::join!(one, other);
    let lines = function.lines.json();
    assert_eq!(lines.len(), 2);
    for line in &lines {
        assert_eq!(line["request_id"], line["order_id"]);
        assert_eq!(line["order_placed"], 1);
    }
    let cold = lines.iter().filter(|line| line["cold_start"] == 1);
    assert_eq!(cold.count(), 1, "one environment, one cold start");
}

#[tokio::test]
async fn a_span_that_no_datagram_holds_takes_no_other_with_it() {
    let runtime = tower::service_fn(|_: LambdaInvocation| async {
        drop(tracing::info_span!("small").entered());
        drop(tracing::info_span!("large", text = "x".repeat(100_000)).entered());
        drop(tracing::info_span!("small").entered());
        Ok::<(), Error>(())
    });
    let service = Invocations::of(Function::Orders).layer(runtime);
    let outcome = run(service, true, PLENTY).await;
    let names: Vec<_> = outcome.segments.iter().map(|s| &s["name"]).collect();
    assert_eq!(names, ["small", "small", "orders"]);
    let said = outcome.records[0]["message"].as_str().unwrap();
    assert!(said.contains("spans do not arrive"), "{said}");
}

#[tokio::test]
async fn an_event_that_cannot_be_parsed_is_logged_with_its_ids() {
    // The runtime parses before it makes a future.
    let runtime = tower::service_fn(|_: LambdaInvocation| {
        tracing::error!("no such shape");
        std::future::ready(Ok::<(), Error>(()))
    });
    let outcome = run(
        Invocations::of(Function::Orders).layer(runtime),
        true,
        PLENTY,
    )
    .await;
    let record = &outcome.records[0];
    assert_eq!(record["trace_id"], outcome.trace.as_str(), "{record}");
    assert!(record["request_id"].is_string(), "{record}");
}

#[tokio::test]
async fn spans_are_sent_after_the_response_was_posted() {
    let daemon = {
        let function = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::new(function.daemon.try_clone().unwrap())
    };
    let runtime = tower::service_fn(move |_: LambdaInvocation| {
        let daemon = daemon.clone();
        async move {
            drop(tracing::info_span!("work").entered());
            // The answer is posted here; whoever waits for it does not wait for spans.
            assert_eq!(received(&daemon), Vec::<Value>::new());
            Ok::<(), Error>(())
        }
    });
    let outcome = run(
        Invocations::of(Function::Orders).layer(runtime),
        true,
        PLENTY,
    )
    .await;
    assert_eq!(outcome.segments.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_nears_writes_what_is_known_and_the_rest_later() {
    let runtime = tower::service_fn(async |_: LambdaInvocation| {
        ORDER_PLACED.increment(());
        tokio::time::sleep(Duration::from_secs(60)).await;
        ORDER_PLACED.increment(());
        Ok::<(), Error>(())
    });
    let outcome = run(
        Invocations::of(Function::Orders).layer(runtime),
        true,
        PLENTY,
    )
    .await;
    let [known, rest] = outcome.events.as_slice() else {
        panic!("not two events: {:#?}", outcome.events)
    };
    assert_eq!(known["order_placed"], 1);
    assert_eq!(known["error"], "timeout");
    assert_eq!(rest["order_placed"], 1);
    let server = named(&outcome.segments, "orders");
    assert_eq!(server["annotations"]["error_type"], "timeout");
    assert_eq!(outcome.segments.len(), 1, "sent once, though it went on");
}
