//! What a request's words say of attempts, and of the alarms that it counts towards. No alarm
//! fires that soon, so a recording says which ones did.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};
use system_tests::{Api, LocalServer};

use crate::recordings::recording;
use crate::signals::page;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// A start on tables that throttle, a run that fails, and a question that is answered.
async fn traffic(api: &Api) {
    let start = api.post("/api/runs/start").user("ada");
    let start = start
        .header("x-fault", "throttle")
        .json(&json!({ "duration": 60 }));
    start.expect_error(503, "unavailable").await;
    let run = api.started("ada").await;
    let finish = api.post(&format!("/api/runs/{run}/finish")).user("ada");
    finish
        .json(&json!({ "status": "FAILED", "error": "too hot" }))
        .expect(200)
        .await;
    api.get("/api/runs/can-start").expect(200).await;
}

/// What is said of the newest request of a route, and its page.
async fn why(api: &Api, route: &str, status: u16) -> (String, Value) {
    let all = page(api, "/requests.json").await["requests"].take();
    let mut all = all.as_array().unwrap().iter();
    let request = all.find(|one| one["route"] == route && one["status"] == status);
    let id = request.unwrap()["id"].as_str().unwrap().to_owned();
    let said = api.get(&format!("/requests/{id}/why")).send().await;
    let said = String::from_utf8(said.body.to_vec()).unwrap();
    (said, page(api, &format!("/requests/{id}")).await)
}

#[tokio::test]
async fn attempts_and_alarms_are_in_the_words_of_the_requests_that_they_are_about() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    traffic(server.api()).await;
    let file = recording(server.api(), folder.path()).await;
    let now = Timestamp::now().as_second();
    let mut text = std::fs::read_to_string(&file).unwrap();
    for (alarm, at) in [
        // Fire within their windows, has been firing all the time, and not within its window.
        ("slo-availability-page", now + MINUTE),
        ("slo-latency-page", now + MINUTE),
        ("api-degraded", now - 10 * MINUTE),
        ("slo-availability-ticket", now + 4 * DAY),
        // Of other requests, and of none at all.
        ("run-failures", now + MINUTE),
        ("runs-limit-reached", now + MINUTE),
    ] {
        let change = format!(
            r#"{{"alarm":"{alarm}","at":{at},"from":"OK","to":"ALARM","reason":"because"}}"#
        );
        writeln!(text, "{change}").unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let opened = LocalServer::open(&file).await;

    let (said, request) = why(opened.api(), "POST /api/runs/start", 503).await;
    let events = request["events"].as_array().unwrap().iter();
    let [again, throttled] = ["dynamodb_retry", "dynamodb_throttle"].map(|metric| {
        let counted = events.clone().filter_map(|event| event[metric].as_f64());
        counted.sum::<f64>()
    });
    assert!(again > 1.0 && throttled > again, "{again} {throttled}");
    let attempts = format!("The SDK made {again} more attempts; DynamoDB throttled {throttled}.");
    assert!(said.contains(&attempts), "{attempts}\n{said}");
    let fired = |alarm: &str, at: i64| {
        let at = Timestamp::from_second(at).unwrap();
        format!("It counts towards alarm {alarm}, which fired at {at:.3}: because.")
    };
    for (alarm, at) in [
        ("slo-availability-page", now + MINUTE),
        ("slo-latency-page", now + MINUTE),
        ("api-degraded", now - 10 * MINUTE),
    ] {
        assert!(said.contains(&fired(alarm, at)), "{alarm}\n{said}");
    }
    assert_eq!(said.matches("counts towards").count(), 3, "{said}");

    let (said, _) = why(opened.api(), "POST /api/runs/{id}/finish", 200).await;
    assert!(
        said.contains(&fired("run-failures", now + MINUTE)),
        "{said}"
    );
    assert!(!said.contains("slo-availability"), "{said}");
    let (said, _) = why(opened.api(), "GET /api/runs/can-start", 200).await;
    assert!(
        !said.contains("run-failures") && !said.contains("slo-availability"),
        "{said}"
    );
}
