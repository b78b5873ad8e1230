//! What something else did to the tables, such as a restore or a person, does not last.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    config::{ConfigBag, interceptors::BeforeSerializationInterceptorContextRef},
    operation::transact_write_items::TransactWriteItemsInput,
    types::{AttributeValue, TimeToLiveStatus},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, dyn_dispatch_hint},
        runtime_components::RuntimeComponents,
    },
};
use axum::Router;
use handlers::{AppState, domain::Timestamp, run_api, store::tables::create_tables, tick};
use serde_json::{Value, json};

use crate::support::{Embedded, get, post};

impl Embedded {
    /// Changes the board's lease of a run behind the store's back.
    async fn change_board(&self, update: &str, run: &str, end: Option<i64>) {
        let end = end.map(|end| AttributeValue::N(end.to_string()));
        self.client
            .update_item()
            .table_name(&self.config.runs_table)
            .key("id", AttributeValue::S("board".into()))
            .update_expression(update)
            .expression_attribute_names("#run", run)
            .set_expression_attribute_values(end.map(|end| [(":end".to_owned(), end)].into()))
            .send()
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_without_a_lease_can_be_finished() {
    let embedded = Embedded::start().await;
    let router = run_api(embedded.state());
    let (_, run) = post("/api/runs/start", json!({})).send(&router).await;
    let id = run["id"].as_str().unwrap();
    embedded.change_board("REMOVE leases.#run", id, None).await;
    let finish = || post(format!("/api/runs/{id}/finish"), Value::Null).send(&router);
    assert_eq!(finish().await.0, 200);
    assert_eq!(finish().await.0, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_without_a_run_gives_its_place_free() {
    let embedded = Embedded::start().await;
    let router = run_api(embedded.state());
    // The first start creates the board.
    post("/api/runs/start", json!({})).send(&router).await;
    let now = embedded.clock.now().as_millis();
    let add = "SET leases.#run = :end";
    let unknown = uuid::Uuid::from_u128(7).to_string();
    embedded
        .change_board(add, &unknown, Some(now - 6_000))
        .await;
    let (_, can_start) = get("/api/runs/can-start").send(&router).await;
    assert_eq!(can_start["currentRunning"], 1);
    let done = tick(&embedded.state()).await.unwrap();
    assert_eq!((done.running, done.lapsed), (1, 0));
    assert!(!embedded.runs_table().await.leases.contains(&unknown));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tables_let_items_expire_and_are_created_once() {
    let embedded = Embedded::start().await;
    let (client, config) = (&embedded.client, &embedded.config);
    create_tables(client, config).await.unwrap();
    for table in [&config.runs_table, &config.sensor_data_table] {
        let answer = client.describe_time_to_live().table_name(table).send();
        let expiry = answer.await.unwrap().time_to_live_description.unwrap();
        assert_eq!(expiry.time_to_live_status, Some(TimeToLiveStatus::Enabled));
        assert_eq!(expiry.attribute_name.as_deref(), Some("expiresAt"));
    }
}

/// What happens to a run when the first transaction is about to end it.
#[derive(Debug)]
struct Before {
    what: Interference,
    done: AtomicBool,
}

#[derive(Debug)]
enum Interference {
    Finish(Router),
    /// A renewal that was under way arrives.
    Renew(Client, String, Timestamp),
}

impl Interference {
    async fn happen(&self, run: &str) {
        match self {
            Self::Finish(runs) => {
                let finish = post(format!("/api/runs/{run}/finish"), Value::Null);
                let (status, answer) = finish.send(runs).await;
                assert_eq!(status, 200, "{answer}");
            }
            Self::Renew(client, table, end) => {
                let leases = [
                    (
                        "board",
                        "SET leases.#lease = :end",
                        run,
                        AttributeValue::N(end.as_millis().to_string()),
                    ),
                    (
                        run,
                        "SET #lease = :end",
                        "leaseEndsAt",
                        AttributeValue::S(end.to_string()),
                    ),
                ];
                for (id, set, lease, end) in leases {
                    let update = client
                        .update_item()
                        .table_name(table)
                        .key("id", AttributeValue::S(id.into()))
                        .update_expression(set)
                        .expression_attribute_names("#lease", lease)
                        .expression_attribute_values(":end", end);
                    update.send().await.unwrap();
                }
            }
        }
    }
}

/// A state whose first transaction comes after this.
fn after(embedded: &Embedded, what: Interference) -> AppState {
    let before = Before {
        what,
        done: AtomicBool::new(false),
    };
    let client = embedded.client.config().to_builder().interceptor(before);
    let client = Client::from_conf(client.build());
    AppState::new(embedded.config.clone(), client, embedded.clock.clock())
}

#[dyn_dispatch_hint]
impl Intercept for Before {
    fn name(&self) -> &'static str {
        "Before"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input().downcast_ref::<TransactWriteItemsInput>();
        let Some(input) = input.filter(|_| !self.done.swap(true, Relaxed)) else {
            return Ok(());
        };
        let end = input.transact_items()[0].update().unwrap();
        let happening = self.what.happen(end.key()["id"].as_s().unwrap());
        let runtime = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| runtime.block_on(happening));
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interruption_that_loses_a_run_to_its_finish_ends_the_others() {
    let embedded = Embedded::start().await;
    let runs = run_api(embedded.state());
    for _ in 0..3 {
        post("/api/runs/start", json!({})).send(&runs).await;
    }
    let state = after(&embedded, Interference::Finish(runs));
    let interrupt = post("/api/runs/interrupt-all", Value::Null);
    let (status, answer) = interrupt.send(&run_api(state)).await;
    assert_eq!((status, &answer["interrupted"]), (200, &json!(2)));
    let table = embedded.runs_table().await;
    let ended = ["COMPLETED", "INTERRUPTED"].map(|status| table.with_status(status).len());
    assert_eq!((ended, table.leases.len()), ([1, 2], 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_is_renewed_when_a_tick_is_about_to_end_it_lasts() {
    let embedded = Embedded::start().await;
    let runs = run_api(embedded.state());
    let start = post("/api/runs/start", json!({ "duration": 1 }));
    start.send(&runs).await;
    embedded.clock.advance(Duration::from_secs(1 + 120 + 6));
    let end = embedded.clock.now() + Duration::from_secs(300);
    let table = embedded.config.runs_table.clone();
    let renewal = Interference::Renew(embedded.client.clone(), table, end);
    let done = tick(&after(&embedded, renewal)).await;
    let done = done.unwrap();
    assert_eq!((done.lapsed, done.running), (0, 1));
    assert_eq!(embedded.runs_table().await.with_status("RUNNING").len(), 1);
}
