//! Ingestion through `serve`, single readings and batches, beside what the
//! embedded store alone sustains through the same SDK.
//!
//! ```sh
//! cargo bench -p system-tests --bench ingestion
//! ```
//!
//! Everything runs in one process on the machine's cores, the load included,
//! and with the telemetry that `sentori serve` has. The store alone gets the
//! requests that the handlers would send it, for the same items: over HTTP, as
//! the load reaches the server, and in this process, as the server reaches the
//! store. All start each round on empty tables, because the store slows as
//! they grow, and take turns at going first.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program that prints a table"
)]

use std::collections::HashMap;
use std::path::PathBuf;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeValue, PutRequest, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
    WriteRequest,
};
use handlers::domain::Timestamp;
use sentori::Subject;
use sentori::metrics::{Emf, metrics};
use sentori::store::Storage;
use serde_json::{Value, json};
use system_tests::{Api, Measurement, System, measure, median, text};
use telemetry::{Destination, Telemetry};
use uuid::Uuid;

const CONCURRENCY: [u32; 3] = [1, 8, 64];
const BATCH: usize = 25;
const ROUNDS: usize = 15;
const SENSORS: u32 = 100;

type Item = HashMap<String, AttributeValue>;
type BoxFuture = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;
type Action = Box<dyn Fn(u32) -> BoxFuture + Send + Sync>;

#[tokio::main]
async fn main() {
    // Also compiled and started by `cargo test --benches`, which measures nothing.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let _telemetry = telemetry_of_serve();
    println!(
        "| tables | writes | concurrency | store in process, /s | store over HTTP, /s | serve, /s | serve/store over HTTP (rounds) | p50 ms | p90 ms | p99 ms |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for tables in [Tables::Memory, Tables::Folder] {
        for writes in [Writes::One, Writes::Batch] {
            for concurrency in CONCURRENCY {
                row(tables, writes, concurrency).await;
            }
        }
    }
}

/// As the command line sets it up: metrics for Prometheus, and an event line a request, for
/// standard output and for the console. What the console makes of it is not measured.
fn telemetry_of_serve() -> Telemetry {
    let nowhere = || PathBuf::from("/dev/null");
    let metrics = metrics(
        &Subject::sentori(),
        "bench",
        &Emf::File(nowhere()),
        std::io::sink(),
        Destination::file(nowhere()),
    );
    let metrics = metrics.expect("destinations");
    let quiet = |name: &str| (name == "LOG_LEVEL").then(|| "warn".to_owned());
    let config = telemetry::Config::local("sentori", metrics, &quiet);
    config.init().expect("the only telemetry")
}

#[derive(Clone, Copy, Debug)]
enum Tables {
    Memory,
    Folder,
}

#[derive(Clone, Copy, Debug)]
enum Writes {
    One,
    Batch,
}

impl Writes {
    /// How often it is done in a round.
    fn times(self, concurrency: u32) -> u32 {
        match (self, concurrency) {
            (Self::One, 1) => 1_000,
            (Self::One, _) => 3_000,
            (Self::Batch, 1) => 60,
            (Self::Batch, _) => 180,
        }
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contestant {
    StoreInProcess,
    StoreOverHttp,
    Serve,
}

impl Contestant {
    const ALL: [Self; 3] = [Self::StoreInProcess, Self::StoreOverHttp, Self::Serve];
}

async fn row(tables: Tables, writes: Writes, concurrency: u32) {
    let mut rounds: [Vec<Measurement>; 3] = Default::default();
    for round in 0..ROUNDS {
        for turn in 0..Contestant::ALL.len() {
            let turn = (round + turn) % Contestant::ALL.len();
            let measured = fresh(tables, async |system: &System| {
                let action = action(system, writes, Contestant::ALL[turn]).await;
                measure(concurrency, writes.times(concurrency), action).await
            });
            rounds[turn].push(measured.await);
        }
    }
    let [in_process, over_http, serve] = rounds;
    let share =
        |(serve, store): (&Measurement, &Measurement)| 100.0 * serve.per_second / store.per_second;
    let mut shares: Vec<f64> = serve.iter().zip(&over_http).map(share).collect();
    let [in_process, over_http, served] = [&in_process, &over_http, &serve].map(|rounds| {
        let mut rates: Vec<f64> = rounds.iter().map(|round| round.per_second).collect();
        median(&mut rates)
    });
    let share = median(&mut shares);
    let (least, most) = (shares[0], shares[ROUNDS - 1]);
    let latency = serve.into_iter().reduce(|mut all, round| {
        all.latency.add(round.latency).expect("the same bounds");
        all
    });
    let latency = latency.expect("a round");
    println!(
        "| {} | {} | {concurrency} | {in_process:.0} | {over_http:.0} | {served:.0} | {share:.0}% ({least:.0} to {most:.0}) | {:.2} | {:.2} | {:.2} |",
        match tables {
            Tables::Memory => "memory",
            Tables::Folder => "folder",
        },
        match writes {
            Writes::One => "1 reading".to_owned(),
            Writes::Batch => format!("batch of {BATCH}"),
        },
        latency.ms(50.0),
        latency.ms(90.0),
        latency.ms(99.0)
    );
}

/// Does something with a system on empty tables.
async fn fresh<T>(tables: Tables, work: impl AsyncFnOnce(&System) -> T) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let storage = match tables {
        Tables::Memory => Storage::Memory,
        Tables::Folder => Storage::Folder(PathBuf::from(folder.path())),
    };
    let system = System::builder().storage(storage).start().await;
    let done = work(&system).await;
    system.stop().await;
    done
}

async fn action(system: &System, writes: Writes, contestant: Contestant) -> Action {
    let run = system.api().started("bench").await;
    let store = match contestant {
        Contestant::Serve => {
            let api = system.api().clone();
            return match writes {
                Writes::One => Box::new(move |n| post_one(&api, &run, n)),
                Writes::Batch => Box::new(move |_| post_batch(&api, &run)),
            };
        }
        Contestant::StoreInProcess => system.dynamodb_in_process(),
        Contestant::StoreOverHttp => system.dynamodb_without_telemetry(),
    };
    let item = stored_item(system, &run).await;
    match writes {
        Writes::One => Box::new(move |n| put_one(&store, &item, n)),
        Writes::Batch => Box::new(move |_| put_batch(&store, &item)),
    }
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

/// The item of another reading of a sensor, taken now.
fn another(item: &Item, sensor: u32) -> Item {
    let mut item = item.clone();
    let mut set =
        |name: &str, value: String| item.insert(name.to_owned(), AttributeValue::S(value));
    set("id", Uuid::new_v4().to_string());
    set("timestamp", Timestamp::from_system_clock().to_string());
    set("sensorId", format!("sensor-{sensor}"));
    item
}

fn put_one(store: &Client, item: &Item, n: u32) -> BoxFuture {
    let put = store
        .put_item()
        .table_name("SensorData")
        .set_item(Some(another(item, n % SENSORS)))
        .condition_expression("attribute_not_exists(id)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    Box::pin(async { drop(put.send().await.expect("written")) })
}

fn put_batch(store: &Client, item: &Item) -> BoxFuture {
    let put = |n| {
        let item = Some(another(item, n));
        let put = PutRequest::builder().set_item(item).build();
        WriteRequest::builder()
            .put_request(put.expect("an item"))
            .build()
    };
    let write = store
        .batch_write_item()
        .request_items("SensorData", (0..BATCH as u32).map(put).collect())
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    Box::pin(async { drop(write.send().await.expect("written")) })
}

fn post_one(api: &Api, run: &str, n: u32) -> BoxFuture {
    let call = api.record("bench", run, &format!("sensor-{}", n % SENSORS), 20.5);
    Box::pin(async { drop(call.expect(201).await) })
}

fn post_batch(api: &Api, run: &str) -> BoxFuture {
    let reading =
        |n| json!({ "runId": run, "sensorId": format!("sensor-{n}"), "temperature": 20.5 });
    let batch: Vec<Value> = (0..BATCH).map(reading).collect();
    let call = api
        .post("/api/sensors/data")
        .user("bench")
        .json(&json!(batch));
    Box::pin(async { drop(call.expect(201).await) })
}
