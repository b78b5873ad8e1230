//! What an invocation writes to its log is paid by the byte: `cargo test -p system-tests --test
//! system bytes_of_the_log -- --nocapture` prints it by route. One request of each route says
//! more in ten seconds: rows are of that one, unless they say otherwise.

use catalogue::Service;
use http::Method;
use library::workload::{LISTED_BYTES, WORKLOAD};
use serde_json::{Value, json};
use system_tests::lambda::{Deployment, FunctionConfig, Invocation};

use super::{Client, body, get, reading, request, start_run};

/// Bytes of the gateway's line; `tests/infrastructure` compares them with Terraform's format.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small whole number"
)]
const ACCESS_LOG: usize = WORKLOAD.access_log_bytes as usize;

fn bytes(invocation: &Invocation) -> usize {
    invocation.log.iter().map(String::len).sum()
}

/// An environment that has had its first invocation, which says more than others.
async fn warm(deployment: &Deployment, service: Service) -> Client {
    let config = FunctionConfig {
        sampled: false,
        ..deployment.function(service)
    };
    let mut client = Client::new(config);
    client.call(&get("/api/nothing")).await;
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_of_the_log() {
    let deployment = Deployment::start().await;
    let mut run_api = warm(&deployment, Service::RunApi).await;
    let mut sensor_api = warm(&deployment, Service::SensorApi).await;
    let (started, invocation) = run_api.call(&start_run()).await;
    let run = body(&started)["id"].as_str().expect("an id").to_owned();
    let mut rows = vec![("POST /api/runs/start", bytes(&invocation))];
    let mut readings = Vec::new();
    for _ in 0..9 {
        let (_, invocation) = sensor_api.call(&reading(&run, 22.5)).await;
        readings.push(bytes(&invocation));
    }
    rows.push(("POST /api/sensors/data", readings[0]));
    readings.sort_unstable();
    // Each of the others but where ten seconds have gone by, which is not every second time.
    let ingestion = readings[readings.len() / 2];
    rows.push(("POST /api/sensors/data, the others", ingestion));
    let batch: Vec<_> = (0..10)
        .map(|n| json!({ "runId": run, "sensorId": format!("s-{n}"), "temperature": n }))
        .collect();
    let batch = request(Method::POST, "/api/sensors/data", &json!(batch));
    let (_, invocation) = sensor_api.call(&batch).await;
    let in_batch = bytes(&invocation);
    rows.push(("POST /api/sensors/data, ten readings", in_batch));
    let readings = get(&format!("/api/sensors/data?runId={run}"));
    let (_, invocation) = sensor_api.call(&readings).await;
    rows.push(("GET /api/sensors/data", bytes(&invocation)));
    for (route, path) in [
        ("GET /api/runs/can-start", "/api/runs/can-start".to_owned()),
        ("GET /api/runs/running", "/api/runs/running".to_owned()),
        ("GET /api/runs", "/api/runs".to_owned()),
        ("GET /api/runs/{id}", format!("/api/runs/{run}")),
    ] {
        let (_, invocation) = run_api.call(&get(&path)).await;
        rows.push((route, bytes(&invocation)));
    }
    let finish = format!("/api/runs/{run}/finish");
    let finish = request(Method::POST, &finish, &json!({ "status": "SUCCESS" }));
    let (_, invocation) = run_api.call(&finish).await;
    rows.push(("POST /api/runs/{id}/finish", bytes(&invocation)));
    let invocation = run_api.invoke(r#"{"source":"sentori.tick"}"#).await;
    rows.push(("the tick", bytes(&invocation)));
    println!("| route | bytes |\n|---|--:|");
    for (route, bytes) in &rows {
        println!("| `{route}` | {bytes} |");
    }
    // The goal (docs/decisions/bytes-of-an-event.md).
    assert!(
        ingestion + ACCESS_LOG <= 500,
        "{ingestion} and {ACCESS_LOG}"
    );
    // What the price of a million readings is computed with.
    #[expect(clippy::cast_precision_loss, reason = "small")]
    for (measured, assumed) in [
        (ingestion as f64, WORKLOAD.log_bytes),
        (in_batch as f64, WORKLOAD.log_bytes + 9.0 * LISTED_BYTES),
    ] {
        assert!(
            (0.95 * assumed..=assumed).contains(&measured),
            "{measured} bytes, and {assumed} are priced: {:?}",
            Value::from(rows.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>())
        );
    }
}
