//! What each route and outcome emits, to the letter: metrics with their values, units and
//! dimensions, properties, spans and log records of one invocation of the compiled functions.
//! `tests/emitted.txt` is the table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Bytes;
use catalogue::Service;
use http::{HeaderValue, Method, Request, Response};
use serde_json::{Map, Value, json};
use system_tests::lambda::{Deployment, Invocation, Outcome};
use system_tests::{Fault, FaultProxy, Switch};
use uuid::Uuid;

use super::{Client, body, get, reading, request};
use crate::golden;

const UNKNOWN: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

/// Both functions, a store that fails when it is told to, and the table so far.
struct Table {
    deployment: Deployment,
    _proxy: FaultProxy,
    faults: Switch,
    run_api: Client,
    /// The same with users that have tokens.
    jwt_run_api: Client,
    sensor_api: Client,
    text: String,
    began: Instant,
}

impl Table {
    async fn start() -> Self {
        let deployment = Deployment::start().await;
        let faults = Switch::default();
        let proxy = FaultProxy::start(deployment.store_url(), faults.plan()).await;
        let proxy = proxy.expect("a proxy");
        let function = |service| {
            let mut config = deployment
                .function(service)
                .env("AWS_ENDPOINT_URL_DYNAMODB", proxy.url());
            // A store that stays away is given up soon.
            config.timeout = Duration::from_secs(2);
            config.overrun = Duration::from_secs(8);
            config
        };
        let jwt = function(Service::RunApi).env("AUTHENTICATION", "jwt");
        Self {
            run_api: Client::new(function(Service::RunApi)),
            jwt_run_api: Client::new(jwt),
            sensor_api: Client::new(function(Service::SensorApi)),
            deployment,
            _proxy: proxy,
            faults,
            text: String::new(),
            began: Instant::now(),
        }
    }

    /// Sends a request to its function and writes down what came of it.
    async fn case(&mut self, outcome: &str, request: &Request<Bytes>) -> Value {
        let client = if request.uri().path().starts_with("/api/sensors") {
            &mut self.sensor_api
        } else {
            &mut self.run_api
        };
        let (response, invocation) = client.call(request).await;
        self.answered(outcome, request, &response, &invocation)
    }

    /// Sends a request with the claims of its user's token.
    async fn claims(&mut self, outcome: &str, request: &Request<Bytes>, claims: Value) {
        let mut event = self.jwt_run_api.format.event(request);
        if !claims.is_null() {
            event["requestContext"]["authorizer"] =
                json!({ "jwt": { "claims": claims, "scopes": null } });
        }
        let invocation = self.jwt_run_api.invoke(event.to_string()).await;
        let response = self.jwt_run_api.response(&invocation);
        self.answered(outcome, request, &response, &invocation);
    }

    fn answered(
        &mut self,
        outcome: &str,
        request: &Request<Bytes>,
        response: &Response<Bytes>,
        invocation: &Invocation,
    ) -> Value {
        let answer = body(response);
        let path = steady(&json!(request.uri().path()));
        let title = format!(
            "{} {}: {outcome}",
            request.method(),
            path.as_str().expect("text")
        );
        let status = response.status();
        writeln!(self.text, "== {title} -> {}", status.as_u16()).expect("written");
        self.write(invocation, &answer);
        answer
    }

    /// The same while the store fails in this way.
    async fn failing(&mut self, fault: Fault, outcome: &str, request: &Request<Bytes>) {
        self.faults.strike(fault);
        self.case(outcome, request).await;
        self.faults.strike(Fault::None);
    }

    async fn tick(&mut self, outcome: &str) {
        let invocation = self.run_api.invoke(r#"{"source":"sentori.tick"}"#).await;
        let Outcome::Response(answer) = &invocation.outcome else {
            panic!("{invocation:#?}")
        };
        let answer = String::from_utf8_lossy(answer);
        writeln!(self.text, "== the tick: {outcome} -> {answer}").expect("written");
        self.write(&invocation, &Value::Null);
    }

    fn write(&mut self, invocation: &Invocation, answer: &Value) {
        let lines = invocation.log.iter().map(|line| serde_json::from_str(line));
        let lines: Vec<Value> = lines.collect::<Result<_, _>>().expect("JSON");
        let times = Times::of(invocation, answer, self.began.elapsed());
        for line in &lines {
            let text = match line.get("_aws") {
                Some(_) => event(line, &times),
                None => record(line),
            };
            self.text.push_str(&text);
        }
        // What is repeated is repeated more or less often.
        let mut spans: Vec<String> = invocation.segments.iter().map(span).collect();
        spans.dedup();
        self.text.push_str(&spans.concat());
        self.text.push('\n');
    }
}

/// How long things took, by another clock than that of the metrics.
struct Times {
    request_ms: f64,
    calls_ms: f64,
    run_s: Option<f64>,
    longest_s: f64,
}

impl Times {
    fn of(invocation: &Invocation, answer: &Value, since_start: Duration) -> Self {
        let took = |segment: &Value| {
            let at = |name: &str| segment[name].as_f64().unwrap_or_default();
            (at("end_time") - at("start_time")) * 1e3
        };
        let is_call = |segment: &&Value| segment["namespace"] == "aws";
        let calls = invocation.segments.iter().filter(is_call);
        let moment = |name: &str| answer[name].as_str()?.parse::<jiff::Timestamp>().ok();
        let run = moment("startedAt").zip(moment("finishedAt"));
        Self {
            request_ms: invocation.response_time.as_secs_f64() * 1e3,
            calls_ms: calls.map(took).sum(),
            run_s: run.map(|(from, to)| to.duration_since(from).as_secs_f64()),
            longest_s: since_start.as_secs_f64(),
        }
    }

    /// What differs from one time to the next, if it can be what it says: within what the other
    /// clock has measured, give or take what a busy machine adds, never a thousandfold.
    fn checked(&self, metric: &str, values: &[f64]) -> Option<String> {
        let total: f64 = values.iter().sum();
        let (least, most) = match (metric, self.run_s) {
            // Of a large request most of the time is the stand-in's.
            ("request_duration", _) => (self.request_ms / 900.0, self.request_ms),
            ("dynamodb_request_duration", _) => (self.calls_ms / 300.0, self.calls_ms + 1.0),
            ("run_duration", Some(run)) => (run - 1e-9, run + 1e-9),
            ("run_duration", None) if values.len() > 1 => (0.02, 2.0 * self.longest_s),
            ("dynamodb_retry" | "dynamodb_throttle", _) => (1.0, 100.0),
            ("heartbeat", _) => (0.0, 59.0),
            _ => return None,
        };
        assert!(
            (least..=most).contains(&total),
            "{metric} is {total}, not within {least} and {most}"
        );
        Some("measured".to_owned())
    }
}

fn event(line: &Value, times: &Times) -> String {
    let mut rest: Map<String, Value> = line.as_object().expect("an object").clone();
    rest.remove("_aws");
    let mut metrics: BTreeMap<String, String> = BTreeMap::new();
    let mut dimensions: BTreeMap<String, Value> = BTreeMap::new();
    for directive in line["_aws"]["CloudWatchMetrics"]
        .as_array()
        .expect("a list")
    {
        let sets = directive["Dimensions"].to_string();
        for name in directive["Dimensions"].as_array().into_iter().flatten() {
            for name in name.as_array().into_iter().flatten() {
                let name = name.as_str().expect("text");
                dimensions.insert(name.to_owned(), line[name].clone());
            }
        }
        for metric in directive["Metrics"].as_array().expect("a list") {
            let name = metric["Name"].as_str().expect("text");
            let unit = metric["Unit"].as_str().unwrap_or("None");
            let value = &line[name];
            let list = value.as_array().cloned();
            let list = list.unwrap_or_else(|| vec![value.clone()]);
            let numbers: Vec<f64> = list.iter().filter_map(Value::as_f64).collect();
            let value = times
                .checked(name, &numbers)
                .unwrap_or_else(|| value.to_string());
            let text = format!("{value} {unit} by {sets}");
            let twice = metrics.insert(name.to_owned(), text);
            assert_eq!(twice, None, "{name} stands twice in {line}");
            rest.remove(name);
        }
    }
    for name in dimensions.keys() {
        rest.remove(name);
    }
    let mut text = String::from("event\n");
    for (name, metric) in metrics {
        writeln!(text, "  {name} = {metric}").expect("written");
    }
    writeln!(text, "  dimensions {}", json!(dimensions)).expect("written");
    writeln!(text, "  properties {}", steady(&Value::Object(rest))).expect("written");
    text
}

fn record(line: &Value) -> String {
    format!("log {}\n", steady(line))
}

fn span(segment: &Value) -> String {
    format!("span {}\n", steady(segment))
}

/// Members whose values are of this one invocation.
const OWN: [&str; 13] = [
    "id",
    "type",
    "parent_id",
    "trace_id",
    "request_id",
    "start_time",
    "end_time",
    "timestamp",
    "span_id",
    "time",
    "faas_invocation_id",
    "faas.invocation_id",
    "aws.request_id",
];

/// The same each time.
fn steady(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let members = members.filter(|(name, _)| !OWN.contains(&name.as_str()));
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), steady(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(steady).collect(),
        Value::String(text) => {
            let words = text.split_inclusive([' ', '/', ':', '"', ',']);
            let words = words.map(|word| {
                let end = word.trim_end_matches([' ', '/', ':', '"', ',']);
                match Uuid::try_parse(end) {
                    Ok(_) if end != UNKNOWN => word.replace(end, "{id}"),
                    _ => word.to_owned(),
                }
            });
            json!(words.collect::<String>())
        }
        other => other.clone(),
    }
}

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_route_and_outcome_emits_what_the_table_says() {
    let mut table = Table::start().await;
    runs(&mut table).await;
    readings(&mut table).await;
    ends(&mut table).await;
    tokens(&mut table).await;
    failures(&mut table).await;
    golden::check("emitted.txt", &table.text);
}

async fn runs(table: &mut Table) {
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

async fn readings(table: &mut Table) {
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

async fn ends(table: &mut Table) {
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

async fn tokens(table: &mut Table) {
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

async fn failures(table: &mut Table) {
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
