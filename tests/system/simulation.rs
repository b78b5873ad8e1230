//! The simulator against a system.

use std::future::pending;
use std::time::Duration;

use dashboards::preview::{self, Recording, Source};
use library::{DEPLOYMENT, library};
use sentori::simulate::{self, Options};
use system_tests::{Fault, Switch, System, program};

fn options(system: &System) -> Options {
    Options {
        url: system.base().to_owned(),
        users: 2,
        sensors: 3,
        duration: Duration::from_secs(1),
        interval: Duration::from_millis(200),
        progress: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_sent_is_acknowledged_and_read_back() {
    let system = System::start().await;
    let summary = simulate::run(&options(&system), pending()).await.unwrap();
    assert!(summary.errors.is_empty(), "{summary}");
    assert!(summary.sent >= 6, "{summary}");
    assert_eq!(summary.acknowledged, summary.sent, "{summary}");
    assert_eq!(
        (summary.missing, summary.runs_started, summary.runs_finished),
        (0, 2, 2),
        "{summary}"
    );
    let runs = system.api().pages("/api/runs?limit=10").await;
    assert!(
        runs.iter().all(|run| run["status"] == "COMPLETED"),
        "{runs:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_without_a_place_are_turned_away() {
    let system = System::builder()
        .variable("MAX_CONCURRENT_RUNS", "1")
        .start()
        .await;
    let summary = simulate::run(&options(&system), pending()).await.unwrap();
    assert_eq!(
        (summary.runs_started, summary.turned_away),
        (1, 1),
        "{summary}"
    );
    assert!(summary.nothing_lost(), "{summary}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_simulation_finishes_its_runs() {
    let system = System::start().await;
    let options = Options {
        duration: Duration::from_secs(600),
        ..options(&system)
    };
    let api = system.api().clone();
    // Stops once something runs, however long that takes.
    let something_runs = async {
        while api.get("/api/runs/can-start").expect(200).await["currentRunning"] != 2 {
            tokio::task::yield_now().await;
        }
    };
    let summary = simulate::run(&options, something_runs).await.unwrap();
    assert!(summary.interrupted, "{summary}");
    assert_eq!(summary.runs_finished, 2, "{summary}");
    let free = system.api().get("/api/runs/can-start").expect(200).await;
    assert_eq!(free["currentRunning"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_are_counted_by_kind() {
    let faults = Switch::default();
    let system = System::builder().faults(faults.plan()).start().await;
    let first = system.api().started("ada").await;
    system
        .api()
        .finish(&first, &serde_json::json!({}))
        .expect(200)
        .await;
    // A client error that is no transient one: the API answers 500 at once.
    faults.strike_only("PutItem", Fault::Refuse);
    let summary = simulate::run(&options(&system), pending()).await.unwrap();
    assert_eq!(summary.acknowledged, 0, "{summary}");
    let kinds: Vec<&String> = summary.errors.keys().collect();
    assert_eq!(kinds, ["sensors/data: 500 internal_error"], "{summary}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error() {
    let system = System::start().await;
    let options = options(&system);
    system.stop().await;
    let error = simulate::run(&options, pending()).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot connect");
}

#[tokio::test]
async fn a_recording_holds_every_event_of_its_own_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let output = tokio::process::Command::new(program::sentori().unwrap())
        .args([
            "simulate",
            "--users",
            "2",
            "--sensors",
            "3",
            "--duration",
            "1",
        ])
        .args(["--json", "--record"])
        .arg(&file)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = std::fs::read_to_string(&file).unwrap();
    let stored = lines.matches("\"sensor_data_ingested\":1").count();
    assert_eq!(summary["acknowledged"], stored, "{summary}");
    let recorded = Recording::read(DEPLOYMENT, lines.as_bytes()).unwrap();
    assert!(recorded.refused.is_empty(), "{:?}", recorded.refused);
    let files = preview::files(&library(), &Source::Recorded(Box::new(recorded)));
    let page = &files[0].content;
    assert!(page.contains("aria-label=\"Runs started: 2\""), "{page}");
}
