//! Ingestion through `serve`, single readings and batches, beside what the
//! embedded store alone sustains through the same SDK.
//!
//! ```sh
//! cargo bench -p system-tests --bench ingestion
//! ```
//!
//! Everything runs in one process on the machine's cores, the load included.
//! The store alone gets the item of a real reading, under a new id each time.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program that prints a table"
)]

use std::collections::HashMap;
use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use sentori::store::Storage;
use serde_json::{Value, json};
use system_tests::{Api, Measured, System, measure, text};
use uuid::Uuid;

const CONCURRENCY: [u32; 3] = [1, 8, 64];
const BATCH: usize = 25;

type Item = HashMap<String, AttributeValue>;

#[tokio::main]
async fn main() {
    // Also compiled and started by `cargo test --benches`, which measures nothing.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    println!(
        "| tables | writes | concurrency | store alone, /s | serve, /s | serve/store | p50 ms | p90 ms | p99 ms |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|");
    let folder = tempfile::tempdir().expect("a folder");
    table("memory", &Storage::Memory).await;
    table(
        "folder",
        &Storage::Folder(Path::new(folder.path()).to_owned()),
    )
    .await;
}

async fn table(name: &str, storage: &Storage) {
    let system = System::builder().storage(storage.clone()).start().await;
    let run = system.api().started("bench").await;
    let store = system.dynamodb();
    let item = stored_item(&system, &run).await;
    for concurrency in CONCURRENCY {
        let times = if concurrency == 1 { 4_000 } else { 12_000 };
        let alone = measure(concurrency, times, put_one(&store, &item)).await;
        let served = measure(concurrency, times, post_one(system.api(), &run)).await;
        print_row(name, "1 reading", concurrency, &alone, &served);
    }
    for concurrency in CONCURRENCY {
        let times = if concurrency == 1 { 300 } else { 900 };
        let alone = measure(concurrency, times, put_batch(&store, &item)).await;
        let served = measure(concurrency, times, post_batch(system.api(), &run)).await;
        print_row(
            name,
            &format!("batch of {BATCH}"),
            concurrency,
            &alone,
            &served,
        );
    }
    system.stop().await;
}

fn print_row(name: &str, writes: &str, concurrency: u32, alone: &Measured, served: &Measured) {
    let share = 100.0 * served.per_second / alone.per_second;
    println!(
        "| {name} | {writes} | {concurrency} | {:.0} | {:.0} | {share:.0}% | {:.2} | {:.2} | {:.2} |",
        alone.per_second,
        served.per_second,
        served.ms(50.0),
        served.ms(90.0),
        served.ms(99.0)
    );
}

/// The item of a reading that was sent through the API.
async fn stored_item(system: &System, run: &str) -> Item {
    let reading = system
        .api()
        .record("bench", run, "sensor-1", 20.5)
        .expect(201)
        .await;
    let key = |name: &str| AttributeValue::S(text(&reading, name));
    let got = system.dynamodb().get_item().table_name("SensorData");
    let got = got
        .key("id", key("id"))
        .key("timestamp", key("timestamp"))
        .send()
        .await
        .expect("an answer");
    got.item.expect("the reading's item")
}

fn fresh(item: &Item) -> Item {
    let mut item = item.clone();
    item.insert(
        "id".to_owned(),
        AttributeValue::S(Uuid::new_v4().to_string()),
    );
    item
}

fn put_one(store: &Client, item: &Item) -> impl Fn(u32) -> BoxFuture + Send + Sync + 'static {
    let (store, item) = (store.clone(), item.clone());
    move |_| {
        let put = store
            .put_item()
            .table_name("SensorData")
            .set_item(Some(fresh(&item)));
        Box::pin(async { drop(put.send().await.expect("written")) })
    }
}

fn put_batch(store: &Client, item: &Item) -> impl Fn(u32) -> BoxFuture + Send + Sync + 'static {
    let (store, item) = (store.clone(), item.clone());
    move |_| {
        let put = || {
            PutRequest::builder()
                .set_item(Some(fresh(&item)))
                .build()
                .expect("an item")
        };
        let writes = (0..BATCH)
            .map(|_| WriteRequest::builder().put_request(put()).build())
            .collect();
        let write = store.batch_write_item().request_items("SensorData", writes);
        Box::pin(async { drop(write.send().await.expect("written")) })
    }
}

fn post_one(api: &Api, run: &str) -> impl Fn(u32) -> BoxFuture + Send + Sync + 'static {
    let (api, run) = (api.clone(), run.to_owned());
    move |n| {
        let call = api.record("bench", &run, &format!("sensor-{}", n % 100), 20.5);
        Box::pin(async { drop(call.expect(201).await) })
    }
}

fn post_batch(api: &Api, run: &str) -> impl Fn(u32) -> BoxFuture + Send + Sync + 'static {
    let (api, run) = (api.clone(), run.to_owned());
    move |_| {
        let reading =
            |n| json!({ "runId": run, "sensorId": format!("sensor-{n}"), "temperature": 20.5 });
        let batch: Vec<Value> = (0..BATCH).map(reading).collect();
        let call = api
            .post("/api/sensors/data")
            .user("bench")
            .json(&json!(batch));
        Box::pin(async { drop(call.expect(201).await) })
    }
}

type BoxFuture = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;
