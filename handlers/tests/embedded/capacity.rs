//! What each operation costs: its DynamoDB calls and the capacity that each consumes.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    operation::{
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
use dynoxide::{ImportOptions, actions::scan::ScanRequest};
use handlers::{AppState, domain::Timestamp, run_api, sensor_api};
use serde_json::{Value, json};

use crate::support::{Call, Embedded, get, post};

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

/// The costs of a run's life and of two pages.
async fn costs(embedded: &Embedded) -> Vec<(&'static str, Vec<Cost>)> {
    let (state, meter) = metered(embedded);
    let (runs, sensors) = (run_api(state.clone()), sensor_api(state.clone()));
    // The first start ever also creates the board.
    let (first, _) = meter.of(post("/api/runs/start", json!({})), &runs).await;
    let finish = |run: &Value| {
        post(
            format!("/api/runs/{}/finish", run["id"].as_str().unwrap()),
            Value::Null,
        )
    };
    let (_, start) = meter.of(post("/api/runs/start", json!({})), &runs).await;
    let keyed = post("/api/runs/start", json!({})).key("k");
    let (_, keyed) = meter.of(keyed, &runs).await;
    let (_, can_start) = meter.of(get("/api/runs/can-start"), &runs).await;
    let reading = json!({"runId": first["id"], "sensorId": "s", "temperature": 20.5});
    let ingest = || meter.of(post("/api/sensors/data", reading.clone()), &sensors);
    let (_, cold) = ingest().await;
    let (_, warm) = ingest().await;
    // Past the planned end: the lease is renewed, once.
    embedded.clock.advance(Duration::from_secs(61));
    let (_, renewing) = ingest().await;
    state.settled().await;
    let renewing = [renewing, meter.taken()].concat();
    let (_, finish) = meter.of(finish(&first), &runs).await;
    let (_, one) = meter
        .of(
            get(format!("/api/runs/{}", first["id"].as_str().unwrap())),
            &runs,
        )
        .await;
    vec![
        ("start", start),
        ("start with a key", keyed),
        ("can-start", can_start),
        ("ingestion, cold", cold),
        ("ingestion, warm", warm),
        ("ingestion, renewing", renewing),
        ("finish", finish),
        ("get", one),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_operation_costs_what_it_should() {
    let embedded = Embedded::start().await;
    let board = ("GetItem", 1.0, vec![]);
    let run = ("GetItem", 1.0, vec![]);
    let table: Vec<(&str, Vec<Cost>)> = vec![
        // Two items written in a transaction cost two units each, the listing one unit.
        (
            "start",
            vec![board.clone(), ("TransactWriteItems", 4.0, vec![1.0])],
        ),
        (
            "start with a key",
            vec![
                // The key is not there yet.
                ("GetItem", 1.0, vec![]),
                board.clone(),
                ("TransactWriteItems", 6.0, vec![1.0]),
            ],
        ),
        ("can-start", vec![board]),
        (
            "ingestion, cold",
            vec![run.clone(), ("PutItem", 1.0, vec![1.0, 1.0])],
        ),
        ("ingestion, warm", vec![("PutItem", 1.0, vec![1.0, 1.0])]),
        (
            "ingestion, renewing",
            vec![
                run.clone(),
                ("PutItem", 1.0, vec![1.0, 1.0]),
                ("TransactWriteItems", 4.0, vec![1.0]),
            ],
        ),
        // The run, its end and its place; then the statistics.
        (
            "finish",
            vec![
                run.clone(),
                ("TransactWriteItems", 4.0, vec![1.0]),
                ("Query", 0.0, vec![0.5]),
                ("UpdateItem", 1.0, vec![1.0]),
            ],
        ),
        ("get", vec![run]),
    ];
    assert_eq!(costs(&embedded).await, table);
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
