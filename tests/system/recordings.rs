//! A recording, which another server opens.

use std::path::{Path, PathBuf};

use serde_json::Value;
use system_tests::{Api, LocalServer};

use crate::signals::{PAGES, everything, nanos, page, traffic};

/// A recording in a file of its own.
pub(crate) async fn recording(api: &Api, folder: &Path) -> PathBuf {
    let reply = api.get("/recording?from=now-15m&to=now%2B1m").send().await;
    assert_eq!(reply.status.as_u16(), 200);
    assert!(
        reply
            .header("content-disposition")
            .unwrap()
            .contains(".jsonl")
    );
    let file = folder.join("recording.jsonl");
    std::fs::write(&file, &reply.body).unwrap();
    file
}

/// What two dashboards show of this range.
async fn panels(api: &Api, range: &str) -> [Value; 2] {
    let [mut runs, mut functions] = [
        page(api, &format!("/d/sentori-runs.json{range}")).await,
        page(api, &format!("/d/sentori-api.json{range}")).await,
    ];
    [runs["panels"].take(), functions["panels"].take()]
}

#[tokio::test]
async fn a_recording_opened_elsewhere_is_equal() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    traffic(server.api()).await;
    let now = nanos() / 1_000_000;
    let range = format!("?from={}&to={}", now - 900_000, now + 60_000);
    // The server goes on to publish what AWS would: the recording is of a moment without that.
    let (file, panels_there) = loop {
        let before = panels(server.api(), &range).await;
        let file = recording(server.api(), folder.path()).await;
        if panels(server.api(), &range).await == before {
            break (file, before);
        }
    };
    let there = everything(server.api()).await;
    let opened = LocalServer::open(&file).await;
    let here = everything(opened.api()).await;
    assert_eq!(there.len(), here.len());
    for (there, here) in there.iter().zip(&here).skip(PAGES.len()) {
        assert_eq!(there, here);
    }
    assert_eq!(there[0], here[0]);
    assert!(panels_there.iter().all(|panels| !panels.is_null()));
    assert_eq!(panels_there, panels(opened.api(), &range).await);
    let again = recording(opened.api(), opened_folder(&folder).as_path()).await;
    let lines = |path: &Path| {
        std::fs::read_to_string(path)
            .unwrap()
            .lines()
            .skip(1)
            .count()
    };
    assert_eq!(lines(&file), lines(&again));
}

fn opened_folder(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("again");
    std::fs::create_dir(&path).unwrap();
    path
}
