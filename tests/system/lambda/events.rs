//! Every invocation writes exactly its own events and spans before the next one is taken.

use catalogue::Service;
use http::Method;
use serde_json::{Value, json};
use system_tests::lambda::{Deployment, FunctionConfig, Outcome};

use super::{
    Client, body, faulty, get, header, own_events, reading, request, request_event, requests,
    start_run, started_run, total,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_one_event_whatever_its_answer() {
    let deployment = Deployment::start().await;
    let mut run_api = Client::new(deployment.function(Service::RunApi));
    let cases = [
        (get("/api/runs/can-start"), 200),
        (start_run(), 201),
        (
            request(Method::POST, "/api/runs/start", &json!({ "duration": -1 })),
            400,
        ),
        (get("/api/runs/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"), 404),
        (get("/api/nothing"), 404),
        (request(Method::DELETE, "/api/runs", &Value::Null), 405),
    ];
    for (position, (request, status)) in cases.into_iter().enumerate() {
        let (response, invocation) = run_api.call(&request).await;
        assert_eq!(response.status(), status, "{}", request.uri());
        let events = own_events(&invocation);
        let event = request_event(&events);
        assert_eq!(event["request_error"], 0, "{event}");
        // That it went well needs no word.
        let said = if status < 300 {
            Value::Null
        } else {
            json!(status)
        };
        assert_eq!(event["status"], said, "{event}");
        assert_eq!(
            event["cold_start"].as_f64().unwrap_or_default(),
            if position == 0 { 1.0 } else { 0.0 }
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_one_event_that_lists_its_readings() {
    let deployment = Deployment::start().await;
    let run = started_run(&deployment).await;
    let mut sensor_api = Client::new(deployment.function(Service::SensorApi));
    let batch: Vec<_> = (0..100)
        .map(|n| json!({ "runId": run, "sensorId": format!("s-{n}"), "temperature": n }))
        .collect();
    let (response, invocation) = sensor_api
        .call(&request(Method::POST, "/api/sensors/data", &json!(batch)))
        .await;
    assert_eq!(response.status(), 201);
    let events = own_events(&invocation);
    let [event] = &events[..] else {
        panic!("{events:#?}")
    };
    assert_eq!(requests(&events), 1);
    assert_eq!(event["sensor_data_ingested"], 100);
    assert_eq!(total(&events, "temperature"), 4_950.0);
    assert_eq!(event["run_id"], run.as_str());
    let listed: Value = serde_json::from_str(event["readings"].as_str().unwrap()).unwrap();
    let reading = |n| json!({ "sensor_id": format!("s-{n}"), "temperature": n });
    assert_eq!(listed, (0..100).map(reading).collect::<Value>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tick_is_an_event_without_a_request() {
    let deployment = Deployment::start().await;
    started_run(&deployment).await;
    let mut run_api = Client::new(deployment.function(Service::RunApi));
    let invocation = run_api.invoke(r#"{"source":"sentori.tick"}"#).await;
    let Outcome::Response(answer) = &invocation.outcome else {
        panic!("{invocation:#?}")
    };
    assert_eq!(
        serde_json::from_slice::<Value>(answer).unwrap(),
        json!({ "running": 1, "lapsed": 0, "silent": 0 })
    );
    let events = own_events(&invocation);
    assert_eq!(total(&events, "runs_active"), 1.0, "{events:#?}");
    assert_eq!(requests(&events), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_a_500_with_its_event_and_its_span() {
    let deployment = Deployment::start().await;
    let mut faulty = Client::new(faulty(&deployment));
    for _ in 0..3 {
        let (response, invocation) = faulty.call(&get("/panic")).await;
        assert_eq!(response.status(), 500);
        assert_eq!(body(&response)["error"], "panic");
        let events = own_events(&invocation);
        let event = request_event(&events);
        assert_eq!(
            (&event["request_error"], &event["error"]),
            (&json!(1), &json!("panic"))
        );
        let [segment] = &invocation.segments[..] else {
            panic!("{:#?}", invocation.segments)
        };
        assert_eq!(segment["fault"], true, "{segment}");
    }
    let (response, invocation) = faulty.call(&get("/fine")).await;
    assert_eq!(response.status(), 200);
    assert!(invocation.init_duration.is_none(), "the process lives on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_continue_lambdas_trace_and_come_before_the_next_event() {
    let deployment = Deployment::start().await;
    let run = started_run(&deployment).await;
    let mut sensor_api = Client::new(deployment.function(Service::SensorApi));
    for value in 0..5 {
        let (_, invocation) = sensor_api.call(&reading(&run, value.into())).await;
        let (root, parent) = (header(&invocation, "Root="), header(&invocation, "Parent="));
        assert!(
            invocation
                .segments
                .iter()
                .all(|segment| segment["trace_id"] == root.as_str())
        );
        let servers = invocation
            .segments
            .iter()
            .filter(|segment| segment["parent_id"] == parent.as_str());
        let [server] = &servers.collect::<Vec<_>>()[..] else {
            panic!("{:#?}", invocation.segments)
        };
        let calls = invocation
            .segments
            .iter()
            .filter(|segment| segment["parent_id"] == server["id"]);
        assert!(
            calls.count() >= 1,
            "the write at least: {:#?}",
            invocation.segments
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_if_lambda_does_not_sample() {
    let deployment = Deployment::start().await;
    let config = FunctionConfig {
        sampled: false,
        ..deployment.function(Service::RunApi)
    };
    let (_, invocation) = Client::new(config).call(&get("/api/runs/can-start")).await;
    assert!(invocation.segments.is_empty(), "{:#?}", invocation.segments);
    request_event(&own_events(&invocation));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_readings_few_name_whose_run_it_is_and_each_names_anybody_else() {
    let deployment = Deployment::start().await;
    let run = started_run(&deployment).await;
    let mut sensor_api = Client::new(FunctionConfig {
        sampled: false,
        ..deployment.function(Service::SensorApi)
    });
    let mut users = Vec::new();
    for user in ["ada", "eve"].repeat(6) {
        let mut reading = reading(&run, 22.5);
        let header = user.parse().expect("a header's value");
        reading.headers_mut().insert("x-user", header);
        let (response, invocation) = sensor_api.call(&reading).await;
        assert_eq!(response.status(), 201);
        users.push(request_event(&own_events(&invocation))["user"].clone());
    }
    let named = |name: &str| users.iter().filter(|user| **user == name).count();
    assert_eq!(named("eve"), 6, "{users:?}");
    // The first one, and whichever is the first of later ten seconds.
    assert!((0..4).contains(&named("ada")), "{users:?}");
}
