//! The system on a store that fails at random points: throttles, errors,
//! conflicts, delays and connections that break before or after the write.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::{Value, json};
use system_tests::{Api, Fault, Switch, System, acknowledged, seeded, text};
use tokio::task::JoinSet;

/// Requests answer within 10 s; the rest is for two busy cores.
const BUDGET: Duration = Duration::from_secs(12);
const USERS: u64 = 8;
const ROUNDS: u64 = 6;

/// What one user knows for certain.
#[derive(Default)]
struct Ledger {
    readings: Vec<(String, String)>,
    ended: Vec<String>,
    started: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_no_place_leaks() {
    for seed in [1, 2, 3] {
        let system = System::builder().faults(seeded(seed, 20)).start().await;
        let api = Arc::new(system.api().clone());
        let users: JoinSet<Ledger> = (0..USERS)
            .map(|user| play(Arc::clone(&api), seed * 100 + user))
            .collect();
        let known = users.join_all().await;
        check(&system, &known, seed).await;
        system.stop().await;
    }
}

/// Starts, records, finishes and interrupts in an order drawn from `seed`.
async fn play(api: Arc<Api>, seed: u64) -> Ledger {
    let mut random = fastrand::Rng::with_seed(seed);
    let user = format!("user-{seed}");
    let mut known = Ledger::default();
    for round in 0..ROUNDS {
        let key = format!("{seed}-{round}");
        let start = api.start(&user, 60).header("idempotency-key", &key);
        let Some(run) = within_budget(start)
            .await
            .filter(|(status, _)| status.is_success())
        else {
            continue;
        };
        let run = text(&run.1, "id");
        known.started.push(run.clone());
        for _ in 0..4 {
            if let Some((status, reading)) = within_budget(api.record(&user, &run, "s", 20.0)).await
                && status.is_success()
            {
                known.readings.push((run.clone(), text(&reading, "id")));
            }
        }
        let end = if random.u8(0..10) == 0 {
            api.post("/api/runs/interrupt-all")
        } else {
            api.finish(&run, &json!({}))
        };
        if let Some((StatusCode::OK, answer)) = within_budget(end).await
            && answer["id"] == run
        {
            known.ended.push(run);
        }
    }
    known
}

/// Makes a call that may fail, but not slowly, and not in a way that the API
/// does not describe.
async fn within_budget(call: system_tests::Call) -> Option<(StatusCode, Value)> {
    let began = Instant::now();
    let reply = call.send().await;
    assert!(began.elapsed() < BUDGET, "{:?}", began.elapsed());
    match reply.status.as_u16() {
        200 | 201 => {}
        503 => assert!(reply.header("retry-after").is_some(), "{reply:?}"),
        409 | 404 => {}
        status => panic!("{status}: {:?}", reply.body),
    }
    Some((reply.status, reply.json()))
}

/// Looks at what is in the tables, past the proxy.
async fn check(system: &System, known: &[Ledger], seed: u64) {
    let calm = system.without_faults().await;
    let api = calm.api();
    for user in known {
        for (run, reading) in &user.readings {
            assert!(
                api.readings(run).await.contains_key(reading),
                "seed {seed}: {reading} of {run} is lost"
            );
        }
        for run in &user.ended {
            assert_ne!(api.run(run).await["status"], "RUNNING", "seed {seed}");
        }
        for run in &user.started {
            api.run(run).await;
        }
    }
    // Every run that says it is running holds a place, and no place is held
    // by anything else.
    let listed = api.pages("/api/runs?limit=100").await;
    let running: HashSet<String> = listed
        .iter()
        .filter(|run| run["status"] == "RUNNING")
        .map(|run| text(run, "id"))
        .collect();
    let places = api.get("/api/runs/can-start").expect(200).await["currentRunning"]
        .as_u64()
        .unwrap();
    assert_eq!(running.len() as u64, places, "seed {seed}");
    assert!(places <= 5, "seed {seed}");
    let on_board = api.get("/api/runs/running").expect(200).await;
    let on_board: HashSet<String> = on_board
        .as_array()
        .unwrap()
        .iter()
        .map(|run| text(run, "id"))
        .collect();
    assert_eq!(on_board, running, "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_stays_away_is_a_503_within_the_budget() {
    for fault in [Fault::Throttle, Fault::ErrorBefore, Fault::CutBefore] {
        let faults = Switch::default();
        let system = System::builder().faults(faults.plan()).start().await;
        let run = system.api().started("ada").await;
        faults.strike(fault);
        let began = Instant::now();
        let (start, record) = tokio::join!(
            system.api().start("bob", 60).send(),
            system.api().record("ada", &run, "s", 20.0).send(),
        );
        assert!(began.elapsed() < BUDGET, "{fault:?}: {:?}", began.elapsed());
        for reply in [start, record] {
            assert_eq!(reply.status, 503, "{fault:?}: {:?}", reply.body);
            assert_eq!(reply.json()["error"], "unavailable", "{fault:?}");
            assert!(reply.header("retry-after").is_some(), "{fault:?}");
        }
        faults.strike(Fault::None);
        system
            .api()
            .record("ada", &run, "s", 20.0)
            .expect(201)
            .await;
        system.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_whose_answer_was_lost_is_found_by_its_key() {
    let faults = Switch::default();
    let system = System::builder().faults(faults.plan()).start().await;
    let start = || system.api().start("ada", 60).header("idempotency-key", "k");
    faults.strike_only("TransactWriteItems", Fault::CutAfter);
    let lost = start().send().await;
    faults.strike(Fault::None);
    let run = start().send().await;
    assert!(acknowledged(&run), "{lost:?}, then {run:?}");
    assert_eq!(
        system.api().get("/api/runs/can-start").expect(200).await["currentRunning"],
        1
    );
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_survives_faults_whole_or_says_what_is_missing() {
    for seed in [7, 8, 9] {
        let system = System::builder().faults(seeded(seed, 30)).start().await;
        let api = system.api();
        let reply = api
            .start("ada", 60)
            .header("idempotency-key", "k")
            .send()
            .await;
        assert!(acknowledged(&reply), "{reply:?}");
        let run = text(&reply.json(), "id");
        let batch: Vec<Value> = (0..60)
            .map(|n| json!({ "runId": run, "sensorId": format!("s{n}"), "temperature": n }))
            .collect();
        let reply = api
            .post("/api/sensors/data")
            .user("ada")
            .json(&json!(batch))
            .send()
            .await;
        let body = reply.json();
        let ids: Vec<String> = match reply.status.as_u16() {
            201 => body["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| text(item, "id"))
                .collect(),
            503 => {
                let written = body["details"]["written"].as_array().into_iter().flatten();
                written.map(|id| id.as_str().unwrap().to_owned()).collect()
            }
            other => panic!("{other}: {body}"),
        };
        let calm = system.without_faults().await;
        let stored = calm.api().readings(&run).await;
        for id in &ids {
            assert!(stored.contains_key(id), "seed {seed}: {id}");
        }
        system.stop().await;
    }
}

/// A batch of readings without ids of the client's.
fn batch(run: &str, readings: usize) -> Value {
    let reading = |n| json!({ "runId": run, "sensorId": format!("s{n}"), "temperature": n });
    (0..readings).map(reading).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_dynamodb_leaves_unprocessed_is_sent_again() {
    // How many calls more leave half of their items unprocessed.
    let left = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&left);
    let halving = move |operation: &str| {
        let strikes = operation.starts_with("Batch")
            && counted
                .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
                .is_ok();
        if strikes {
            Fault::Unprocessed
        } else {
            Fault::None
        }
    };
    let system = System::builder().faults(halving).start().await;
    let api = system.api();
    let mut runs = Vec::new();
    for _ in 0..5 {
        runs.push(api.started("ada").await);
    }
    runs.sort_unstable();
    let send = |batch: &Value| api.post("/api/sensors/data").user("ada").json(batch);

    left.store(8, Relaxed);
    let stored = send(&batch(&runs[0], 60)).expect(201).await;
    assert_eq!(stored["count"], 60);
    assert_eq!(left.load(Relaxed), 0);
    assert_eq!(api.readings(&runs[0]).await.len(), 60);

    left.store(3, Relaxed);
    let running = api.get("/api/runs/running").expect(200).await;
    assert_eq!(left.load(Relaxed), 0);
    let mut ids: Vec<String> = running
        .as_array()
        .unwrap()
        .iter()
        .map(|run| text(run, "id"))
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, runs);
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_stays_unprocessed_says_exactly_what_is_missing() {
    let faults = Switch::default();
    let system = System::builder().faults(faults.plan()).start().await;
    let api = system.api();
    let run = api.started("ada").await;
    // A single item has no half: it stays unprocessed for as long as the fault lasts.
    faults.strike_only("BatchWriteItem", Fault::Unprocessed);
    let sent = batch(&run, 30);
    let call = api.post("/api/sensors/data").user("ada").json(&sent);
    let answer = call.expect_error(503, "partly_stored").await;
    faults.strike(Fault::None);
    let stored = api.readings(&run).await;
    let details = &answer["details"];
    let written: HashSet<&str> = details["written"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    let known: HashSet<&str> = stored.keys().map(String::as_str).collect();
    assert_eq!(written, known);
    let sensors: HashSet<String> = stored
        .values()
        .map(|reading| text(reading, "sensorId"))
        .collect();
    let missing: Vec<usize> = (0..30)
        .filter(|n| !sensors.contains(&format!("s{n}")))
        .collect();
    assert_eq!(details["failed"], json!(missing));
    assert!(
        !missing.is_empty() && missing.len() <= 2,
        "one of each chunk: {missing:?}"
    );
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn access_denied_is_our_fault_at_once_and_never_send_again() {
    let faults = Switch::default();
    let system = System::builder().faults(faults.plan()).start().await;
    let api = system.api();
    let run = api.started("ada").await;
    faults.strike(Fault::Deny);
    let began = Instant::now();
    let denied = [
        api.start("ada", 60),
        api.record("ada", &run, "s", 20.0),
        api.post("/api/sensors/data")
            .user("ada")
            .json(&batch(&run, 3)),
        api.get("/api/runs"),
        api.get("/api/runs/can-start"),
    ];
    for call in denied {
        let answer = call.expect_error(500, "internal_error").await;
        assert_eq!(answer["message"], "Something went wrong on our side");
    }
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_frontend_finds_its_numbers_when_the_store_is_away() {
    let faults = Switch::default();
    let system = System::builder().faults(faults.plan()).start().await;
    let api = system.api();
    api.started("ada").await;
    api.get("/api/runs/can-start").expect(200).await;
    faults.strike(Fault::Throttle);
    let answer = api
        .get("/api/runs/can-start")
        .expect_error(503, "unavailable")
        .await;
    assert_eq!(answer["canStart"], false);
    assert_eq!(
        (
            &answer["currentRunning"],
            &answer["maxAllowed"],
            &answer["available"]
        ),
        (&json!(1), &json!(5), &json!(0))
    );
    system.stop().await;
}
