//! What each route and outcome emits, to the letter: metrics with their values, units and
//! dimensions, properties, spans and log records of one invocation of the compiled functions.
//! `tests/emitted.txt` is the table.

mod cases;
mod notation;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use catalogue::Service;
use http::{Request, Response};
use serde_json::{Value, json};
use system_tests::lambda::{Deployment, Invocation, Outcome};
use system_tests::{Fault, FaultProxy, Switch};

use super::{Client, body};
use crate::golden;
use notation::{Times, event, record, span, steady};

/// An id that nothing has.
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
        // What is repeated is repeated more or less often, and the time may be up during any.
        let segments = || invocation.segments.iter();
        let is_cut = |segment: &&Value| segment["annotations"]["error_type"] == "cancelled";
        let is_last = |segment: &&Value| {
            let mut whole = segments().filter(|segment| !is_cut(segment));
            is_cut(segment)
                && whole.any(|other| other["aws"]["operation"] == segment["aws"]["operation"])
        };
        let mut spans: Vec<String> = segments()
            .filter(|segment| !is_last(segment))
            .map(span)
            .collect();
        spans.dedup();
        self.text.push_str(&spans.concat());
        self.text.push('\n');
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_route_and_outcome_emits_what_the_table_says() {
    let mut table = Table::start().await;
    cases::runs(&mut table).await;
    cases::readings(&mut table).await;
    cases::ends(&mut table).await;
    cases::tokens(&mut table).await;
    cases::failures(&mut table).await;
    golden::check("emitted.txt", &table.text);
}
