//! What a server keeps for later: alarms' histories over a restart, and the recording of a test
//! that failed.

use std::path::Path;

use serde_json::{Map, Value, json};
use system_tests::{Api, LocalServer, RECORDINGS, System};

use crate::signals::{page, restarted};

/// The changes of each alarm.
async fn histories(api: &Api) -> Map<String, Value> {
    let alarms = page(api, "/alarms.json").await["alarms"].take();
    let each = alarms.as_array().unwrap().iter();
    each.map(|one| {
        (
            one["id"].as_str().unwrap().to_owned(),
            one["history"].clone(),
        )
    })
    .collect()
}

#[tokio::test]
async fn what_alarms_went_through_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    let changed = |one: &Value| one.as_array().is_some_and(|changes| !changes.is_empty());
    let before = loop {
        let all = histories(server.api()).await;
        if all.values().any(changed) {
            break all;
        }
        tokio::task::yield_now().await;
    };
    let server = restarted(server, folder.path()).await;
    let after = histories(server.api()).await;
    for (id, was) in before {
        let was = was.as_array().unwrap();
        let is = after[&id].as_array().unwrap();
        assert!(is.starts_with(was), "{id}: {was:?} is {is:?}");
    }
}

/// As many changes of each alarm as are shown, and nothing of alarms that are no more.
#[tokio::test]
async fn an_alarm_that_flaps_leaves_the_others_their_history() {
    let folder = tempfile::tempdir().unwrap();
    let signals = folder.path().join("signals");
    std::fs::create_dir_all(&signals).unwrap();
    let change = |alarm: &str, at: i64| {
        let (from, to) = if at % 2 == 0 {
            ("OK", "ALARM")
        } else {
            ("ALARM", "OK")
        };
        format!(r#"{{"alarm":"{alarm}","at":{at},"from":"{from}","to":"{to}","reason":"{at}"}}"#)
    };
    let mut lines = vec![change("runs-limit-reached", 2), change("gone", 4)];
    lines.extend((1..=5_000).map(|at| change("run-failures", at)));
    std::fs::write(signals.join("events.jsonl"), lines.join("\n") + "\n").unwrap();
    let server = LocalServer::start(folder.path()).await;
    let histories = histories(server.api()).await;
    assert_eq!(histories["runs-limit-reached"][0]["reason"], "2");
    let flapped = histories["run-failures"].as_array().unwrap();
    // Judging it may have added one.
    let last = flapped.iter().filter(|one| one["reason"] == "5000").count();
    assert_eq!((flapped.len(), last), (100, 1));
    assert!(!histories.contains_key("gone"));
}

/// Fails as a test of this name does: on a thread that stands in for the test's own.
fn fails(name: &str, test: impl Future<Output = ()> + Send + 'static) {
    let thread = std::thread::Builder::new().name(format!("retention::{name}"));
    let failed = thread.spawn(|| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(test);
    });
    assert!(failed.unwrap().join().is_err());
}

/// The requests in the recording that a test left.
async fn left(name: &str) -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let file = root
        .join(RECORDINGS)
        .join(format!("retention.{name}.jsonl"));
    let opened = LocalServer::open(&file).await;
    let requests = page(opened.api(), "/requests.json").await["requests"].take();
    std::fs::remove_file(file).unwrap();
    requests.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_test_that_fails_leaves_a_recording() {
    fails("a_test_of_a_program", async {
        let folder = tempfile::tempdir().unwrap();
        let server = LocalServer::start(folder.path()).await;
        server.api().get("/api/runs/no-id").expect(400).await;
        // What has just happened is taken in by a thread of its own.
        loop {
            let recorded = server.api().get("/recording?from=now-1h").send().await;
            if String::from_utf8_lossy(&recorded.body).contains(r#""status":400"#) {
                break;
            }
        }
        panic!("on purpose");
    });
    let requests = left("a_test_of_a_program").await;
    assert_eq!((requests.len(), &requests[0]["status"]), (1, &json!(400)));
}

/// A system in the test's own process, whose recording has the tests beside it too.
#[tokio::test]
async fn a_test_that_fails_in_its_own_process_leaves_a_recording() {
    fails("a_test_of_a_system", async {
        let system = System::start().await;
        system.api().started("kept").await;
        panic!("on purpose");
    });
    let requests = left("a_test_of_a_system").await;
    let own = requests.iter().find(|one| one["user"] == "kept");
    assert_eq!(own.unwrap()["status"], 201, "{requests:?}");
}
