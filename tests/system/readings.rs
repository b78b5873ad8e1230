//! The rows of the API's table that are about readings.

use serde_json::{Value, json};
use system_tests::{Api, text};

on_every_server! {
    a_reading_is_stored_as_sent,
    a_reading_needs_one_value,
    a_repeated_reading_changes_nothing,
    another_reading_under_the_same_id_is_refused,
    a_batch_is_stored_whole,
    a_batch_with_a_bad_reading_stores_nothing,
    a_reading_needs_a_running_run,
    a_finished_run_keeps_its_readings,
    readings_are_listed_newest_first_by_page,
    readings_are_found_by_sensor_and_time,
    readings_of_all_runs_are_walked,
}

const ID: &str = "0d1f8f1e-7d63-4e51-9f0e-2f9d7a3c1b11";

async fn a_reading_is_stored_as_sent(api: Api) {
    let run = api.started("ada").await;
    // With 17 digits, as JavaScript writes what it has computed.
    let temperature = 22.421266748580578;
    let body = json!({ "runId": run, "sensorId": "sensor-1", "temperature": temperature, "humidity": 40, "pressure": 1013.25 });
    let reading = api
        .post("/api/sensors/data")
        .user("ada")
        .json(&body)
        .expect(201)
        .await;
    for member in ["runId", "sensorId", "temperature", "humidity", "pressure"] {
        assert_eq!(reading[member].as_f64(), body[member].as_f64(), "{member}");
        assert_eq!(reading[member].as_str(), body[member].as_str(), "{member}");
    }
    assert_eq!(reading["username"], "ada");
    assert_eq!(api.readings(&run).await[&text(&reading, "id")], reading);
}

async fn a_reading_needs_one_value(api: Api) {
    let run = api.started("ada").await;
    let send = |body: Value| api.post("/api/sensors/data").user("ada").json(&body);
    let reading = send(json!({ "runId": run, "sensorId": "s", "humidity": 40 }))
        .expect(201)
        .await;
    assert!(
        reading.get("temperature").is_none_or(Value::is_null),
        "{reading}"
    );
    send(json!({ "runId": run, "sensorId": "s" }))
        .expect_error(400, "invalid_request")
        .await;
    assert_eq!(api.readings(&run).await.len(), 1);
}

async fn a_repeated_reading_changes_nothing(api: Api) {
    let run = api.started("ada").await;
    let at = text(&api.run(&run).await, "startedAt");
    let body =
        json!({ "id": ID, "timestamp": at, "runId": run, "sensorId": "s", "temperature": 22.5 });
    let send = || api.post("/api/sensors/data").user("ada").json(&body);
    let first = send().expect(201).await;
    assert_eq!(
        (text(&first, "id"), text(&first, "timestamp")),
        (ID.to_owned(), at)
    );
    assert_eq!(send().expect(200).await, first);
    assert_eq!(api.readings(&run).await.len(), 1);
}

async fn another_reading_under_the_same_id_is_refused(api: Api) {
    let run = api.started("ada").await;
    let at = text(&api.run(&run).await, "startedAt");
    let send = |value: f64| {
        let body = json!({ "id": ID, "timestamp": at, "runId": run, "sensorId": "s", "temperature": value });
        api.post("/api/sensors/data").user("ada").json(&body)
    };
    send(22.5).expect(201).await;
    send(23.5).expect_error(409, "reading_conflict").await;
    assert_eq!(api.readings(&run).await[ID]["temperature"], 22.5);
}

async fn a_batch_is_stored_whole(api: Api) {
    let run = api.started("ada").await;
    let batch: Vec<Value> = (0..100)
        .map(|n| json!({ "runId": run, "sensorId": format!("sensor-{n}"), "temperature": n }))
        .collect();
    let answer = api
        .post("/api/sensors/data")
        .user("ada")
        .json(&json!(batch))
        .expect(201)
        .await;
    assert_eq!(answer["count"], 100, "{answer}");
    let stored = api.readings(&run).await;
    for (sent, item) in batch.iter().zip(answer["items"].as_array().unwrap()) {
        assert_eq!(item["sensorId"], sent["sensorId"]);
        assert_eq!(&stored[&text(item, "id")], item);
    }
}

async fn a_batch_with_a_bad_reading_stores_nothing(api: Api) {
    let run = api.started("ada").await;
    let batch = json!([
        { "runId": run, "sensorId": "s", "temperature": 20 },
        { "runId": run, "sensorId": "", "temperature": 20 },
        { "runId": run, "sensorId": "s", "temperature": "warm" },
    ]);
    let error = api
        .post("/api/sensors/data")
        .user("ada")
        .json(&batch)
        .expect_error(400, "invalid_request")
        .await;
    let fields: Vec<&str> = error["details"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|d| d["field"].as_str())
        .collect();
    assert_eq!(fields, ["[1].sensorId", "[2].temperature"], "{error}");
    assert!(api.readings(&run).await.is_empty());
}

async fn a_reading_needs_a_running_run(api: Api) {
    let unknown = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    api.record("ada", unknown, "s", 20.0)
        .expect_error(404, "run_not_found")
        .await;
    // Ended before its first reading, so no server can believe that it runs.
    let ended = api.started("ada").await;
    api.finish(&ended, &json!({})).expect(200).await;
    api.record("ada", &ended, "s", 20.0)
        .expect_error(409, "run_not_running")
        .await;
    assert!(api.readings(&ended).await.is_empty());
}

async fn a_finished_run_keeps_its_readings(api: Api) {
    let run = api.started("ada").await;
    let reading = api.record("ada", &run, "s", 20.0).expect(201).await;
    api.finish(&run, &json!({})).expect(200).await;
    assert_eq!(api.readings(&run).await[&text(&reading, "id")], reading);
}

async fn readings_are_listed_newest_first_by_page(api: Api) {
    let run = api.started("ada").await;
    let batch: Vec<Value> = (0..25)
        .map(|n| json!({ "runId": run, "sensorId": "s", "temperature": n }))
        .collect();
    api.post("/api/sensors/data")
        .user("ada")
        .json(&json!(batch))
        .expect(201)
        .await;
    let listed = api
        .pages(&format!("/api/sensors/data?runId={run}&limit=10"))
        .await;
    assert_eq!(listed.len(), 25);
    assert!(
        listed.is_sorted_by(|a, b| text(a, "timestamp") >= text(b, "timestamp")),
        "{listed:?}"
    );
    let mut values: Vec<i64> = listed
        .iter()
        .filter_map(|r| r["temperature"].as_f64())
        .map(|t| t as i64)
        .collect();
    values.sort_unstable();
    assert_eq!(values, (0..25).collect::<Vec<_>>());
}

async fn readings_are_found_by_sensor_and_time(api: Api) {
    let (one, two) = (api.started("ada").await, api.started("bob").await);
    for run in [&one, &two] {
        for sensor in ["a", "b"] {
            api.record("ada", run, sensor, 20.0).expect(201).await;
        }
    }
    let count = async |query: String| {
        api.pages(&format!("/api/sensors/data?limit=1&{query}"))
            .await
            .len()
    };
    assert_eq!(count("sensorId=a".to_owned()).await, 2);
    assert_eq!(count(format!("runId={one}&sensorId=b")).await, 1);
    let now = text(&api.run(&one).await, "startedAt");
    assert_eq!(count(format!("runId={one}&startDate={now}")).await, 2);
    assert_eq!(
        count(format!("runId={one}&endDate=2020-01-01T00:00:00Z")).await,
        0
    );
    assert_eq!(
        count("sensorId=a&startDate=2020-01-01T00:00:00Z&endDate=2099-01-01T00:00:00Z".to_owned())
            .await,
        2
    );
}

async fn readings_of_all_runs_are_walked(api: Api) {
    let mut sent = Vec::new();
    for _ in 0..3 {
        let run = api.started("ada").await;
        for _ in 0..3 {
            sent.push(text(
                &api.record("ada", &run, "s", 20.0).expect(201).await,
                "id",
            ));
        }
    }
    let mut listed: Vec<String> = api
        .pages("/api/sensors/data?limit=2")
        .await
        .iter()
        .map(|r| text(r, "id"))
        .collect();
    listed.sort();
    sent.sort();
    assert_eq!(listed, sent);
}
