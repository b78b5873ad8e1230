//! The frontend in a tab that is not looked at, in a real browser: its timers run once a second, so
//! its run takes far longer than planned, and finishes all the same.

use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use serde_json::Value;
use system_tests::{Api, LocalServer};
use tokio::net::TcpListener;

use crate::driver::Browser;

const ROUNDS: u32 = 16;
const INTERVAL: Duration = Duration::from_millis(200);
/// What the run, planned for 4 s, may be late unless it is fed: the least that there is.
const GRACE: &str = "10";

/// A frontend at an origin of its own.
async fn frontend() -> String {
    let page = || async { Html(include_str!("frontend.html")) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(page))).await });
    origin
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_finishes_in_a_tab_behind_another() {
    let folder = tempfile::tempdir().unwrap();
    let origin = frontend().await;
    let variables = [
        ("ALLOWED_ORIGIN", origin.as_str()),
        ("LEASE_GRACE_SECONDS", GRACE),
    ];
    let server = LocalServer::start_with_variables(folder.path(), &variables).await;
    let Some(browser) = Browser::open(server.base()).await else {
        return;
    };
    let browser = browser.and(&origin);
    let page = format!(
        "{origin}/?api={}&rounds={ROUNDS}&interval={}",
        server.base(),
        INTERVAL.as_millis()
    );
    browser.goto(&page).await;
    browser.behind_another_tab(ended(server.api())).await;
    let seen: Value = serde_json::from_str(&browser.text("#state.done").await).unwrap();
    assert_eq!(seen["error"], Value::Null, "{seen}");
    assert_eq!(seen["finished"], "COMPLETED", "{seen}");
    assert_eq!(seen["hidden"], ROUNDS, "the tab was looked at: {seen}");
    assert_eq!(seen["sent"], ROUNDS * 3, "{seen}");
    // Longer than the lease of its start.
    assert!(
        seen["seconds"].as_f64() > Some(14.0),
        "its timers were not slowed down: {seen}"
    );
    browser.close().await;
}

/// Waits for the end of the only run.
async fn ended(api: &Api) {
    let mut look = tokio::time::interval(Duration::from_millis(200));
    loop {
        look.tick().await;
        let runs = api.get("/api/runs").expect(200).await;
        let status = &runs["items"][0]["status"];
        if status.is_string() && status != "RUNNING" {
            return;
        }
    }
}
