//! What each operation costs: its DynamoDB calls and the capacity that each consumes.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    operation::{
        batch_get_item::{BatchGetItemInput, BatchGetItemOutput},
        get_item::{GetItemInput, GetItemOutput},
        put_item::{PutItemInput, PutItemOutput},
        query::{QueryInput, QueryOutput},
        transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput},
        update_item::{UpdateItemInput, UpdateItemOutput},
    },
    types::{Capacity, ConsumedCapacity, ReturnConsumedCapacity},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeSerializationInterceptorContextMut, FinalizerInterceptorContextRef},
            dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use axum::Router;
use catalogue::Route;
use dynoxide::{ImportOptions, actions::scan::ScanRequest};
use handlers::{AppState, domain::Timestamp, run_api, sensor_api};
use serde_json::{Value, json};
use telemetry::Dimension as _;

use crate::support::{Call, Embedded, get, post};

const DOCUMENT: &str = include_str!("../../../docs/store.md");

/// Units of one call: on the table, then on each index that it touched.
type Cost = (&'static str, f64, Vec<f64>);

/// Notes what every call consumes.
#[derive(Clone, Debug, Default)]
struct Meter(Arc<Mutex<Vec<Cost>>>);

impl Meter {
    /// Costs of the calls that `call` makes.
    async fn of(&self, call: Call, router: &Router) -> (Value, Vec<Cost>) {
        self.0.lock().unwrap().clear();
        let (status, answer) = call.send(router).await;
        assert!(matches!(status, 200 | 201), "{status}: {answer}");
        (answer, self.taken())
    }

    /// Costs of each call with its row; the row says which router it is for.
    async fn each(
        &self,
        calls: impl IntoIterator<Item = (&'static str, Call)>,
        runs: &Router,
        sensors: &Router,
    ) -> Vec<(&'static str, Vec<Cost>)> {
        let mut costs = Vec::new();
        for (row, call) in calls {
            let is_sensors = row.contains("/api/sensors");
            let router = if is_sensors { sensors } else { runs };
            costs.push((row, self.of(call, router).await.1));
        }
        costs
    }

    /// The costs that were noted since.
    fn taken(&self) -> Vec<Cost> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn note<'a>(
        &self,
        operation: &'static str,
        capacities: impl Iterator<Item = &'a ConsumedCapacity>,
    ) {
        let costs = capacities.map(|capacity| {
            let table = capacity.table().and_then(Capacity::capacity_units);
            let indexes = capacity.global_secondary_indexes().into_iter().flatten();
            let mut indexes: Vec<f64> = indexes
                .filter_map(|(_, index)| index.capacity_units())
                .collect();
            indexes.sort_by(f64::total_cmp);
            (operation, table.unwrap_or_default(), indexes)
        });
        self.0.lock().unwrap().extend(costs);
    }
}

macro_rules! each_operation {
    ($body:ident!($($argument:expr),+)) => {
        $body!($($argument),+; BatchGetItemInput, BatchGetItemOutput, "BatchGetItem");
        $body!($($argument),+; GetItemInput, GetItemOutput, "GetItem");
        $body!($($argument),+; PutItemInput, PutItemOutput, "PutItem");
        $body!($($argument),+; QueryInput, QueryOutput, "Query");
        $body!($($argument),+; UpdateItemInput, UpdateItemOutput, "UpdateItem");
        $body!($($argument),+; TransactWriteItemsInput, TransactWriteItemsOutput, "TransactWriteItems");
    };
}

#[dyn_dispatch_hint]
impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut aws_sdk_dynamodb::config::ConfigBag,
    ) -> Result<(), BoxError> {
        macro_rules! ask {
            ($input:expr; $Input:ty, $Output:ty, $name:literal) => {
                if let Some(input) = $input.downcast_mut::<$Input>() {
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
                }
            };
        }
        each_operation!(ask!(context.input_mut()));
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut aws_sdk_dynamodb::config::ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Ok(output)) = context.output_or_error() else {
            return Ok(());
        };
        macro_rules! note {
            ($meter:expr, $output:expr; $Input:ty, $Output:ty, $name:literal) => {
                if let Some(output) = $output.downcast_ref::<$Output>() {
                    $meter.note($name, output.consumed_capacity().into_iter());
                }
            };
        }
        each_operation!(note!(self, output));
        Ok(())
    }
}

/// What the routers need, on a metered client.
fn metered(embedded: &Embedded) -> (AppState, Meter) {
    let meter = Meter::default();
    let config = embedded.client.config().to_builder();
    let client = Client::from_conf(config.interceptor(meter.clone()).build());
    let state = AppState::new(embedded.config.clone(), client, embedded.clock.clock());
    (state, meter)
}

/// The costs of a run's life and of looking at it, by their row in docs/store.md.
async fn costs(embedded: &Embedded) -> Vec<(&'static str, Vec<Cost>)> {
    let (state, meter) = metered(embedded);
    let (runs, sensors) = (run_api(state.clone()), sensor_api(state.clone()));
    let start = || post("/api/runs/start", json!({}));
    // The first start ever also creates the board.
    let (first, _) = meter.of(start(), &runs).await;
    let id = first["id"].as_str().unwrap();
    let path = |rest: &str| format!("/api/runs/{id}{rest}");
    let reading = json!({"runId": id, "sensorId": "s", "temperature": 20.5});
    let ingest = || post("/api/sensors/data", reading.clone());
    let own = |n: u128| {
        json!({
            "id": uuid::Uuid::from_u128(n).to_string(), "timestamp": embedded.clock.now().to_string(),
            "runId": id, "sensorId": "s", "temperature": 20.5
        })
    };
    let batch = json!([own(1), own(2)]);
    let calls = [
        ("POST /api/runs/start", start()),
        (
            "POST /api/runs/start, with an Idempotency-Key",
            start().key("k"),
        ),
        ("GET /api/runs/can-start", get("/api/runs/can-start")),
        ("POST /api/sensors/data, cold", ingest()),
        ("POST /api/sensors/data, warm", ingest()),
        (
            "POST /api/sensors/data, two with ids of the client's",
            post("/api/sensors/data", batch),
        ),
    ];
    let mut costs = meter.each(calls, &runs, &sensors).await;
    // Past the planned end: the lease is renewed, once.
    embedded.clock.advance(Duration::from_secs(61));
    let (_, renewing) = meter.of(ingest(), &sensors).await;
    state.join_background_tasks().await;
    let renewing = [renewing, meter.taken()].concat();
    costs.push(("POST /api/sensors/data, which renews the lease", renewing));
    let readings = format!("/api/sensors/data?runId={id}&limit=2");
    let calls = [
        (
            "POST /api/runs/{id}/finish",
            post(path("/finish"), Value::Null),
        ),
        ("GET /api/runs/{id}", get(path(""))),
        ("GET /api/runs", get("/api/runs?limit=1")),
        ("GET /api/runs/running", get("/api/runs/running")),
        ("GET /api/sensors/data", get(readings)),
        (
            "POST /api/runs/interrupt-all",
            post("/api/runs/interrupt-all", Value::Null),
        ),
        ("GET /api/openapi.json", get("/api/openapi.json")),
    ];
    costs.extend(meter.each(calls, &runs, &sensors).await);
    costs
}

/// What the newest runs cost in one answer, which grows with their number up to 500.
async fn all_runs(embedded: &Embedded) -> (&'static str, Vec<Cost>) {
    let (state, meter) = metered(embedded);
    let (_, all) = meter.of(get("/api/runs/all"), &run_api(state)).await;
    ("GET /api/runs/all", all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_operation_costs_what_it_should() {
    let embedded = Embedded::start().await;
    let board = ("GetItem", 1.0, vec![]);
    let run = ("GetItem", 1.0, vec![]);
    let two_runs = ("BatchGetItem", 2.0, vec![]);
    // The run and its place; two items written in a transaction cost two units each, the listing one.
    let end = ("TransactWriteItems", 4.0, vec![1.0]);
    let statistics = [("Query", 0.0, vec![0.5]), ("UpdateItem", 1.0, vec![1.0])];
    let stored = ("PutItem", 1.0, vec![1.0, 1.0]);
    let page = ("Query", 0.0, vec![0.5]);
    let table: Vec<(&str, Vec<Cost>)> = vec![
        ("POST /api/runs/start", vec![board.clone(), end.clone()]),
        (
            "POST /api/runs/start, with an Idempotency-Key",
            vec![
                // The key is not there yet.
                ("GetItem", 1.0, vec![]),
                board.clone(),
                ("TransactWriteItems", 6.0, vec![1.0]),
            ],
        ),
        ("GET /api/runs/can-start", vec![board.clone()]),
        (
            "POST /api/sensors/data, cold",
            vec![run.clone(), stored.clone()],
        ),
        ("POST /api/sensors/data, warm", vec![stored.clone()]),
        (
            "POST /api/sensors/data, two with ids of the client's",
            vec![("TransactWriteItems", 4.0, vec![2.0, 2.0])],
        ),
        (
            "POST /api/sensors/data, which renews the lease",
            vec![run.clone(), stored, end.clone()],
        ),
        (
            "POST /api/runs/{id}/finish",
            [&[run.clone(), end.clone()], &statistics[..]].concat(),
        ),
        ("GET /api/runs/{id}", vec![run]),
        ("GET /api/runs", vec![page.clone()]),
        (
            "GET /api/runs/running",
            vec![board.clone(), two_runs.clone()],
        ),
        ("GET /api/sensors/data", vec![page.clone()]),
        (
            "POST /api/runs/interrupt-all",
            [
                &[board, two_runs, end.clone(), end][..],
                &statistics,
                &statistics,
            ]
            .concat(),
        ),
        ("GET /api/openapi.json", vec![]),
        ("GET /api/runs/all", vec![page]),
    ];
    let mut found = costs(&embedded).await;
    found.push(all_runs(&embedded).await);
    assert_eq!(found, table);
    assert_described(&found);
}

/// That docs/store.md has a row for each, and that there is one for each route.
fn assert_described(costs: &[(&str, Vec<Cost>)]) {
    let (_, table) = DOCUMENT.split_once("## What it costs").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let described: BTreeSet<_> = rows
        .map(|row| row.split('|').nth(1).unwrap().trim().replace('`', ""))
        .collect();
    let measured: BTreeSet<_> = costs.iter().map(|(row, _)| (*row).to_owned()).collect();
    assert_eq!(
        described, measured,
        "left are the rows of docs/store.md, right what is measured here"
    );
    for route in Route::all().filter(|route| *route != Route::Unmatched) {
        let route = route.value();
        let is_measured = measured
            .iter()
            .any(|row| row.split(',').next() == Some(route));
        assert!(
            is_measured,
            "measure {route} in handlers/tests/embedded/capacity.rs"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn costs_do_not_grow_with_the_number_of_runs() {
    let embedded = Embedded::start().await;
    let (state, meter) = metered(&embedded);
    let runs = run_api(state);
    let few = costs(&embedded).await;
    let page = |key: Option<&str>| {
        let key = key.map(|key| format!("&lastKey={key}")).unwrap_or_default();
        meter.of(get(format!("/api/runs?limit=50{key}")), &runs)
    };
    add_runs(&embedded, 0..100);
    let at_100 = page(None).await.1;
    add_runs(&embedded, 100..100_000);
    let (answer, at_100_000) = page(None).await;
    let (_, second) = page(answer["nextKey"].as_str()).await;
    assert_eq!((at_100_000.len(), &at_100_000), (1, &at_100));
    assert_eq!(second, at_100);
    // What was started before holds places.
    post("/api/runs/interrupt-all", Value::Null)
        .send(&runs)
        .await;
    embedded.clock.advance(Duration::from_secs(86_400));
    let many = costs(&embedded).await;
    assert_eq!(many, few);
}

/// Stores ended runs straight in the database, as copies of a real one, which is many times as
/// fast as through the protocol.
fn add_runs(embedded: &Embedded, numbers: std::ops::Range<u32>) {
    let table = embedded.config.runs_table.clone();
    let all = ScanRequest {
        table_name: table.clone(),
        ..ScanRequest::default()
    };
    let runs = embedded.database.scan(all).unwrap().items.unwrap();
    let ended = runs
        .iter()
        .find(|item| item.contains_key("finishedAt"))
        .unwrap();
    let copies = numbers.map(|n| {
        let mut run = ended.clone();
        let id = uuid::Uuid::from_u128(n.into()).to_string();
        let started = Timestamp::from_millis(1_767_225_600_000 + i64::from(n));
        run.insert("id".into(), dynoxide::AttributeValue::S(id));
        run.insert(
            "startedAt".into(),
            dynoxide::AttributeValue::S(started.to_string()),
        );
        run
    });
    embedded
        .database
        .import_items(&table, copies.collect(), ImportOptions::default())
        .unwrap();
}
