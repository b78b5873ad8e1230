//! The compiled server: killed and stopped under load, on a full disk, and with an output that nobody
//! reads.

use std::sync::{Arc, Mutex};

use rustix::process::Signal;
use serde_json::json;
use system_tests::{Api, LocalServer, acknowledged, text};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Readings acknowledged before the server is struck.
const ENOUGH: u32 = 200;
const CLIENTS: u32 = 8;

/// Clients that record until the server is gone; returns what was acknowledged.
/// `strike` is called once there is enough.
async fn load(api: &Api, run: &str, strike: impl FnOnce()) -> Vec<String> {
    let known = Arc::new(Mutex::new(Vec::new()));
    let count = Arc::new(Semaphore::new(0));
    let clients: JoinSet<()> = (0..CLIENTS)
        .map(|n| {
            let (api, run) = (api.clone(), run.to_owned());
            let (known, count) = (Arc::clone(&known), Arc::clone(&count));
            async move {
                let sensor = format!("sensor-{n}");
                while let Ok(reply) = api.record("ada", &run, &sensor, 20.0).try_send().await {
                    if acknowledged(&reply) {
                        known.lock().unwrap().push(text(&reply.json(), "id"));
                        count.add_permits(1);
                    }
                }
            }
        })
        .collect();
    count.acquire_many(ENOUGH).await.unwrap().forget();
    strike();
    clients.join_all().await;
    Arc::into_inner(known).unwrap().into_inner().unwrap()
}

async fn every_acknowledged_reading_survives(strike: Signal) {
    let folder = tempfile::tempdir().unwrap();
    let served = LocalServer::start(folder.path()).await;
    let run = served.api().started("ada").await;
    let known = load(served.api(), &run, || served.signal(strike)).await;
    let status = served.ended().await;
    assert_eq!(status.success(), strike != Signal::KILL, "{status}");
    assert!(known.len() >= ENOUGH as usize);

    let again = LocalServer::start(folder.path()).await;
    let stored = again.api().readings(&run).await;
    for id in &known {
        assert!(stored.contains_key(id), "{id} is lost");
    }
    assert_eq!(again.api().run(&run).await["status"], "RUNNING");
    again.api().finish(&run, &json!({})).expect(200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_comes_back_with_everything_acknowledged() {
    every_acknowledged_reading_survives(Signal::KILL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_server_ends_in_order() {
    every_acknowledged_reading_survives(Signal::TERM).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let served = LocalServer::start_on_small_disk(folder.path(), 2_048).await;
    let api = served.api();
    let run = api.started("ada").await;
    let batch: Vec<_> = (0..100)
        .map(|n| json!({ "runId": run, "sensorId": format!("s{n}"), "temperature": n }))
        .collect();
    let mut known = Vec::new();
    let refused = loop {
        let reply = api
            .post("/api/sensors/data")
            .user("ada")
            .json(&json!(batch))
            .send()
            .await;
        let body = reply.json();
        if !acknowledged(&reply) {
            known.extend(
                body["details"]["written"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|id| id.as_str().unwrap().to_owned()),
            );
            break reply;
        }
        known.extend(
            body["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| text(item, "id")),
        );
    };
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    assert!(!known.is_empty());
    // It still answers what needs no room.
    api.get("/healthz").expect(200).await;
    assert!(contains_all(
        &api.readings(&run).await.into_keys().collect::<Vec<_>>(),
        &known
    ));
    served.signal(Signal::TERM);
    served.ended().await;

    // With room again, everything is there and writing goes on.
    let roomy = LocalServer::start(folder.path()).await;
    assert!(contains_all(
        &roomy
            .api()
            .readings(&run)
            .await
            .into_keys()
            .collect::<Vec<_>>(),
        &known
    ));
    roomy.api().record("ada", &run, "s", 20.0).expect(201).await;
}

fn contains_all(stored: &[String], known: &[String]) -> bool {
    let stored: std::collections::HashSet<&String> = stored.iter().collect();
    known.iter().all(|id| stored.contains(id))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_one_record_for_each_request_that_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    let mut served = LocalServer::start_on_small_disk(folder.path(), 1_024).await;
    let api = served.api().clone();
    let run = api.started("ada").await;
    let batch: Vec<_> = (0..100)
        .map(|n| json!({ "runId": run, "sensorId": format!("s{n}"), "temperature": n }))
        .collect();
    let batch = json!(batch);
    let send = || {
        api.post("/api/sensors/data")
            .user("ada")
            .json(&batch)
            .send()
    };
    while acknowledged(&send().await) {}
    let at_once: JoinSet<_> = (0..8).map(|_| send()).collect();
    let replies = at_once.join_all().await;
    assert!(!replies.iter().any(acknowledged), "there was room");
    let failed = 1 + replies.len();
    served.signal(Signal::TERM);
    let mut records = Vec::new();
    while let Some(line) = served.says().await {
        if line.contains("WARN") || line.contains("ERROR") {
            records.push(line);
        }
    }
    assert_eq!(records.len(), failed, "{records:#?}");
    for record in &records {
        // What a disk says may come later than the request's time is up.
        for told in ["error_name=", "BatchWriteItem", "SensorData", &run] {
            assert!(record.contains(told), "{told}: {record}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_output_that_nobody_reads_stops_nothing_and_its_lost_lines_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut served = LocalServer::start_unread(folder.path()).await;
    let api = served.api().clone();
    // More events than wait, and than a pipe holds.
    let clients: JoinSet<()> = (0..CLIENTS)
        .map(|_| {
            let api = api.clone();
            async move {
                for _ in 0..200 {
                    api.get("/api/runs/can-start").expect(200).await;
                }
            }
        })
        .collect();
    clients.join_all().await;
    let told = loop {
        let line = served.says().await.expect("it goes on");
        if line.contains("nobody reads stdout") {
            break line;
        }
    };
    assert!(told.contains("lines="), "{told}");
    api.get("/api/runs/can-start").expect(200).await;
}
