//! Runs that nobody finishes: they end with their lease, without anyone
//! waiting in these tests.

use std::time::Duration;

use serde_json::json;
use system_tests::{System, text};

/// Past duration, grace and the allowance for clocks of a run of 2 s.
const PAST_LEASE: Duration = Duration::from_secs(2 + 120 + 6);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abandoned_run_gives_its_place_free() {
    let system = System::builder()
        .variable("MAX_CONCURRENT_RUNS", "1")
        .standing_clock()
        .start()
        .await;
    let api = system.api();
    let abandoned = text(&api.start("ada", 2).expect(201).await, "id");
    api.start("bob", 2)
        .expect_error(409, "run_limit_reached")
        .await;

    system.clock().advance(PAST_LEASE);
    assert_eq!(api.run(&abandoned).await["status"], "INTERRUPTED");
    assert_eq!(api.get("/api/runs/running").expect(200).await, json!([]));
    assert_eq!(
        api.get("/api/runs/can-start").expect(200).await["canStart"],
        true
    );
    api.finish(&abandoned, &json!({}))
        .expect_error(409, "run_not_running")
        .await;
    api.start("bob", 2).expect(201).await;
    api.record("ada", &abandoned, "s", 20.0)
        .expect_error(409, "run_not_running")
        .await;
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_within_its_grace_is_still_running() {
    let system = System::builder().standing_clock().start().await;
    let api = system.api();
    let run = text(&api.start("ada", 2).expect(201).await, "id");
    system.clock().advance(Duration::from_secs(100));
    assert_eq!(api.run(&run).await["status"], "RUNNING");
    api.record("ada", &run, "s", 20.0).expect(201).await;
    assert_eq!(
        api.finish(&run, &json!({})).expect(200).await["status"],
        "COMPLETED"
    );
    system.stop().await;
}
