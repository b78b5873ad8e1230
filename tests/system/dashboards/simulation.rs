//! A simulation in which everything happens that a metric counts, failures included.

use std::time::Duration;

use axum::body::Bytes;
use catalogue::Service;
use http::{Method, Request};
use rustix::process::Signal;
use sentori::simulate::{self, Options};
use serde_json::{Value, json};
use system_tests::lambda::{self, Deployment, Format, Function};
use system_tests::{Api, Fault, FaultProxy, LocalServer};
use tokio::sync::OnceCell;

/// The event lines of such a simulation, which is run once for all tests.
pub(super) async fn events() -> &'static str {
    static EVENTS: OnceCell<String> = OnceCell::const_new();
    EVENTS.get_or_init(run).await
}

async fn run() -> String {
    let folder = tempfile::tempdir().unwrap();
    let events = folder.path().join("events");
    let served = LocalServer::start_with_events(&folder.path().join("tables"), &events).await;
    simulate(served.base()).await;
    fail(served.api()).await;
    served.signal(Signal::TERM);
    served.ended().await;
    let mut lines = std::fs::read_to_string(&events).unwrap();
    for line in functions().await {
        lines.push_str(&line);
        lines.push('\n');
    }
    lines
}

/// Users with sensors of each kind.
pub(super) async fn simulate(url: &str) {
    let options = Options {
        url: url.to_owned(),
        users: 2,
        sensors: 3,
        duration: Duration::from_secs(1),
        interval: Duration::from_millis(200),
        progress: false,
    };
    let summary = simulate::run(&options, std::future::pending())
        .await
        .unwrap();
    assert!(
        summary.nothing_lost() && summary.runs_finished == 2,
        "{summary}"
    );
}

/// Runs that fail, are interrupted or refused, and readings that are rejected.
pub(super) async fn fail(api: &Api) {
    let failed = api.started("ada").await;
    api.finish(&failed, &json!({ "status": "FAILED" }))
        .expect(200)
        .await;
    for user in ["ada", "bob", "cyd", "dan", "eve"] {
        api.started(user).await;
    }
    api.start("fay", 60).expect(409).await;
    let unknown = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
    api.record("ada", unknown, "sensor-1", 20.0)
        .expect(404)
        .await;
    api.post("/api/sensors/data")
        .user("ada")
        .json(&json!({}))
        .expect(400)
        .await;
    api.post("/api/runs/interrupt-all").expect(200).await;
}

/// Event lines of both functions, each started anew, the first call of each to DynamoDB throttled.
async fn functions() -> Vec<String> {
    let deployment = Deployment::start().await;
    let mut lines = Vec::new();
    for (service, path) in [
        (Service::RunApi, "/api/runs/can-start"),
        (Service::SensorApi, "/api/sensors/data?sensorId=sensor-1"),
    ] {
        let mut first = true;
        let throttle = move |_: &str| match std::mem::take(&mut first) {
            true => Fault::Throttle,
            false => Fault::None,
        };
        let proxy = FaultProxy::start(deployment.store_url(), throttle)
            .await
            .unwrap();
        let program = lambda::program(service).unwrap();
        let mut function = Function::new(lambda::function(
            service,
            program,
            proxy.url(),
            deployment.access_key(),
        ));
        let request = Request::builder()
            .method(Method::GET)
            .uri(path)
            .header("host", "api.example.com")
            .body(Bytes::new())
            .unwrap();
        let event = Format::Http.event(&request).to_string();
        let invocation = function.invoke(event).await.unwrap();
        lines.extend(invocation.log.into_iter().filter(|line| is_event(line)));
    }
    assert!(!lines.is_empty());
    lines
}

fn is_event(line: &str) -> bool {
    let line: Result<Value, _> = serde_json::from_str(line);
    line.is_ok_and(|line| line.get("_aws").is_some())
}
