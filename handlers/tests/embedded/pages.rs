//! Pages of lists: whatever their size, together they are the list.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use handlers::{run_api, sensor_api};
use serde_json::{Value, json};

use crate::support::{Embedded, get, post};

/// All pages of a list, none longer than it may be.
async fn pages(router: &Router, list: &str, limit: usize) -> Vec<Vec<Value>> {
    let (mut pages, mut next) = (Vec::new(), String::new());
    loop {
        let page = get(format!("{list}&limit={limit}{next}"));
        let (status, page) = page.send(router).await;
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().unwrap().clone();
        assert!(items.len() <= limit, "{list}: {page}");
        pages.push(items);
        match page["nextKey"].as_str() {
            Some(key) => next = format!("&lastKey={key}"),
            None => return pages,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_runs_meet_without_a_gap_or_a_repetition() {
    let embedded = Embedded::start().await;
    let runs = run_api(embedded.state());
    let (_, run) = post("/api/runs/start", json!({})).send(&runs).await;
    let stored = embedded
        .client
        .get_item()
        .table_name(&embedded.config.runs_table);
    let id = AttributeValue::S(run["id"].as_str().unwrap().into());
    let item = stored.key("id", id).send().await.unwrap().item.unwrap();
    for n in 0..6u128 {
        let mut copy = item.clone();
        copy.insert(
            "id".into(),
            AttributeValue::S(uuid::Uuid::from_u128(n).to_string()),
        );
        copy.insert("status".into(), AttributeValue::S("COMPLETED".into()));
        let put = embedded
            .client
            .put_item()
            .table_name(&embedded.config.runs_table);
        put.set_item(Some(copy)).send().await.unwrap();
    }
    for limit in 1..=8 {
        let pages = pages(&runs, "/api/runs?", limit).await;
        let seen: Vec<&Value> = pages.iter().flatten().collect();
        let distinct: BTreeSet<_> = seen.iter().map(|run| run["id"].to_string()).collect();
        let told = (seen.len(), distinct.len(), pages.len());
        assert_eq!(told, (7, 7, 7usize.div_ceil(limit)), "limit {limit}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_readings_meet_without_a_gap_or_a_repetition() {
    let embedded = Embedded::start().await;
    let (runs, sensors) = (run_api(embedded.state()), sensor_api(embedded.state()));
    let mut first = None;
    for readings in [4, 0, 2, 3] {
        let (_, run) = post("/api/runs/start", json!({})).send(&runs).await;
        for n in 0..readings {
            let sensor = ["even", "odd"][n % 2];
            let reading = json!({ "runId": run["id"], "sensorId": sensor, "temperature": n });
            let (status, answer) = post("/api/sensors/data", reading).send(&sensors).await;
            assert_eq!(status, 201, "{answer}");
        }
        first.get_or_insert(run["id"].as_str().unwrap().to_owned());
    }
    let first = first.unwrap();
    let selections = [
        (String::new(), 9),
        (format!("runId={first}"), 4),
        ("sensorId=even".to_owned(), 5),
        (format!("runId={first}&sensorId=odd"), 2),
    ];
    for (selection, expected) in selections {
        for limit in 1..=10 {
            let list = format!("/api/sensors/data?{selection}");
            let pages = pages(&sensors, &list, limit).await;
            let seen: Vec<&Value> = pages.iter().flatten().collect();
            let distinct: BTreeSet<_> = seen.iter().map(|item| item["id"].to_string()).collect();
            let told = (seen.len(), distinct.len());
            assert_eq!(told, (expected, expected), "{list}, limit {limit}");
            // Only a walk of all runs can't know whether older ones have readings.
            let full = expected.div_ceil(limit);
            assert!(
                selection.is_empty() || pages.len() == full,
                "{list}, limit {limit}: {pages:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_key_belongs_to_the_query_that_it_came_with() {
    let embedded = Embedded::start().await;
    let (runs, sensors) = (run_api(embedded.state()), sensor_api(embedded.state()));
    let (_, run) = post("/api/runs/start", json!({})).send(&runs).await;
    let id = run["id"].as_str().unwrap();
    let reading = json!({ "runId": id, "sensorId": "s", "temperature": 20 });
    let batch = json!([reading, reading]);
    assert_eq!(post("/api/sensors/data", batch).send(&sensors).await.0, 201);
    let list = |query: String| get(format!("/api/sensors/data?limit=1&{query}")).send(&sensors);
    let (_, page) = list("sensorId=s".into()).await;
    let key = page["nextKey"].as_str().unwrap();
    assert_eq!(list(format!("sensorId=s&lastKey={key}")).await.0, 200);
    for other in [format!("runId={id}"), "sensorId=t".into(), String::new()] {
        let (status, answer) = list(format!("{other}&lastKey={key}")).await;
        assert_eq!(
            (status, &answer["error"]),
            (400, &json!("invalid_request")),
            "{other}"
        );
    }
}
