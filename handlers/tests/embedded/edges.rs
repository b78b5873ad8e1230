//! What clients send at the edges of what is allowed, and what becomes of it.

use std::time::Duration;

use handlers::{
    AppState, Deadline, Error, Failure,
    client::{Connection, connect},
    run_api, sensor_api, tick,
};
use serde_json::{Value, json};

use crate::support::{Embedded, get, post};

fn fields(answer: &Value) -> Vec<&str> {
    let details = answer["details"].as_array().unwrap();
    details
        .iter()
        .map(|detail| detail["field"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documented_start_has_no_user_and_works() {
    let embedded = Embedded::start().await;
    let runs = run_api(embedded.state());
    for name in [None, Some(&b""[..])] {
        let start = post("/api/runs/start", json!({ "duration": 10, "interval": 2 }));
        let (status, run) = start.user(name).send(&runs).await;
        assert_eq!(
            (status, &run["username"]),
            (201, &json!("unknown")),
            "{run}"
        );
        assert_eq!(run["params"]["runId"], run["id"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_of_people_and_identity_providers_are_kept_to_the_letter() {
    let embedded = Embedded::start().await;
    let (runs, sensors) = (run_api(embedded.state()), sensor_api(embedded.state()));
    for (sent, name) in [
        (&b"Ada Lovelace"[..], "Ada Lovelace"),
        (b"ada+x@example.com", "ada+x@example.com"),
        (
            b"3fa85f64-5717-4562-b3fc-2c963f66afa6",
            "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        ),
        ("J\u{fc}rgen".as_bytes(), "J\u{fc}rgen"),
        (b"J\xfcrgen", "J\u{fc}rgen"),
        (
            b"<img src=x onerror=alert(1)>\"'&",
            "<img src=x onerror=alert(1)>\"'&",
        ),
    ] {
        let start = post("/api/runs/start", json!({}));
        let (status, run) = start.user(Some(sent)).send(&runs).await;
        assert_eq!((status, &run["username"]), (201, &json!(name)), "{run}");
        let link = run["grafanaUrl"].as_str().unwrap();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/?=&%-_.".contains(&byte);
        assert!(link.bytes().all(plain), "{link}");
        let reading = json!({ "runId": run["id"], "sensorId": name, "reading": "20.5", "type": "TEMPERATURE" });
        let (status, stored) = post("/api/sensors/data", reading)
            .user(Some(sent))
            .send(&sensors)
            .await;
        assert_eq!(
            (status, &stored["temperature"]),
            (201, &json!(20.5)),
            "{stored}"
        );
        let page = get(format!(
            "/api/sensors/data?runId={}&_=1",
            run["id"].as_str().unwrap()
        ));
        let (_, page) = page.send(&sensors).await;
        let item = &page["items"][0];
        assert_eq!(
            (&item["user"], &item["sensorId"]),
            (&json!(name), &json!(name))
        );
        assert_eq!(
            (&item["reading"], &item["type"]),
            (&json!(20.5), &json!("temperature"))
        );
        let finish = format!("/api/runs/{}/finish", run["id"].as_str().unwrap());
        assert_eq!(post(finish, Value::Null).send(&runs).await.0, 200);
    }
    for refused in [&b"a\tb"[..], b" ada", "\u{202e}ada".as_bytes()] {
        let start = post("/api/runs/start", json!({})).user(Some(refused));
        let (status, answer) = start.send(&runs).await;
        // HTTP itself takes the spaces around a value away; a router gets them only from a test.
        assert_eq!((status, fields(&answer)), (400, vec!["X-User"]), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_start_sends_beside_its_own_members_is_kept() {
    let embedded = Embedded::start().await;
    let runs = run_api(embedded.state());
    let body = json!({ "duration": "30", "interval": 2.5, "place": { "room": 4 }, "params": { "scale": 1.0 } });
    let (status, run) = post("/api/runs/start", body).send(&runs).await;
    assert_eq!(status, 201, "{run}");
    let params = json!({ "duration": 30, "interval": 3, "place": { "room": 4 }, "scale": 1, "sensorIds": [], "runId": run["id"] });
    assert_eq!(run["params"], params);
    let wide = json!({ "text": "x".repeat(900), "params": { "a": "y".repeat(900), "b": "y".repeat(900), "c": "y".repeat(900), "d": "y".repeat(900) } });
    let (status, answer) = post("/api/runs/start", wide).send(&runs).await;
    assert_eq!((status, fields(&answer)), (400, vec!["params"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idempotency_key_is_itself_whatever_its_letters_for_a_day() {
    let embedded = Embedded::start().await;
    let runs = run_api(embedded.state());
    let start = |key: &[u8]| post("/api/runs/start", json!({ "duration": 30 })).key(key);
    let mut ids = Vec::new();
    for key in [
        "cl\u{e9}-1".as_bytes(),
        "cl\u{e9}-2".as_bytes(),
        "\u{65e5}\u{672c}".as_bytes(),
        b"?",
    ] {
        let (status, run) = start(key).send(&runs).await;
        assert_eq!(status, 201, "{run}");
        assert!(!ids.contains(&run["id"]), "{run}");
        ids.push(run["id"].clone());
    }
    // The same key as browsers send it, in ISO 8859-1.
    let (status, run) = start(b"cl\xe9-1").send(&runs).await;
    assert_eq!((status, &run["id"]), (200, &ids[0]));
    let other = post("/api/runs/start", json!({ "duration": 31 })).key("?");
    let (status, answer) = other.send(&runs).await;
    assert_eq!((status, fields(&answer)), (400, vec!["Idempotency-Key"]));

    embedded.clock.advance(Duration::from_secs(86_399));
    let (status, run) = start(b"?").send(&runs).await;
    assert_eq!((status, &run["id"]), (200, &ids[3]));
    embedded.clock.advance(Duration::from_secs(1));
    let (status, run) = start(b"?").send(&runs).await;
    assert_eq!(status, 201, "{run}");
    assert_ne!(run["id"], ids[3]);
    assert_eq!(start(b"?").send(&runs).await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_store_cannot_hold_is_refused_and_what_it_holds_has_statistics() {
    let embedded = Embedded::start().await;
    let (runs, sensors) = (run_api(embedded.state()), sensor_api(embedded.state()));
    let (_, run) = post("/api/runs/start", json!({})).send(&runs).await;
    let reading = |value: f64| json!({ "runId": run["id"], "sensorId": "s", "temperature": value });
    let data = |body| post("/api/sensors/data", body).send(&sensors);
    for tiny in [1e-131, -1e-200, f64::MIN_POSITIVE] {
        let (status, answer) = data(reading(tiny)).await;
        assert_eq!((status, fields(&answer)), (400, vec!["temperature"]));
        let (status, answer) = data(json!([reading(20.0), reading(tiny)])).await;
        assert_eq!((status, fields(&answer)), (400, vec!["[1].temperature"]));
    }
    for value in [1e-130, 0.0, -0.0, -1e-130] {
        let (status, stored) = data(reading(value)).await;
        assert_eq!(status, 201, "{stored}");
        let id = run["id"].as_str().unwrap();
        let (_, page) = get(format!("/api/sensors/data?runId={id}"))
            .send(&sensors)
            .await;
        let items = page["items"].as_array().unwrap();
        let same = items
            .iter()
            .find(|item| item["id"] == stored["id"])
            .unwrap();
        assert_eq!(same.to_string(), stored.to_string());
    }
    let finish = format!("/api/runs/{}/finish", run["id"].as_str().unwrap());
    let (status, ended) = post(finish, Value::Null).send(&runs).await;
    assert_eq!(
        (status, &ended["stats"]["count"]),
        (200, &json!(4)),
        "{ended}"
    );
    assert_eq!(ended["stats"]["average"], 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_batches_with_one_id_one_wins_and_the_other_changes_nothing() {
    let embedded = Embedded::start().await;
    let (runs, sensors) = (run_api(embedded.state()), sensor_api(embedded.state()));
    let (_, run) = post("/api/runs/start", json!({})).send(&runs).await;
    let now = embedded.clock.now().to_string();
    for n in 0..20u128 {
        let item = |id: u128, value: f64| {
            let id = uuid::Uuid::from_u128(id);
            json!({ "runId": run["id"], "sensorId": "s", "temperature": value, "id": id, "timestamp": now })
        };
        let batch = |value: f64| {
            json!([
                item(1_000 + n, value),
                item(2_000 + 2 * n + (value as u128 - 1), value)
            ])
        };
        let send = |value| post("/api/sensors/data", batch(value)).send(&sensors);
        let ((a, first), (b, second)) = tokio::join!(send(1.0), send(2.0));
        let mut statuses = [a, b];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{first} {second}");
        let (winner, loser) = if a == 201 {
            (1.0, &second)
        } else {
            (2.0, &first)
        };
        assert_eq!(loser["error"], "reading_conflict");
        // The loser's other reading was not stored.
        let id = run["id"].as_str().unwrap();
        let (_, page) = get(format!("/api/sensors/data?runId={id}&limit=1000"))
            .send(&sensors)
            .await;
        assert_eq!(page["count"].as_u64(), u64::try_from(2 * (n + 1)).ok());
        assert_eq!(send(winner).await.0, 200, "the winner's batch again");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stored_reading_sent_again_is_answered_as_before_after_the_end_too() {
    let embedded = Embedded::start().await;
    let (runs, sensors) = (run_api(embedded.state()), sensor_api(embedded.state()));
    let (_, run) = post("/api/runs/start", json!({})).send(&runs).await;
    let now = embedded.clock.now().to_string();
    let reading = |id: u128, value: f64| json!({ "runId": run["id"], "sensorId": "s", "temperature": value, "id": uuid::Uuid::from_u128(id), "timestamp": now });
    let send = |body| post("/api/sensors/data", body).send(&sensors);
    assert_eq!(send(reading(1, 20.0)).await.0, 201);
    assert_eq!(send(reading(1, 20.0)).await.0, 200);
    let (status, answer) = send(reading(1, 20.5)).await;
    assert_eq!(
        (status, &answer["error"]),
        (409, &json!("reading_conflict"))
    );
    assert_eq!(
        send(json!([reading(2, 21.0), reading(3, 22.0)])).await.0,
        201
    );
    let finish = format!("/api/runs/{}/finish", run["id"].as_str().unwrap());
    assert_eq!(post(finish, Value::Null).send(&runs).await.0, 200);
    embedded.clock.advance(Duration::from_secs(3));
    assert_eq!(send(reading(1, 20.0)).await.0, 200);
    assert_eq!(
        send(json!([reading(2, 21.0), reading(3, 22.0)])).await.0,
        200
    );
    for other in [
        reading(1, 20.5),
        reading(4, 20.0),
        json!([reading(1, 20.0), reading(4, 20.0)]),
    ] {
        let (status, answer) = send(other).await;
        assert_eq!(
            (status, &answer["error"]),
            (409, &json!("run_not_running")),
            "{answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_that_is_not_text_is_answered_in_json() {
    let embedded = Embedded::start().await;
    let runs = run_api(embedded.state());
    for path in ["/api/runs/%ff", "/api/runs/board", "/api/runs/%23"] {
        let (status, answer) = get(path).send(&runs).await;
        assert_eq!((status, fields(&answer)), (400, vec!["id"]), "{path}");
    }
    let (status, answer) = post("/api/runs/interrupt-all%23/finish", Value::Null)
        .send(&runs)
        .await;
    assert_eq!((status, fields(&answer)), (400, vec!["id"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_table_is_our_fault_at_once_and_the_frontend_still_finds_its_numbers() {
    let mut embedded = Embedded::start().await;
    embedded.config.runs_table = "Nothing".into();
    let (runs, sensors) = (run_api(embedded.state()), sensor_api(embedded.state()));
    let (status, answer) = get("/api/runs/can-start").send(&runs).await;
    assert_eq!((status, &answer["error"]), (500, &json!("internal_error")));
    assert_eq!(answer["canStart"], false);
    assert_eq!(
        (&answer["maxAllowed"], &answer["available"]),
        (&json!(5), &json!(0))
    );
    assert!(answer["currentRunning"].is_u64(), "{answer}");
    let reading = json!({ "runId": uuid::Uuid::from_u128(1), "sensorId": "s", "temperature": 20 });
    let (status, _) = post("/api/sensors/data", reading).send(&sensors).await;
    assert_eq!(status, 500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_can_never_be_written_is_not_to_be_sent_again() {
    let mut embedded = Embedded::start().await;
    let (_, run) = post("/api/runs/start", json!({}))
        .send(&run_api(embedded.state()))
        .await;
    embedded.config.sensor_data_table = "Nothing".into();
    let reading = json!({ "runId": run["id"], "sensorId": "s", "temperature": 20 });
    let batch = post("/api/sensors/data", json!([reading, reading]));
    let (status, answer) = batch.send(&sensor_api(embedded.state())).await;
    assert_eq!(
        (status, &answer["error"]),
        (500, &json!("internal_error")),
        "{answer}"
    );
    // Statistics fail alike, and the end stands.
    let runs = run_api(embedded.state());
    let finish = format!("/api/runs/{}/finish", run["id"].as_str().unwrap());
    assert_eq!(post(finish, Value::Null).send(&runs).await.0, 200);
    assert_eq!(tick(&embedded.state()).await.unwrap().running, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_board_is_told_where_older_clients_read_it() {
    let embedded = Embedded::start().await;
    let runs = run_api(embedded.state());
    for _ in 0..5 {
        post("/api/runs/start", json!({})).send(&runs).await;
    }
    let (status, answer) = post("/api/runs/start", json!({})).send(&runs).await;
    assert_eq!(
        (status, &answer["error"]),
        (409, &json!("run_limit_reached"))
    );
    let told = |name: &str| answer[name].clone();
    assert_eq!(
        [told("currentRunning"), told("maxAllowed")],
        [json!(5), json!(5)]
    );
    assert_eq!(
        [told("canStart"), told("available")],
        [json!(false), json!(0)]
    );
    assert_eq!(
        answer["details"],
        json!({ "currentRunning": 5, "maxAllowed": 5 })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_tells_what_the_attempts_failed_with() {
    let embedded = Embedded::start().await;
    // Nobody listens where somebody did a moment ago.
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let client = connect(&Connection::local(endpoint, "local"));
    let state = AppState::new(embedded.config.clone(), client, embedded.clock.clock());
    let deadline = Deadline::after(Duration::from_secs(1));
    let answer = state.store().board(deadline).await;
    assert!(
        matches!(&answer, Err(Error::Unavailable(Failure::Call { name, .. })) if name == "NoConnection"),
        "{answer:?}"
    );
}
