//! The rows of the API's table that are about runs.

use serde_json::{Value, json};
use system_tests::{Api, text};

on_every_server! {
    can_start_counts_places,
    start_answers_with_the_run,
    start_says_where_the_run_is,
    start_takes_an_empty_body,
    start_takes_params,
    a_repeated_start_is_the_same_run,
    a_full_house_turns_a_start_away,
    running_lists_the_newest_first,
    finish_completes_by_default,
    finish_takes_every_status,
    a_run_is_finished_once,
    finishing_needs_a_run,
    interrupt_all_ends_every_run,
    one_run_is_found_by_its_id,
    runs_are_listed_by_page,
    all_runs_are_listed_at_once,
    a_page_key_fits_its_own_list,
}

const UNKNOWN: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

async fn can_start_counts_places(api: Api) {
    let free = json!({ "canStart": true, "currentRunning": 0, "maxAllowed": 5, "available": 5 });
    assert_eq!(api.get("/api/runs/can-start").expect(200).await, free);
    for _ in 0..5 {
        api.started("ada").await;
    }
    let full = json!({ "canStart": false, "currentRunning": 5, "maxAllowed": 5, "available": 0 });
    assert_eq!(api.get("/api/runs/can-start").expect(200).await, full);
}

async fn start_answers_with_the_run(api: Api) {
    let run = api.start("ada", 2).expect(201).await;
    let id = text(&run, "id");
    assert_eq!(run["username"], "ada");
    assert_eq!(run["status"], "RUNNING");
    assert_eq!((&run["duration"], &run["interval"]), (&json!(2), &json!(1)));
    assert_eq!(run["params"]["sensorIds"], json!(["sensor-1", "sensor-2"]));
    assert_eq!(
        (&run["finishedAt"], &run["errorMessage"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        run["startedAt"]
            .as_str()
            .is_some_and(|at| at.len() == 24 && at.ends_with('Z')),
        "{run}"
    );
    assert!(text(&run, "grafanaUrl").contains(&id), "{run}");
    assert_eq!(api.run(&id).await, run);
}

async fn start_says_where_the_run_is(api: Api) {
    let started = api.start("ada", 2).send().await;
    let place = started.header("location").unwrap();
    assert_eq!(api.get(place).expect(200).await, started.json());
}

async fn start_takes_an_empty_body(api: Api) {
    let defaults = |run: &Value| (run["duration"].clone(), run["interval"].clone());
    let none = api.post("/api/runs/start").user("ada").expect(201).await;
    let empty = api
        .post("/api/runs/start")
        .user("ada")
        .json(&json!({}))
        .expect(201)
        .await;
    for run in [none, empty] {
        assert_eq!(defaults(&run), (json!(60), json!(5)), "{run}");
    }
}

async fn start_takes_params(api: Api) {
    let params =
        json!({ "duration": 7.2, "interval": 3, "sensorIds": ["a"], "place": { "room": "attic" } });
    let run = api
        .post("/api/runs/start")
        .user("ada")
        .json(&json!({ "params": params }))
        .expect(201)
        .await;
    assert_eq!((&run["duration"], &run["interval"]), (&json!(8), &json!(3)));
    assert_eq!(run["params"]["place"]["room"], "attic");
    assert_eq!(run["params"]["sensorIds"], json!(["a"]));
}

async fn a_repeated_start_is_the_same_run(api: Api) {
    let start = || api.start("ada", 60).header("idempotency-key", "morning");
    let first = start().expect(201).await;
    assert_eq!(start().expect(200).await, first);
    let other = api
        .start("bob", 60)
        .header("idempotency-key", "morning")
        .expect(201)
        .await;
    assert_ne!(other["id"], first["id"]);
    assert_eq!(
        api.get("/api/runs/can-start").expect(200).await["currentRunning"],
        2
    );
}

async fn a_full_house_turns_a_start_away(api: Api) {
    let first = api
        .start("ada", 60)
        .header("idempotency-key", "first")
        .expect(201)
        .await;
    for _ in 0..4 {
        api.started("ada").await;
    }
    let error = api
        .start("bob", 60)
        .expect_error(409, "run_limit_reached")
        .await;
    assert_eq!(
        error["details"],
        json!({ "currentRunning": 5, "maxAllowed": 5 }),
        "{error}"
    );
    // What runs already does not need a place.
    let again = api
        .start("ada", 60)
        .header("idempotency-key", "first")
        .expect(200)
        .await;
    assert_eq!(again, first);
    api.finish(&text(&first, "id"), &json!({}))
        .expect(200)
        .await;
    api.start("bob", 60).expect(201).await;
}

async fn running_lists_the_newest_first(api: Api) {
    assert_eq!(api.get("/api/runs/running").expect(200).await, json!([]));
    let mut started = Vec::new();
    for user in ["ada", "bob", "eve"] {
        started.push(api.start(user, 60).expect(201).await);
    }
    let ended = started.remove(1);
    api.finish(&text(&ended, "id"), &json!({}))
        .expect(200)
        .await;
    let running = api.get("/api/runs/running").expect(200).await;
    assert_newest_first(running.as_array().unwrap());
    assert_eq!(ids(running.as_array().unwrap()), ids(&started));
}

async fn finish_completes_by_default(api: Api) {
    let id = api.started("ada").await;
    api.record("ada", &id, "sensor-1", 20.0).expect(201).await;
    api.record("ada", &id, "sensor-2", 25.0).expect(201).await;
    let run = api
        .post(&format!("/api/runs/{id}/finish"))
        .expect(200)
        .await;
    assert_eq!(run["status"], "COMPLETED");
    assert!(text(&run, "finishedAt") >= text(&run, "startedAt"), "{run}");
    let stats = &api.run(&id).await["stats"];
    assert_eq!(stats["count"], 2, "{stats}");
    assert_eq!(stats["complete"], true, "{stats}");
}

async fn finish_takes_every_status(api: Api) {
    for (body, status, reason) in [
        (
            json!({ "status": "SUCCESS", "message": "done" }),
            "COMPLETED",
            Value::Null,
        ),
        (json!({ "status": "COMPLETED" }), "COMPLETED", Value::Null),
        (
            json!({ "status": "FAILED", "message": "lost" }),
            "FAILED",
            json!("lost"),
        ),
        (json!({ "errorMessage": "lost" }), "FAILED", json!("lost")),
    ] {
        let id = api.started("ada").await;
        let run = api.finish(&id, &body).expect(200).await;
        assert_eq!(
            (&run["status"], &run["errorMessage"]),
            (&json!(status), &reason),
            "{body}"
        );
        assert_eq!(api.run(&id).await["status"], status, "{body}");
    }
}

async fn a_run_is_finished_once(api: Api) {
    let id = api.started("ada").await;
    api.finish(&id, &json!({})).expect(200).await;
    api.finish(&id, &json!({}))
        .expect_error(409, "run_not_running")
        .await;
    assert_eq!(
        api.get("/api/runs/can-start").expect(200).await["available"],
        5
    );
}

async fn finishing_needs_a_run(api: Api) {
    api.finish(UNKNOWN, &json!({}))
        .expect_error(404, "run_not_found")
        .await;
    api.finish("7", &json!({}))
        .expect_error(400, "invalid_request")
        .await;
}

async fn interrupt_all_ends_every_run(api: Api) {
    let ids = [api.started("ada").await, api.started("bob").await];
    let answer = api.post("/api/runs/interrupt-all").expect(200).await;
    assert_eq!(answer["interrupted"], 2, "{answer}");
    assert!(answer["message"].is_string(), "{answer}");
    for id in ids {
        assert_eq!(api.run(&id).await["status"], "INTERRUPTED");
    }
    assert_eq!(api.get("/api/runs/running").expect(200).await, json!([]));
    assert_eq!(
        api.post("/api/runs/interrupt-all").expect(200).await["interrupted"],
        0
    );
}

async fn one_run_is_found_by_its_id(api: Api) {
    let id = api.started("ada").await;
    assert_eq!(text(&api.run(&id).await, "id"), id);
    api.get(&format!("/api/runs/{UNKNOWN}"))
        .expect_error(404, "run_not_found")
        .await;
    api.get("/api/runs/seven")
        .expect_error(400, "invalid_request")
        .await;
}

async fn runs_are_listed_by_page(api: Api) {
    let ids = ended_runs(&api, 7).await;
    let listed = api.pages("/api/runs?limit=3").await;
    assert_newest_first(&listed);
    assert_eq!(self::ids(&listed), ids);
    let page = api.get("/api/runs").expect(200).await;
    assert_eq!(
        (&page["count"], &page["nextKey"]),
        (&json!(7), &Value::Null)
    );
}

async fn all_runs_are_listed_at_once(api: Api) {
    let ids = ended_runs(&api, 3).await;
    let listed = api.get("/api/runs/all").expect(200).await;
    assert_newest_first(listed.as_array().unwrap());
    assert_eq!(self::ids(listed.as_array().unwrap()), ids);
}

async fn a_page_key_fits_its_own_list(api: Api) {
    let ids = ended_runs(&api, 2).await;
    let page = api.get("/api/runs?limit=1").expect(200).await;
    let key = text(&page, "nextKey");
    let readings = format!("/api/sensors/data?runId={}&lastKey={key}", ids[0]);
    api.get(&readings)
        .expect_error(400, "invalid_request")
        .await;
    for key in ["x", "AAAA", "%00", &key[1..]] {
        api.get(&format!("/api/runs?lastKey={key}"))
            .expect_error(400, "invalid_request")
            .await;
    }
}

/// Starts and finishes runs; their ids, sorted.
async fn ended_runs(api: &Api, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let id = api.started("ada").await;
        api.finish(&id, &json!({})).expect(200).await;
        ids.push(id);
    }
    ids.sort();
    ids
}

fn ids(runs: &[Value]) -> Vec<String> {
    let mut ids: Vec<String> = runs.iter().map(|run| text(run, "id")).collect();
    ids.sort();
    ids
}

fn assert_newest_first(runs: &[Value]) {
    assert!(
        runs.is_sorted_by(|a, b| text(a, "startedAt") >= text(b, "startedAt")),
        "{runs:?}"
    );
}
