//! The compiled functions in the console of a server beside them.

use std::time::{Duration, Instant};

use catalogue::Service;
use serde_json::Value;
use system_tests::LocalServer;
use system_tests::lambda::{Deployment, program_with_otlp};
use telemetry::Dimension as _;

use super::{Client, FunctionConfig, get, header};
use crate::signals::page;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_of_the_functions_are_seen_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let console = LocalServer::start(folder.path()).await;
    let deployment = Deployment::start().await;
    for (service, path) in [
        (Service::RunApi, "/api/runs/can-start"),
        (Service::SensorApi, "/api/sensors/data?sensorId=sensor-1"),
    ] {
        let program = program_with_otlp(service).expect("a program");
        let config = FunctionConfig {
            program,
            ..deployment.function(service)
        };
        let mut function = Client::new(config.env("OTEL_EXPORTER_OTLP_ENDPOINT", console.base()));
        let (answer, invocation) = function.call(&get(path)).await;
        let answered = Instant::now();
        assert_eq!(answer.status(), 200);
        // X-Ray writes a trace id in three parts.
        let trace = header(&invocation, "Root=")[1..].replace('-', "");
        let request = loop {
            let found = page(console.api(), &format!("/requests.json?trace={trace}")).await;
            if let Some(request) = found["requests"].get(0) {
                break request.clone();
            }
            assert!(answered.elapsed() < Duration::from_secs(1), "{found}");
        };
        let id = request["id"].as_str().unwrap();
        let whole = page(console.api(), &format!("/requests/{id}.json")).await;
        let spans = whole["spans"].as_array().unwrap();
        let of_service = |span: &&Value| span["service"] == service.value();
        assert_eq!(
            spans.iter().filter(of_service).count(),
            spans.len(),
            "{whole}"
        );
        let calls = spans.iter().filter(|span| span["kind"] == "client");
        assert!(calls.count() > 0, "{whole}");
    }
}
