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

use std::time::Duration;

use axum::body::Bytes;
use axum::http::Request;
use catalogue::Service;
use serde_json::{Value, json};
use system_tests::lambda::{
    Deployment, Format, Function, FunctionConfig, Invocation, Outcome, test_program,
};

#[tokio::main]
async fn main() {
    let deployment = Deployment::start().await;
    let event = ingestion(&start_run(&deployment).await);
    let mut candidates = candidates(&deployment);
    for round in 0..setting("STARTS", 30) {
        for candidate in candidates.all() {
            candidate.start(&event, round).await;
        }
    }
    for _ in 0..setting("INGESTIONS", 3_000) {
        for candidate in candidates.all() {
            candidate.ingest(&event).await;
        }
    }
    candidates.report();
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// What is compared, in the order of the report.
struct Candidates {
    bare: Candidate,
    untelemetered: Candidate,
    not_traced: Candidate,
    traced: Candidate,
    python: Option<Candidate>,
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

    fn start_ms(&self, percent: usize) -> f64 {
        percentile(&self.starts, percent)
    }

    fn warm_ms(&self, percent: usize) -> f64 {
        percentile(&self.ingestions, percent)
    }

    fn report(&self) {
        let (start, late_start) = (self.start_ms(50), self.start_ms(90));
        let (warm, late_warm) = (self.warm_ms(50), self.warm_ms(99));
        let (name, peak) = (self.name, self.peak_mb());
        println!(
            "| {name} | {start:.1} ms | {late_start:.1} ms | {warm:.3} ms | {late_warm:.3} ms | {peak:.1} MB |"
        );
    }

    fn peak_mb(&self) -> f64 {
        let memory = self.function.memory().expect("readable").expect("running");
        f64::from(u32::try_from(memory.peak_kib).expect("below 4 TB")) / 1024.0
    }
}

fn candidates(deployment: &Deployment) -> Candidates {
    let sensor_api = deployment.function(Service::SensorApi);
    let example = |name| FunctionConfig {
        program: test_program(name).expect("builds"),
        ..sensor_api.clone()
    };
    let not_traced = FunctionConfig {
        sampled: false,
        ..sensor_api.clone()
    };
    Candidates {
        bare: Candidate::new("bare router and client", example("bare")),
        untelemetered: Candidate::new("sensor-api without telemetry", example("untelemetered")),
        not_traced: Candidate::new("sensor-api", not_traced),
        traced: Candidate::new("sensor-api, every request traced", sensor_api.clone()),
        python: std::env::var_os("PYTHON").map(|python| {
            let arguments = ["-m", "awslambdaric", "function.handler"];
            let config = FunctionConfig {
                program: python.into(),
                args: arguments.map(Into::into).into(),
                ..sensor_api.clone()
            };
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/lambda");
            Candidate::new("Python 3.11 and boto3", config.env("PYTHONPATH", folder))
        }),
    }
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

impl Candidates {
    fn all(&mut self) -> impl Iterator<Item = &mut Candidate> {
        let functions = [
            &mut self.bare,
            &mut self.untelemetered,
            &mut self.not_traced,
            &mut self.traced,
        ];
        functions.into_iter().chain(&mut self.python)
    }

    fn report(&mut self) {
        println!(
            "| function | start to first answer, median | p90 | warm ingestion p50 | p99 | peak memory |"
        );
        println!("| --- | ---: | ---: | ---: | ---: | ---: |");
        self.all().for_each(|candidate| candidate.report());
        let (bare, plain) = (&self.bare, &self.untelemetered);
        println!();
        for function in [&self.not_traced, &self.traced] {
            let (start, warm) = (function.start_ms(50), function.warm_ms(50));
            print!(
                "{}: starts in {:.2} times the bare one's time",
                function.name,
                start / bare.start_ms(50)
            );
            if let Some(python) = &self.python {
                print!(
                    ", {:.1} times as fast as Python",
                    python.start_ms(50) / start
                );
            }
            let telemetry = (warm - plain.warm_ms(50)) / warm;
            println!(
                "; warm, {:.3} ms over the bare one, {:.1}% of it telemetry",
                warm - bare.warm_ms(50),
                telemetry * 100.0
            );
        }
    }
}

/// In milliseconds.
fn percentile(durations: &[Duration], percent: usize) -> f64 {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    let index = (sorted.len() * percent / 100).min(sorted.len() - 1);
    sorted[index].as_secs_f64() * 1_000.0
}
