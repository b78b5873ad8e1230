//! The frontend in a tab that is not looked at: browsers let its timers run once a second, and once
//! a minute after five minutes. Its run takes as long as that takes, and must live.

use std::time::Duration;

use serde_json::json;
use system_tests::{Api, System, text};

const SENSORS: usize = 3;

/// What becomes of the frontend's loop: it ends with the first answer that is not a success.
async fn simulate(
    system: &System,
    rounds: u32,
    interval_ms: u64,
    tick: impl Fn(u32) -> Duration,
) -> (u32, String) {
    let api = system.api();
    let seconds = |ms: u64| u32::try_from(ms.div_ceil(1_000)).unwrap();
    let duration = seconds(u64::from(rounds) * interval_ms);
    let sensors: Vec<String> = (0..SENSORS).map(|n| format!("sensor-{n}")).collect();
    let body =
        json!({ "sensorIds": sensors, "duration": duration, "interval": seconds(interval_ms) });
    let run = api
        .post("/api/runs/start")
        .user("ada")
        .json(&body)
        .expect(201)
        .await;
    let id = text(&run, "id");
    for round in 0..rounds {
        system.clock().advance(tick(round));
        let calls = sensors
            .iter()
            .map(|sensor| api.record("ada", &id, sensor, 20.0).send());
        let calls: Vec<_> = calls.map(tokio::spawn).collect();
        for call in calls {
            let reply = call.await.unwrap();
            if !reply.status.is_success() {
                return (round, id);
            }
        }
        settle(api, &id).await;
    }
    (rounds, id)
}

/// Lets the renewal of a lease end that the last readings may have begun: no answer waits for it.
async fn settle(api: &Api, run: &str) {
    api.run(run).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_of_200_ms_lives_while_its_tab_sends_once_a_second() {
    let system = System::builder().standing_clock().start().await;
    let (rounds, run) = simulate(&system, 200, 200, |_| Duration::from_secs(1)).await;
    assert_eq!(rounds, 200, "the run was ended");
    let ended = system
        .api()
        .finish(&run, &json!({ "status": "SUCCESS" }))
        .expect(200)
        .await;
    assert_eq!(ended["status"], "COMPLETED");
    assert_eq!(system.api().readings(&run).await.len(), 200 * SENSORS);
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_lives_on_when_its_tab_sends_once_a_minute() {
    let system = System::builder().standing_clock().start().await;
    let tick = |round| Duration::from_secs(if round < 100 { 1 } else { 60 });
    let (rounds, run) = simulate(&system, 160, 200, tick).await;
    assert_eq!(rounds, 160, "the run was ended");
    system
        .api()
        .finish(&run, &json!({ "status": "SUCCESS" }))
        .expect(200)
        .await;
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_network_does_not_end_a_run() {
    let system = System::builder().standing_clock().start().await;
    let (rounds, run) = simulate(&system, 400, 200, |_| Duration::from_millis(350)).await;
    assert_eq!(rounds, 400, "the run was ended");
    system
        .api()
        .finish(&run, &json!({ "status": "SUCCESS" }))
        .expect(200)
        .await;
    system.stop().await;
}
