//! Both routers on an embedded DynamoDB: the life of a run from start to statistics.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use handlers::{
    AppState, Clock, Config,
    client::{Connection, connect},
    run_api, sensor_api,
    store::tables::create_tables,
    tick,
};
use serde_json::{Value, json};
use tower::ServiceExt;

async fn send(router: &Router, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-user", "bob")
        .header("content-type", "application/json")
        .body(if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        })
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

async fn state() -> AppState {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_with_shutdown(
        listener,
        database,
        std::future::pending(),
    ));
    let config = Config::from_lookup(|name| {
        let value = match name {
            "RUNS_TABLE_NAME" => "Runs",
            "SENSOR_DATA_TABLE_NAME" => "SensorData",
            "GRAFANA_URL" => "http://localhost:3000",
            "ENVIRONMENT" => "test",
            "MAX_CONCURRENT_RUNS" => "5",
            "ALLOWED_ORIGIN" => "http://localhost:4200",
            "LEASE_GRACE_SECONDS" => "120",
            _ => return None,
        };
        Some(value.to_owned())
    })
    .unwrap();
    let client = connect(&Connection::local(endpoint));
    create_tables(&client, &config).await.unwrap();
    AppState::new(config, client, Clock::system())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_lives_from_start_to_statistics() {
    let state = state().await;
    let (runs, sensors) = (run_api(state.clone()), sensor_api(state.clone()));
    let (status, run) = send(
        &runs,
        "POST",
        "/api/runs/start",
        json!({"sensorIds": ["s"], "duration": 2, "interval": 1}),
    )
    .await;
    assert_eq!((status, &run["status"]), (201, &json!("RUNNING")), "{run}");
    let id = run["id"].as_str().unwrap().to_owned();
    let reading = |value: f64| json!({"runId": id, "sensorId": "s", "temperature": value});
    assert_eq!(
        send(&sensors, "POST", "/api/sensors/data", reading(20.0))
            .await
            .0,
        201
    );
    let (status, batch) = send(
        &sensors,
        "POST",
        "/api/sensors/data",
        json!([reading(22.0), reading(24.0)]),
    )
    .await;
    assert_eq!((status, &batch["count"]), (201, &json!(2)), "{batch}");
    let (status, page) = send(
        &sensors,
        "GET",
        &format!("/api/sensors/data?runId={id}&limit=2"),
        Value::Null,
    )
    .await;
    assert_eq!((status, &page["count"]), (200, &json!(2)), "{page}");
    let key = page["nextKey"].as_str().unwrap();
    let (_, rest) = send(
        &sensors,
        "GET",
        &format!("/api/sensors/data?runId={id}&lastKey={key}"),
        Value::Null,
    )
    .await;
    assert_eq!(rest["count"], 1, "{rest}");
    assert_eq!(
        send(&sensors, "GET", "/api/sensors/data", Value::Null)
            .await
            .1["count"],
        3
    );
    let (status, ended) = send(
        &runs,
        "POST",
        &format!("/api/runs/{id}/finish"),
        Value::Null,
    )
    .await;
    assert_eq!(
        (status, &ended["stats"]["average"]),
        (200, &json!(22.0)),
        "{ended}"
    );
    assert_eq!(
        send(
            &runs,
            "POST",
            &format!("/api/runs/{id}/finish"),
            Value::Null
        )
        .await
        .0,
        409
    );
    assert_eq!(tick(&state).await.unwrap().running, 0);
    assert_eq!(send(&runs, "GET", "/api/nothing", Value::Null).await.0, 404);
    assert_eq!(
        send(&runs, "DELETE", "/api/runs/all", Value::Null).await.0,
        405
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_starts_never_pass_the_limit() {
    let state = state().await;
    let runs = run_api(state);
    let starts = (0..60).map(|_| send(&runs, "POST", "/api/runs/start", json!({})));
    let statuses: Vec<u16> = futures_util::future::join_all(starts)
        .await
        .into_iter()
        .map(|(status, _)| status)
        .collect();
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        5,
        "{statuses:?}"
    );
    assert!(
        statuses.iter().all(|status| matches!(status, 201 | 409)),
        "{statuses:?}"
    );
    let (_, running) = send(&runs, "GET", "/api/runs/running", Value::Null).await;
    assert_eq!(running.as_array().unwrap().len(), 5);
    assert_eq!(
        send(&runs, "POST", "/api/runs/interrupt-all", Value::Null)
            .await
            .1["interrupted"],
        5
    );
    assert_eq!(
        send(&runs, "GET", "/api/runs/can-start", Value::Null)
            .await
            .1["available"],
        5
    );
}
