//! can-start and a page of runs while the table grows: both should stay flat.
//!
//! ```sh
//! cargo bench -p system-tests --bench listing
//! ```

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program that prints a table"
)]

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use handlers::domain::Timestamp;
use serde_json::json;
use system_tests::{Api, Measurement, System, measure, text};
use uuid::Uuid;

const RUNS: [i64; 3] = [0, 1_000, 100_000];
const TIMES: u32 = 2_000;

#[tokio::main]
async fn main() {
    // Also compiled and started by `cargo test --benches`, which measures nothing.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let system = System::start().await;
    println!("| runs in the table | call | p50 ms | p90 ms | p99 ms |");
    println!("|--:|---|--:|--:|--:|");
    let mut filled = 0;
    for runs in RUNS {
        fill(&system, filled, runs).await;
        filled = runs;
        for (name, path) in [
            ("can-start", "/api/runs/can-start"),
            ("first page of 50", "/api/runs?limit=50"),
            ("running", "/api/runs/running"),
        ] {
            let measured = measure(1, TIMES, get(system.api(), path)).await;
            print_row(runs, name, &measured);
        }
    }
    system.stop().await;
}

fn print_row(runs: i64, name: &str, measured: &Measurement) {
    let [p50, p90, p99] = [50.0, 90.0, 99.0].map(|p| measured.ms(p));
    println!("| {runs} | {name} | {p50:.2} | {p90:.2} | {p99:.2} |");
}

fn get(api: &Api, path: &'static str) -> impl Fn(u32) -> BoxFuture + Send + Sync + 'static {
    let api = api.clone();
    move |_| {
        let call = api.get(path);
        Box::pin(async { drop(call.expect(200).await) })
    }
}

type BoxFuture = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Adds ended runs `from` to `to`, each a copy of one that the API has made,
/// a second older than the one before.
async fn fill(system: &System, from: i64, to: i64) {
    if from == to {
        return;
    }
    let run = system.api().started("bench").await;
    system.api().finish(&run, &json!({})).expect(200).await;
    let store = system.dynamodb();
    let started = text(&system.api().run(&run).await, "startedAt");
    let newest: Timestamp = started.parse().expect("a timestamp");
    let got = store
        .get_item()
        .table_name("Runs")
        .key("id", AttributeValue::S(run))
        .send()
        .await;
    let item = got.expect("an answer").item.expect("the run's item");
    for first in (from..to).step_by(25) {
        let writes = (first..to.min(first + 25))
            .map(|n| Timestamp::from_millis(newest.as_millis() - 1_000 * (n + 1)))
            .map(|at| write(copy(&item, at)))
            .collect();
        store
            .batch_write_item()
            .request_items("Runs", writes)
            .send()
            .await
            .expect("written");
    }
}

fn copy(
    item: &HashMap<String, AttributeValue>,
    started: Timestamp,
) -> HashMap<String, AttributeValue> {
    let mut item = item.clone();
    item.insert(
        "id".to_owned(),
        AttributeValue::S(Uuid::new_v4().to_string()),
    );
    item.insert(
        "startedAt".to_owned(),
        AttributeValue::S(started.to_string()),
    );
    item
}

fn write(item: HashMap<String, AttributeValue>) -> WriteRequest {
    let put = PutRequest::builder()
        .set_item(Some(item))
        .build()
        .expect("an item");
    WriteRequest::builder().put_request(put).build()
}
