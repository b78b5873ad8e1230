//! Runs that ended elsewhere.

use handlers::{
    AppState, Deadline, REQUEST_BUDGET, run_api,
    store::{Store, WriteOutcome},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Embedded, post};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_run_is_stored_once_as_it_was() {
    let embedded = Embedded::start().await;
    let state: AppState = embedded.state();
    let runs = run_api(state.clone());
    let (_, run) = post("/api/runs/start", json!({})).send(&runs).await;
    let id = run["id"].as_str().unwrap();
    post("/api/runs/interrupt-all", Value::Null)
        .send(&runs)
        .await;
    let store: &Store = state.store();
    let deadline = || Deadline::after(REQUEST_BUDGET);
    let ended = store.run(deadline(), id.parse().unwrap()).await.unwrap();
    let mut ended = ended.unwrap();
    assert!(ended.finished_at.is_some() && ended.error_message.is_some());
    // The statistics are counted here.
    (ended.id, ended.stats) = (Uuid::from_u128(1), None);

    for expected in [WriteOutcome::Written, WriteOutcome::Duplicate] {
        let outcome = store.put_ended(deadline(), &ended).await;
        assert_eq!(outcome.unwrap(), expected);
    }
    let stored = store.run(deadline(), ended.id).await.unwrap();
    assert_eq!(stored, Some(ended.clone()));

    let mut elsewhere = embedded.config.clone();
    elsewhere.runs_table = "Nothing".into();
    let elsewhere = Store::new(&elsewhere, embedded.client.clone(), embedded.clock.clock());
    assert!(elsewhere.put_ended(deadline(), &ended).await.is_err());
}
