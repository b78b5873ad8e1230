//! The cases of the table: requests, ticks and faults, in their order.

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Bytes;
use http::{HeaderValue, Method, Request};
use serde_json::{Value, json};
use system_tests::Fault;

use super::super::{body, get, reading, request};
use super::{Table, UNKNOWN};

fn with(mut request: Request<Bytes>, header: &'static str, value: &str) -> Request<Bytes> {
    let value = HeaderValue::try_from(value).expect("a header");
    request.headers_mut().insert(header, value);
    request
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "json! literals read best as arguments"
)]
fn post(path: &str, body: Value) -> Request<Bytes> {
    request(Method::POST, path, &body)
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}

fn start() -> Request<Bytes> {
    post(
        "/api/runs/start",
        json!({ "duration": 3_600, "interval": 30, "sensorIds": ["a", "b", "c"] }),
    )
}

pub(super) async fn runs(table: &mut Table) {
    table
        .case("the first, cold", &get("/api/runs/can-start"))
        .await;
    table
        .case("places are free", &get("/api/runs/can-start"))
        .await;
    table.case("nobody's, started", &start()).await;
    let keyed = |body: Value| with(post("/api/runs/start", body), "idempotency-key", "k");
    table.case("started with a key", &keyed(json!({}))).await;
    table.case("the same key again", &keyed(json!({}))).await;
    let other = keyed(json!({ "duration": 7 }));
    table.case("another start with the key", &other).await;
    let invalid = post("/api/runs/start", json!({ "duration": -1 }));
    table.case("invalid", &invalid).await;
    let no_json = with(start(), "content-type", "text/plain");
    table.case("no JSON", &no_json).await;
    for _ in 0..3 {
        table.run_api.call(&start()).await;
    }
    table.case("no place is free", &start()).await;
    table.case("five", &get("/api/runs/running")).await;
    table.case("a page", &get("/api/runs?limit=2")).await;
    table.case("a wrong page", &get("/api/runs?limit=0")).await;
    table.case("all", &get("/api/runs/all")).await;
    table.case("nothing there", &get("/api/nothing")).await;
    let wrong = request(Method::DELETE, "/api/runs", &Value::Null);
    table.case("a wrong method", &wrong).await;
    table
        .case("the description", &get("/api/openapi.json"))
        .await;
    table.tick("five run").await;
}

async fn newest(table: &mut Table) -> String {
    let (response, _) = table.run_api.call(&get("/api/runs/running")).await;
    id(&body(&response)[0])
}

pub(super) async fn readings(table: &mut Table) {
    let run = newest(table).await;
    table.case("temperature, cold", &reading(&run, 20.5)).await;
    let of = |kind: &str, value: f64| {
        let body = json!({ "sensorId": "b", "reading": value, "type": kind });
        with(post("/api/sensors/data", body), "x-run-id", &run)
    };
    table.case("humidity", &of("humidity", 40.0)).await;
    table.case("pressure", &of("pressure", 1013.0)).await;
    let mut nobody = of("temperature", 21.5);
    nobody.headers_mut().remove("x-user");
    table.case("without a user: the run's", &nobody).await;
    let other = with(nobody, "x-user", "eve");
    table.case("of another user", &other).await;
    let batch = json!([
        { "runId": run, "sensorId": "a", "temperature": 10, "humidity": 30, "pressure": 990 },
        { "runId": run, "sensorId": "b", "humidity": 50 },
    ]);
    table
        .case("a batch of two", &post("/api/sensors/data", batch))
        .await;
    let (response, _) = table.run_api.call(&get(&format!("/api/runs/{run}"))).await;
    let at = body(&response)["startedAt"].clone();
    let own = |value: f64| {
        let own = json!({ "id": UNKNOWN, "timestamp": at, "runId": run, "sensorId": "a", "temperature": value });
        post("/api/sensors/data", own)
    };
    table.case("with an id of its own", &own(30.0)).await;
    table.case("the same again", &own(30.0)).await;
    table.case("another with this id", &own(31.0)).await;
    let invalid = json!([{ "runId": run, "sensorId": "a" }, { "runId": run, "sensorId": "a", "humidity": 101 }]);
    table
        .case("two invalid", &post("/api/sensors/data", invalid))
        .await;
    table
        .case("no JSON", &with(own(1.0), "content-type", "text/plain"))
        .await;
    let large = json!({ "runId": run, "sensorId": "a", "unknown": "x".repeat(256 * 1024) });
    table
        .case("too large", &post("/api/sensors/data", large))
        .await;
    table
        .case("of an unknown run", &reading(UNKNOWN, 20.0))
        .await;
    table
        .case(
            "a page",
            &get(&format!("/api/sensors/data?runId={run}&limit=2")),
        )
        .await;
    table
        .case("a wrong page", &get("/api/sensors/data?limit=0"))
        .await;
}

pub(super) async fn ends(table: &mut Table) {
    let run = newest(table).await;
    let finish = |run: &str, body: Value| post(&format!("/api/runs/{run}/finish"), body);
    table.case("found", &get(&format!("/api/runs/{run}"))).await;
    table
        .case("unknown", &get(&format!("/api/runs/{UNKNOWN}")))
        .await;
    table.case("no id", &get("/api/runs/7")).await;
    let done = finish(&run, json!({ "status": "SUCCESS" }));
    table.case("completed, with readings", &done).await;
    table.case("not running", &done).await;
    table.case("unknown", &finish(UNKNOWN, json!({}))).await;
    table
        .case("invalid", &finish(&run, json!({ "status": "DONE" })))
        .await;
    let failed = newest(table).await;
    table
        .case(
            "failed, without readings",
            &finish(&failed, json!({ "errorMessage": "lost" })),
        )
        .await;
    table
        .case("of a run that has ended", &reading(&failed, 20.0))
        .await;
    let lapsed = newest(table).await;
    lapse(table, &lapsed).await;
    let left = newest(table).await;
    table.sensor_api.call(&reading(&left, 25.0)).await;
    table.tick("one has lapsed").await;
    table
        .case(
            "two, one with a reading",
            &post("/api/runs/interrupt-all", Value::Null),
        )
        .await;
    table
        .case(
            "nothing runs",
            &post("/api/runs/interrupt-all", Value::Null),
        )
        .await;
}

pub(super) async fn tokens(table: &mut Table) {
    let all = post("/api/runs/interrupt-all", Value::Null);
    table
        .claims("without a token, cold", &all, Value::Null)
        .await;
    let nameless = json!({ "sub": "7" });
    table.claims("a token without a user", &all, nameless).await;
    let ada = json!({ "username": "ada@example.com" });
    table.claims("without the scope", &all, ada).await;
    let allowed = json!({ "username": "ada@example.com", "scope": "sentori/interrupt" });
    table.claims("with the scope", &all, allowed).await;
}

/// Lets a run have started 100 s ago, and its lease have been over for 40 s.
async fn lapse(table: &Table, run: &str) {
    let client = table.deployment.dynamodb();
    let now = jiff::Timestamp::now();
    let ago = |seconds: i64| now - jiff::SignedDuration::from_secs(seconds);
    let text = |moment: jiff::Timestamp| AttributeValue::S(format!("{moment:.3}"));
    let key = |id: &str| AttributeValue::S(id.to_owned());
    let update = client.update_item().table_name("Runs").key("id", key(run));
    let update = update
        .update_expression("SET leaseEndsAt = :end, startedAt = :start")
        .expression_attribute_values(":end", text(ago(40)))
        .expression_attribute_values(":start", text(ago(100)));
    update.send().await.expect("changed");
    let board = client
        .update_item()
        .table_name("Runs")
        .key("id", key("board"));
    let end = AttributeValue::N(ago(40).as_millisecond().to_string());
    let board = board
        .update_expression("SET leases.#run = :end")
        .expression_attribute_names("#run", run)
        .expression_attribute_values(":end", end);
    board.send().await.expect("changed");
}

pub(super) async fn failures(table: &mut Table) {
    let (response, _) = table.run_api.call(&start()).await;
    let run = id(&body(&response));
    table
        .failing(Fault::Deny, "access denied", &get("/api/runs/can-start"))
        .await;
    table.failing(Fault::Deny, "access denied", &start()).await;
    table.failing(Fault::Throttle, "throttled", &start()).await;
    table
        .failing(Fault::Deny, "access denied", &reading(&run, 20.0))
        .await;
    table
        .failing(Fault::Throttle, "throttled", &reading(&run, 20.0))
        .await;
    let batch = json!([{ "runId": run, "sensorId": "a", "temperature": 1 }, { "runId": run, "sensorId": "b", "temperature": 2 }]);
    let batch = post("/api/sensors/data", batch);
    table
        .failing(
            Fault::Unprocessed,
            "a batch, half of it left unprocessed",
            &batch,
        )
        .await;
    table
        .failing(Fault::Deny, "a batch, access denied", &batch)
        .await;
}
