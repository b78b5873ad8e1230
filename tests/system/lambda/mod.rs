//! The compiled functions under Lambda's protocol: what they answer, what they write, and how
//! they end. Every API test runs against them too; see `on_every_server`.

#![expect(clippy::expect_used, reason = "tests report by failing")]

mod authorisation;
mod bad_events;
mod bytes;
mod console;
mod emitted;
mod endurance;
mod events;
mod lifecycle;

use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use catalogue::{self, Service};
use http::{Method, Request, Response};
use serde_json::{Value, json};
use system_tests::lambda::{
    Deployment, Format, Function, FunctionConfig, Invocation, Outcome, test_program,
};
use system_tests::{Api, contract};
use telemetry::emf::check::Check;

/// Runs a test of the API against the functions of a deployment of its own.
pub(crate) async fn serve<T: Future<Output = ()>>(format: Format, test: impl FnOnce(Api) -> T) {
    let deployment = Deployment::start().await;
    let gateway = deployment.gateway(format).await;
    test(Api::at(&format!("http://{}", gateway.addr()))).await;
    for invocation in gateway.take_invocations() {
        let events = own_events(&invocation);
        // A preflight request is a browser's question, not a request to the API.
        if !is_preflight(&invocation) {
            request_event(&events);
        }
    }
}

fn is_preflight(invocation: &Invocation) -> bool {
    let Outcome::Response(answer) = &invocation.outcome else {
        return false;
    };
    String::from_utf8_lossy(answer).contains("access-control-allow-methods")
}

/// A function and API Gateway's view of it.
struct Client {
    function: Function,
    format: Format,
}

impl Client {
    fn new(config: FunctionConfig) -> Self {
        Self {
            function: Function::new(config),
            format: Format::Http,
        }
    }

    /// Sends an event of any kind.
    async fn invoke(&mut self, event: impl Into<Bytes>) -> Invocation {
        self.function.invoke(event).await.expect("an invocation")
    }

    /// Sends a request.
    async fn send(&mut self, request: &Request<Bytes>) -> Invocation {
        let event = self.format.event(request).to_string();
        self.invoke(event).await
    }

    /// Sends a request that must be answered.
    async fn call(&mut self, request: &Request<Bytes>) -> (Response<Bytes>, Invocation) {
        let invocation = self.send(request).await;
        let response = self.response(&invocation);
        contract::check(
            request.method(),
            request.uri(),
            response.status(),
            response.headers(),
            response.body(),
        );
        (response, invocation)
    }

    fn response(&self, invocation: &Invocation) -> Response<Bytes> {
        match &invocation.outcome {
            Outcome::Response(answer) => self.format.response(answer).expect("a response"),
            other => panic!("{other:?}\n{:#?}", invocation.log),
        }
    }
}

/// The function that fails in ways in which the real ones don't.
fn faulty(deployment: &Deployment) -> FunctionConfig {
    let program = test_program("faulty").expect("a program");
    FunctionConfig {
        program,
        ..deployment.function(Service::RunApi)
    }
}

fn get(path: &str) -> Request<Bytes> {
    request(Method::GET, path, &Value::Null)
}

/// A request by a user, with a JSON body unless it is null.
fn request(method: Method, path: &str, body: &Value) -> Request<Bytes> {
    let body = if body.is_null() {
        Bytes::new()
    } else {
        body.to_string().into()
    };
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "api.example.com")
        .header("content-type", "application/json")
        .header("x-user", "ada")
        .body(body)
        .expect("a request")
}

fn start_run() -> Request<Bytes> {
    request(
        Method::POST,
        "/api/runs/start",
        &json!({ "duration": 3_600 }),
    )
}

fn reading(run: &str, value: f64) -> Request<Bytes> {
    let body = json!({ "runId": run, "sensorId": "sensor-1", "temperature": value });
    request(Method::POST, "/api/sensors/data", &body)
}

fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).expect("JSON")
}

/// The id of a run that was started through `run-api`.
async fn started_run(deployment: &Deployment) -> String {
    let mut run_api = Client::new(deployment.function(Service::RunApi));
    let (response, _) = run_api.call(&start_run()).await;
    assert_eq!(response.status(), 201);
    body(&response)["id"].as_str().expect("an id").to_owned()
}

/// The events among the lines of a log. Every line is JSON, except those that the runtime writes
/// when it is told to end, and passes the live check.
fn events(log: &[String]) -> Vec<Value> {
    let lines: Vec<_> = log
        .iter()
        .filter(|line| !line.starts_with("[runtime] "))
        .collect();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("after 1970").as_millis();
    let mut check = Check::new(
        catalogue::SENTORI,
        now.try_into().expect("a time of this century"),
    );
    lines.iter().for_each(|line| check.line(line.as_bytes()));
    let report = check.finish();
    // A log without an event is a finding by itself, and here often as it should be.
    let any = lines.iter().any(|line| line.contains("\"_aws\""));
    assert!(report.is_clean() || !any, "{report}\n{lines:#?}");
    let parse = |line: &&String| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
    lines
        .iter()
        .map(parse)
        .filter(|line: &Value| line.get("_aws").is_some())
        .collect()
}

/// The events of an invocation, which carry its ids and nobody else's.
fn own_events(invocation: &Invocation) -> Vec<Value> {
    let events = events(&invocation.log);
    // Of an id that nothing else has the event says nothing: nothing could be opened.
    let recorded = header(invocation, "Sampled=") == "1";
    let id = invocation.request_id.as_str();
    let has_id = |line: &String| line.contains(id) && !line.contains("\"_aws\"");
    let found = recorded || invocation.log.iter().any(has_id);
    for event in &events {
        let id = found.then(|| Value::from(id));
        assert_eq!(event.get("request_id"), id.as_ref(), "{event}");
        let trace = recorded.then(|| Value::from(header(invocation, "Root=")));
        assert_eq!(event.get("trace_id"), trace.as_ref(), "{event}");
    }
    events
}

/// A part of the trace header that the invocation was given.
fn header(invocation: &Invocation, name: &str) -> String {
    let part = invocation
        .trace_header
        .split(';')
        .find_map(|part| part.strip_prefix(name));
    part.expect("a part of the header").to_owned()
}

/// The event that counts the request. Values of several operations need several lines, but the
/// request is in one.
fn request_event(events: &[Value]) -> &Value {
    let counted: Vec<_> = events
        .iter()
        .filter(|event| event.get("request_duration").is_some())
        .collect();
    let [event] = counted[..] else {
        panic!("{events:#?}")
    };
    event
}

/// How many requests events count: each has one duration.
fn requests(events: &[Value]) -> usize {
    let durations = |event: &Value| match &event["request_duration"] {
        Value::Null => 0,
        Value::Array(values) => values.len(),
        _ => 1,
    };
    events.iter().map(durations).sum()
}

/// The sum of a metric over events.
fn total(events: &[Value], metric: &str) -> f64 {
    let values = |event: &Value| match &event[metric] {
        Value::Array(values) => values.iter().filter_map(Value::as_f64).sum(),
        value => value.as_f64().unwrap_or_default(),
    };
    events.iter().map(values).sum()
}
