//! The calls of the Angular frontend and of other known clients, in their order
//! and to the letter, and what these clients read from the answers.

use serde_json::{Value, json};
use system_tests::{Api, text};

on_every_server! {
    a_simulation_from_the_frontend,
    the_documented_shapes,
    an_error_is_shown_to_the_user,
}

async fn a_simulation_from_the_frontend(api: Api) {
    let can = api.get("/api/runs/can-start").expect(200).await;
    assert_eq!(can["canStart"], true);
    assert!(
        can["currentRunning"].is_u64() && can["maxAllowed"].is_u64() && can["available"].is_u64()
    );

    let body = r#"{"sensorIds":["sensor-1","sensor-2","sensor-3"],"duration":2,"interval":1}"#;
    let run = api
        .post("/api/runs/start")
        .user("some.user-1")
        .text(body)
        .expect(201)
        .await;
    let id = text(&run, "id");
    assert!(text(&run, "grafanaUrl").starts_with("http"));

    // All sensors in parallel.
    let kinds = ["temperature", "humidity", "pressure"];
    let calls: Vec<_> = kinds
        .iter()
        .zip([22.5, 40.0, 1013.0])
        .enumerate()
        .map(|(n, (kind, value))| {
            let body = format!(
                r#"{{"sensorId":"sensor-{}","reading":{value},"type":"{kind}"}}"#,
                n + 1
            );
            let call = api
                .post("/api/sensors/data")
                .user("some.user-1")
                .header("x-run-id", &id)
                .text(body);
            tokio::spawn(call.expect(201))
        })
        .collect();
    for (call, kind) in calls.into_iter().zip(kinds) {
        let reading = call.await.unwrap();
        assert!(reading[kind].is_number(), "{reading}");
        assert_eq!(text(&reading, "runId"), id);
    }

    let running = api.get("/api/runs/running").expect(200).await;
    for member in [
        "id",
        "username",
        "status",
        "startedAt",
        "finishedAt",
        "params",
        "grafanaUrl",
        "errorMessage",
    ] {
        assert!(
            running[0].get(member).is_some(),
            "{member} is missing in {running}"
        );
    }
    assert_eq!(
        running[0]["params"]["sensorIds"],
        json!(["sensor-1", "sensor-2", "sensor-3"])
    );
    assert_eq!(
        (
            &running[0]["params"]["duration"],
            &running[0]["params"]["interval"]
        ),
        (&json!(2), &json!(1))
    );

    let finish = json!({ "status": "SUCCESS", "message": "Simulation completed" });
    assert_eq!(
        api.finish(&id, &finish).expect(200).await["status"],
        "COMPLETED"
    );
    assert_eq!(api.get("/api/runs/running").expect(200).await, json!([]));
    assert_eq!(api.readings(&id).await.len(), 3);
}

async fn the_documented_shapes(api: Api) {
    let run = api
        .post("/api/runs/start")
        .user("ada")
        .json(&json!({ "params": { "duration": 10 } }))
        .expect(201)
        .await;
    let id = text(&run, "id");
    let body =
        json!({ "runId": id, "sensorId": "sensor-1", "temperature": 22.5, "humidity": 40.1 });
    api.post("/api/sensors/data")
        .user("ada")
        .json(&body)
        .expect(201)
        .await;
    let finished = api
        .finish(&id, &json!({ "errorMessage": "sensor lost" }))
        .expect(200)
        .await;
    assert_eq!(
        (&finished["status"], &finished["errorMessage"]),
        (&json!("FAILED"), &json!("sensor lost"))
    );
}

async fn an_error_is_shown_to_the_user(api: Api) {
    let error = api
        .post("/api/runs/start")
        .user("x")
        .json(&json!({ "duration": -1 }))
        .expect_error(400, "invalid_request")
        .await;
    let details = error["details"].as_array().unwrap();
    assert!(
        details
            .iter()
            .all(|d| d["field"].is_string() && d["message"].is_string()),
        "{error}"
    );
    let fields: Vec<&Value> = details.iter().map(|detail| &detail["field"]).collect();
    assert!(fields.contains(&&json!("duration")), "{error}");
}
