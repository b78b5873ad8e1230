//! What is recorded of calls that DynamoDB throttles, fails or never answers.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, response::IntoResponse as _, response::Response};
use http::StatusCode;
use serde_json::{Value, json};
use shop::process;
use telemetry::Lines;

type Script = Arc<Mutex<VecDeque<(u16, Value)>>>;

/// A DynamoDB that gives these answers, one an attempt.
async fn scripted<const N: usize>(answers: [(u16, Value); N]) -> aws_sdk_dynamodb::Client {
    async fn answer(State(script): State<Script>) -> Response {
        let (status, body) = script.lock().unwrap().pop_front().unwrap();
        (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
    }
    let script = Script::new(Mutex::new(answers.into()));
    let app = Router::new().fallback(answer).with_state(script);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    process::client(address)
}

fn error(code: &str) -> (u16, Value) {
    let name = format!("com.amazonaws.dynamodb.v20120810#{code}");
    (400, json!({ "__type": name, "message": "no" }))
}

/// The event of one read.
async fn read(client: &aws_sdk_dynamodb::Client) -> Value {
    let lines = Lines::default();
    let get = client
        .get_item()
        .table_name("Runs")
        .key("id", process::text("a"));
    let _ = process::metrics(&lines).scope(get.send()).await;
    lines.json().remove(0)
}

#[tokio::test]
async fn throttled_attempts_are_counted_and_so_are_their_repetitions() {
    let throttled = error("ProvisionedThroughputExceededException");
    let capacity = json!({ "ConsumedCapacity": { "TableName": "Runs", "CapacityUnits": 0.5 } });
    let client = scripted([throttled, error("ThrottlingException"), (200, capacity)]).await;
    let event = read(&client).await;
    assert_eq!(event["dynamodb_retry"], 2);
    assert_eq!(event["dynamodb_throttle"], 2);
    assert_eq!(event["Operation"], "GetItem");
    let durations = &event["dynamodb_request_duration"];
    assert!(
        durations.is_number(),
        "one call, whatever its attempts: {durations}"
    );
}

#[tokio::test]
async fn an_event_says_why_dynamodb_throttled_and_what() {
    let reason = |reason: &str| {
        json!({
            "reason": reason,
            "resource": "arn:aws:dynamodb:eu-west-3:123456789012:table/Runs/index/byStart",
        })
    };
    let reasons = [
        reason("IndexWriteKeyRangeThroughputExceeded"),
        reason("IndexWriteAccountLimitExceeded"),
        reason("IndexWriteKeyRangeThroughputExceeded"),
    ];
    // As the SDK's model spells them.
    for (error, member) in [
        ("ThrottlingException", "throttlingReasons"),
        (
            "ProvisionedThroughputExceededException",
            "ThrottlingReasons",
        ),
        ("RequestLimitExceeded", "ThrottlingReasons"),
    ] {
        let name = format!("com.amazonaws.dynamodb.v20120810#{error}");
        let throttled = json!({ "__type": name, "message": "no", member: reasons });
        let client = scripted([(400, throttled), (200, json!({}))]).await;
        let event = read(&client).await;
        assert_eq!(event["dynamodb_throttle"], 1, "{error}");
        assert_eq!(
            event["dynamodb_throttle_reason"],
            "IndexWriteAccountLimitExceeded, IndexWriteKeyRangeThroughputExceeded",
            "{error}"
        );
        assert_eq!(
            event["dynamodb_throttle_resource"],
            "table/Runs/index/byStart"
        );
    }
}

#[tokio::test]
async fn a_failure_that_is_no_throttle_is_a_retry_alone() {
    let broken = (500, json!({ "__type": "InternalServerError" }));
    let client = scripted([broken, (200, json!({}))]).await;
    let event = read(&client).await;
    assert_eq!(event["dynamodb_retry"], 1);
    assert_eq!(event.get("dynamodb_throttle"), None);
}

#[tokio::test]
async fn what_cannot_succeed_is_tried_once() {
    let client = scripted([error("ResourceNotFoundException")]).await;
    let event = read(&client).await;
    assert_eq!(event.get("dynamodb_retry"), None);
    assert!(event["dynamodb_request_duration"].is_number());
}

#[tokio::test]
async fn a_throttle_that_lasts_ends_with_the_attempts() {
    let throttled = || error("ThrottlingException");
    let client = scripted([throttled(), throttled(), throttled()]).await;
    let event = read(&client).await;
    assert_eq!(event["dynamodb_retry"], 2);
    assert_eq!(event["dynamodb_throttle"], 3);
}

#[tokio::test]
async fn one_throttled_item_throttles_its_transaction() {
    use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
    let cancelled = (
        400,
        json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "cancelled",
            "CancellationReasons": [{ "Code": "None" }, { "Code": "ThrottlingError" }],
        }),
    );
    let client = scripted([cancelled]).await;
    let put = Put::builder()
        .table_name("Runs")
        .item("id", process::text("a"));
    let item = TransactWriteItem::builder().put(put.build().unwrap());
    let write = client.transact_write_items().transact_items(item.build());
    let lines = Lines::default();
    let _ = process::metrics(&lines).scope(write.send()).await;
    let event = lines.json().remove(0);
    assert_eq!(event["dynamodb_throttle"], 1);
    assert_eq!(event["Operation"], "TransactWriteItems");
}

#[tokio::test]
async fn a_call_that_is_given_up_is_recorded() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = process::client(silent.local_addr().unwrap());
    let lines = Lines::default();
    let call = client.list_tables().send();
    let given_up = async {
        tokio::select! {
            _ = call => panic!("nobody answers"),
            connected = silent.accept() => drop(connected.unwrap()),
        }
    };
    process::metrics(&lines).scope(given_up).await;
    assert!(lines.json().remove(0)["dynamodb_request_duration"].is_number());
}

#[tokio::test]
async fn a_store_that_is_not_there_is_tried_as_often() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let event = read(&process::client(address)).await;
    assert_eq!(event["dynamodb_retry"], 2);
    assert_eq!(event.get("dynamodb_throttle"), None);
}
