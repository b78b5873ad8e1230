//! sensor-api on Lambda beside a bare function and a Python one, on the same tables in one run.
//!
//! ```text
//! python3.11 -m venv target/python && target/python/bin/pip install -r tests/benches/lambda/requirements.txt
//! PYTHON=$PWD/target/python/bin/python cargo bench -p system-tests --bench lambda
//! ```
//!
//! Without `PYTHON` the Python function is left out. `STARTS` and `INGESTIONS` set how often.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark reports to whoever runs it"
)]

use std::path::PathBuf;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::Request;
use serde_json::{Value, json};
use system_tests::lambda::{Deployment, Format, Function, FunctionConfig, Invocation, Outcome};
use system_tests::program::{self, Profile};
use telemetry::catalogue::Service;

#[tokio::main]
async fn main() {
    let deployment = Deployment::start().await;
    let event = ingestion(&start_run(&deployment).await);
    let mut candidates = candidates(&deployment);
    for round in 0..setting("STARTS", 30) {
        for candidate in &mut candidates {
            candidate.start(&event, round).await;
        }
    }
    for _ in 0..setting("INGESTIONS", 3_000) {
        for candidate in &mut candidates {
            candidate.ingest(&event).await;
        }
    }
    report(&candidates);
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// A function, and what was measured of it.
struct Candidate {
    name: &'static str,
    function: Function,
    starts: Vec<Duration>,
    ingestions: Vec<Duration>,
}

impl Candidate {
    fn new(name: &'static str, config: FunctionConfig) -> Self {
        Self {
            name,
            function: Function::new(config),
            starts: Vec::new(),
            ingestions: Vec::new(),
        }
    }

    /// From the start of the process to its first answer, an ingestion. The first round warms
    /// the page cache and does not count.
    async fn start(&mut self, event: &Bytes, round: usize) {
        self.function.stop().await.expect("stops");
        let first = self.invoke(event).await;
        let init = first.init_duration.expect("a start");
        if round > 0 {
            self.starts.push(init + first.response_time);
        }
    }

    async fn ingest(&mut self, event: &Bytes) {
        let invocation = self.invoke(event).await;
        self.ingestions.push(invocation.response_time);
    }

    async fn invoke(&mut self, event: &Bytes) -> Invocation {
        let invocation = self.function.invoke(event.clone()).await.expect("starts");
        let Outcome::Response(answer) = &invocation.outcome else {
            unreachable!("{}: {invocation:#?}", self.name);
        };
        let response = Format::Http.response(answer).expect("a response");
        assert_eq!(response.status(), 201, "{}: {invocation:#?}", self.name);
        invocation
    }

    fn peak_mb(&self) -> f64 {
        let memory = self.function.memory().expect("readable").expect("running");
        f64::from(u32::try_from(memory.peak_kib).expect("below 4 TB")) / 1024.0
    }
}

fn candidates(deployment: &Deployment) -> Vec<Candidate> {
    let program = |path: PathBuf| FunctionConfig {
        program: path,
        ..deployment.function(Service::SensorApi)
    };
    let example = |name| program::example(name, Profile::current()).expect("builds");
    let mut candidates = vec![
        Candidate::new("sensor-api", deployment.function(Service::SensorApi)),
        Candidate::new(
            "sensor-api without telemetry",
            program(example("untelemetered")),
        ),
        Candidate::new("bare router and client", program(example("bare"))),
    ];
    if let Some(python) = std::env::var_os("PYTHON") {
        let mut config = program(python.into());
        config.args = ["-m", "awslambdaric", "function.handler"]
            .map(Into::into)
            .into();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/lambda");
        candidates.push(Candidate::new(
            "Python 3.11 and boto3",
            config.env("PYTHONPATH", folder),
        ));
    }
    candidates
}

/// Starts a run that outlasts the benchmark.
async fn start_run(deployment: &Deployment) -> String {
    let request = Request::post("/api/runs/start")
        .header("x-user", "bench")
        .header("content-type", "application/json");
    let request = request
        .body(Bytes::from(r#"{"duration":86400}"#))
        .expect("a request");
    let event = Format::Http.event(&request).to_string();
    let started = Function::new(deployment.function(Service::RunApi))
        .invoke(event)
        .await
        .expect("starts");
    let Outcome::Response(answer) = &started.outcome else {
        unreachable!("{started:#?}")
    };
    let response = Format::Http.response(answer).expect("a response");
    let run: Value = serde_json::from_slice(response.body()).expect("JSON");
    run["id"].as_str().expect("a run").to_owned()
}

/// The frontend's call.
fn ingestion(run: &str) -> Bytes {
    let body =
        json!({ "sensorId": "sensor-1", "reading": 22.5, "type": "temperature" }).to_string();
    let request = Request::post("/api/sensors/data")
        .header("host", "api.example.com")
        .header("content-type", "application/json")
        .header("x-user", "bench")
        .header("x-run-id", run)
        .body(Bytes::from(body))
        .expect("a request");
    Format::Http.event(&request).to_string().into()
}

fn report(candidates: &[Candidate]) {
    println!(
        "| function | start to first response, median | p90 | warm ingestion p50 | p99 | peak memory |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for candidate in candidates {
        let start = |share| percentile(&candidate.starts, share);
        let warm = |share| percentile(&candidate.ingestions, share);
        println!(
            "| {} | {:.1} ms | {:.1} ms | {:.3} ms | {:.3} ms | {:.1} MB |",
            candidate.name,
            start(50),
            start(90),
            warm(50),
            warm(99),
            candidate.peak_mb()
        );
    }
}

/// In milliseconds.
fn percentile(durations: &[Duration], percent: usize) -> f64 {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    let index = (sorted.len() * percent / 100).min(sorted.len() - 1);
    sorted[index].as_secs_f64() * 1_000.0
}
