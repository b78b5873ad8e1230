//! Alarms on metrics that AWS publishes: judged where this process knows them, marked elsewhere;
//! and which of all that fire are counted.

use serde_json::{Value, json};
use system_tests::{Api, LocalServer};
use tokio::task::JoinSet;

use crate::signals::{page, restarted};

/// As many starts as `api-5xx` needs, on tables that fail.
async fn fail(api: &Api) {
    let mut calls = JoinSet::new();
    for _ in 0..25 {
        let call = api.post("/api/runs/start").user("ada");
        let call = call.header("x-fault", "error").json(&json!({}));
        calls.spawn(async move { call.expect_error(503, "unavailable").await });
    }
    calls.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alarms_on_what_aws_would_publish_are_judged_by_what_is_known_here() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    fail(server.api()).await;
    // It is judged once a minute, and soon after the start.
    let server = restarted(server, folder.path()).await;
    let state = |all: &Value, id: &str| {
        let mut alarms = all["alarms"].as_array().unwrap().iter();
        let alarm = alarms.find(|one| one["id"] == id).unwrap();
        alarm["state"].as_str().unwrap().to_owned()
    };
    let all = loop {
        let all = page(server.api(), "/alarms.json").await;
        // Until then it has the state that it had before.
        if state(&all, "api-5xx") == "ALARM" {
            break all;
        }
        tokio::task::yield_now().await;
    };
    for known in ["function-errors", "run-api-duration", "dynamodb-errors"] {
        assert_eq!(state(&all, known), "OK", "{known}");
    }
    let not_judged = all["notJudged"].as_array().unwrap();
    for unknown in [
        "account-concurrency",
        "dynamodb-user-errors",
        "grafana-task",
        "heartbeat",
    ] {
        assert!(
            not_judged.iter().any(|one| one["id"] == unknown),
            "{unknown}"
        );
    }
}

/// Parts of another alarm notify nobody by themselves.
#[tokio::test]
async fn the_overview_counts_what_notifies() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recording.jsonl");
    let now = jiff::Timestamp::now().as_second();
    let fired = |alarm: &str| {
        format!(r#"{{"alarm":"{alarm}","at":{now},"from":"OK","to":"ALARM","reason":"because"}}"#)
    };
    let header = format!(r#"{{"recording":1,"environment":"local","from":{now},"to":{now}}}"#);
    let [part, whole] = ["slo-availability-page-1h", "run-failures"].map(fired);
    std::fs::write(&file, [header, part, whole].join("\n")).unwrap();
    let opened = LocalServer::open(&file).await;
    let all = page(opened.api(), "/alarms.json").await["alarms"].take();
    let firing = |one: &&Value| one["state"] == "ALARM";
    assert_eq!(all.as_array().unwrap().iter().filter(firing).count(), 2);
    let overview = page(opened.api(), "/overview.json").await;
    assert_eq!(overview["alarms"]["firing"], json!(["run-failures"]));
}
