//! What is true of each of the console's pages: what its refresh transfers, and that it is JSON too.

use std::time::Duration;

use serde_json::json;
use system_tests::{Api, LocalServer, Page, pages};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::signals::{export, page};

/// A second is what pages tell apart, and as often as they can be refreshed.
const SECOND: Duration = Duration::from_secs(1);
/// So many refreshes of nothing new have a moment in them at which something is due all the
/// same: a minute, or the step of a range, is over.
const REFRESHES: usize = 5;

/// A run that has ended, an error, another program's signals, and the first verdicts on alarms.
pub(crate) async fn traffic(api: &Api) {
    let run = api.started("ada").await;
    api.record("ada", &run, "sensor-1", 20.0).expect(201).await;
    api.finish(&run, &json!({ "status": "SUCCESS" }))
        .expect(200)
        .await;
    api.get("/api/runs/no-id").expect(400).await;
    export(api).await;
    while page(api, "/alarms.json").await["alarms"][0]["reason"] == "" {
        tokio::task::yield_now().await;
    }
}

/// Whether one of its refreshes, a second apart, sends nothing.
async fn is_quiet(api: &Api, path: &str) -> Result<(), String> {
    let mut page = Page::open(api, path).await;
    if page.refresh.is_none() {
        return Ok(());
    }
    let mut seconds = interval(SECOND);
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    seconds.tick().await;
    let mut sent = Vec::new();
    for _ in 0..REFRESHES {
        seconds.tick().await;
        match page.refresh(api).await {
            0 => return Ok(()),
            bytes => sent.push(bytes),
        }
    }
    Err(format!("{path} of {} bytes sends {sent:?}", page.bytes))
}

#[tokio::test]
async fn a_refresh_of_any_page_sends_nothing_when_nothing_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    traffic(server.api()).await;
    let mut checks = JoinSet::new();
    for path in pages(server.api()).await {
        let api = server.api().clone();
        checks.spawn(async move { is_quiet(&api, &path).await });
    }
    let each = checks.join_all().await;
    let loud: Vec<String> = each.into_iter().filter_map(Result::err).collect();
    assert!(loud.is_empty(), "{}", loud.join("\n"));
}

#[tokio::test]
async fn every_page_is_json_too() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    server.api().get("/api/runs/can-start").expect(200).await;
    for path in pages(server.api()).await {
        let json = page(server.api(), &path).await;
        let members = json.as_object().unwrap();
        // What is wrong has a message.
        let wrong = members.is_empty() || members.contains_key("message");
        assert!(!wrong, "{path}: {json}");
    }
}

#[tokio::test]
async fn every_page_that_the_navigation_leads_to_is_known_to_the_tests() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    let known = pages(server.api()).await;
    let start = server.api().get("/").header("accept", "text/html");
    let html = String::from_utf8(start.send().await.body.to_vec()).unwrap();
    let (_, navigation) = html.split_once("aria-label=\"Main\"").unwrap();
    let (navigation, _) = navigation.split_once("</nav>").unwrap();
    let links = navigation.split(" href=\"").skip(1);
    let links: Vec<_> = links.filter_map(|link| link.split('"').next()).collect();
    assert!(links.len() > 5, "{links:?}");
    for link in links {
        assert!(known.iter().any(|path| path == link), "{link}");
    }
}
