//! The life of a run through both routers, from start to statistics.

use handlers::{run_api, sensor_api, tick};
use serde_json::{Value, json};

use crate::support::{Embedded, counted, get, post, recording};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_lives_from_start_to_statistics() {
    let embedded = Embedded::start().await;
    let (runs, sensors) = (run_api(embedded.state()), sensor_api(embedded.state()));
    let body = json!({"sensorIds": ["s"], "duration": 2, "interval": 1});
    let (status, run) = post("/api/runs/start", body).send(&runs).await;
    assert_eq!((status, &run["status"]), (201, &json!("RUNNING")), "{run}");
    let id = run["id"].as_str().unwrap();

    let reading = |value: f64| json!({"runId": id, "sensorId": "s", "temperature": value});
    let data = |body| post("/api/sensors/data", body).send(&sensors);
    assert_eq!(data(reading(20.0)).await.0, 201);
    let (status, batch) = data(json!([reading(22.0), reading(24.0)])).await;
    assert_eq!((status, &batch["count"]), (201, &json!(2)), "{batch}");

    let list = |query: String| get(format!("/api/sensors/data?{query}")).send(&sensors);
    let (status, page) = list(format!("runId={id}&limit=2")).await;
    assert_eq!((status, &page["count"]), (200, &json!(2)), "{page}");
    let key = page["nextKey"].as_str().unwrap();
    let (_, rest) = list(format!("runId={id}&lastKey={key}")).await;
    assert_eq!(
        (&rest["count"], &rest["nextKey"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(list(String::new()).await.1["count"], 3);

    let finish = || post(format!("/api/runs/{id}/finish"), Value::Null).send(&runs);
    let (status, ended) = finish().await;
    assert_eq!(
        (status, &ended["stats"]["average"]),
        (200, &json!(22.0)),
        "{ended}"
    );
    assert_eq!(finish().await.0, 409);
    assert_eq!(tick(&embedded.state()).await.unwrap().running, 0);
    assert_eq!(get("/api/nothing").send(&runs).await.0, 404);
    assert_eq!(post("/api/runs/all", Value::Null).send(&runs).await.0, 405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_one_event_with_its_route_and_its_dynamodb_calls() {
    let embedded = Embedded::start().await;
    let runs = run_api(embedded.state());
    let (metrics, lines) = recording();
    let answers = metrics.scope(async {
        let started = post("/api/runs/start", json!({})).send(&runs).await;
        let unknown = get("/api/runs/00000000-0000-4000-8000-000000000000").send(&runs);
        (started, unknown.await)
    });
    let ((status, run), (unknown, _)) = answers.await;
    assert_eq!((status, unknown), (201, 404));
    let events = lines.json();
    let of = |route: &str| {
        let of_route = events.iter().filter(|event| event["Route"] == route);
        let [event] = of_route.collect::<Vec<_>>().try_into().unwrap();
        event
    };
    let start = of("POST /api/runs/start");
    assert!(start["request_duration"].is_number(), "{start}");
    assert_eq!(start["request_error"], 0);
    assert_eq!(counted(start, "run_started"), 1);
    assert_eq!(
        (&start["runs_active"], &start["runs_available"]),
        (&json!(1), &json!(4))
    );
    assert_eq!(
        (&start["run_id"], &start["user"]),
        (&run["id"], &json!("bob"))
    );
    let get = of("GET /api/runs/{id}");
    assert_eq!(
        (&get["status"], &get["error"]),
        (&json!(404), &json!("run_not_found"))
    );
    for called in [start, get] {
        assert_ne!(called["dynamodb_request_duration"], Value::Null, "{called}");
    }
}
