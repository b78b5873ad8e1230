//! Events that are not what the functions expect: answered or failed, and the process lives on.

use axum::body::Bytes;
use catalogue::Service;
use http::{Method, Request};
use serde_json::{Value, json};
use system_tests::lambda::{Deployment, Format, InvokeError, Outcome, PAYLOAD_LIMIT};

use super::{Client, body, events, faulty, get, request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_a_request_fails_and_the_process_lives_on() {
    let deployment = Deployment::start().await;
    for service in [Service::RunApi, Service::SensorApi] {
        let mut client = Client::new(deployment.function(service));
        client.call(&get("/api/openapi.json")).await;
        for event in not_requests() {
            let invocation = client.invoke(event.clone()).await;
            assert!(
                matches!(invocation.outcome, Outcome::Error(_)),
                "{event:?}: {:?}",
                invocation.outcome
            );
            assert!(
                invocation.init_duration.is_none(),
                "{event:?}: the process was replaced"
            );
            assert!(!invocation.log.is_empty(), "{event:?}: nothing says why");
            events(&invocation.log);
        }
        let (_, invocation) = client.call(&get("/api/openapi.json")).await;
        assert!(invocation.init_duration.is_none());
    }
}

fn not_requests() -> Vec<Bytes> {
    let mut events: Vec<Bytes> = [
        "",
        " ",
        "{",
        "{}",
        "null",
        "[]",
        "7",
        "\"text\"",
        r#"{"source":"aws.events"}"#,
        r#"{"source":7}"#,
        r#"{"Records":[]}"#,
        r#"{"version":"2.0","rawPath":"/api/runs"}"#,
    ]
    .map(Bytes::from)
    .into();
    events.push(Bytes::from_static(b"\xff\xfe{}"));
    events.push("[".repeat(100_000).into());
    for format in [Format::Http, Format::Rest] {
        let request = request(Method::POST, "/api/runs/start", &json!({}));
        let event = |name: &str, value: Value| {
            let mut event = format.event(&request);
            event[name] = value;
            Bytes::from(event.to_string())
        };
        events.push(event("headers", json!(["a", "list"])));
        let mut wrong_base64 = format.event(&request);
        wrong_base64["isBase64Encoded"] = json!(true);
        wrong_base64["body"] = json!("this is not base64!");
        events.push(wrong_base64.to_string().into());
    }
    events
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sensor_api_has_no_tick() {
    let deployment = Deployment::start().await;
    let invocation = Client::new(deployment.function(Service::SensorApi))
        .invoke(r#"{"source":"sentori.tick"}"#)
        .await;
    assert!(
        matches!(invocation.outcome, Outcome::Error(_)),
        "{invocation:#?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_cannot_send_a_tick() {
    let deployment = Deployment::start().await;
    for format in [Format::Http, Format::Rest] {
        let mut client = Client {
            format,
            ..Client::new(deployment.function(Service::RunApi))
        };
        let tick = request(
            Method::POST,
            "/events",
            &json!({ "source": "sentori.tick" }),
        );
        let (response, invocation) = client.call(&tick).await;
        assert_eq!(response.status(), 404);
        assert!(
            events(&invocation.log)
                .iter()
                .all(|event| event.get("runs_active").is_none())
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_paths_and_methods_are_answered_in_json() {
    let deployment = Deployment::start().await;
    for format in [Format::Http, Format::Rest] {
        let mut client = Client {
            format,
            ..Client::new(deployment.function(Service::SensorApi))
        };
        for (method, path, status) in [
            (Method::GET, "/", 404),
            (Method::GET, "/api/sensors/data/more", 404),
            (Method::GET, "/api/sensors/%F0%9F%8C%A1", 404),
            (Method::GET, "//api/sensors/data", 404),
            (Method::DELETE, "/api/sensors/data", 405),
            (
                Method::from_bytes(b"BREW").unwrap(),
                "/api/sensors/data",
                405,
            ),
        ] {
            let (response, _) = client.call(&request(method, path, &Value::Null)).await;
            assert_eq!(response.status(), status, "{path}");
            let body = body(&response);
            assert!(
                body["error"].is_string() && body["message"].is_string(),
                "{body}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_six_megabytes_is_refused_and_one_above_is_never_sent() {
    let deployment = Deployment::start().await;
    let mut client = Client::new(deployment.function(Service::SensorApi));
    for content_type in ["application/json", "application/octet-stream"] {
        let most = if content_type == "application/json" {
            PAYLOAD_LIMIT - 2_000
        } else {
            PAYLOAD_LIMIT / 4 * 3 - 2_000
        };
        let large = Request::post("/api/sensors/data")
            .header("content-type", content_type)
            .header("x-user", "ada");
        let (response, _) = client
            .call(&large.body("9".repeat(most).into()).unwrap())
            .await;
        assert_eq!(response.status(), 413);
        assert!(body(&response)["message"].is_string());
    }
    let (_, invocation) = client.call(&get("/api/sensors/data")).await;
    assert!(invocation.init_duration.is_none());
    let error = client
        .function
        .invoke("9".repeat(PAYLOAD_LIMIT + 1))
        .await
        .unwrap_err();
    assert!(matches!(error, InvokeError::TooLarge(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn base64_bodies_and_repeated_parameters_arrive() {
    let deployment = Deployment::start().await;
    for format in [Format::Http, Format::Rest] {
        let mut client = Client {
            format,
            ..Client::new(deployment.function(Service::RunApi))
        };
        // Without a content type API Gateway takes a body for binary.
        let start = Request::post("/api/runs/start")
            .header("x-user", "ada")
            .body(Bytes::from(r#"{"duration":7}"#))
            .unwrap();
        assert_eq!(format.event(&start)["isBase64Encoded"], true);
        let (response, _) = client.call(&start).await;
        assert_eq!(response.status(), 201);
        assert_eq!(body(&response)["params"]["duration"], 7);
        let (response, _) = client.call(&get("/api/runs?limit=1&limit=2")).await;
        assert_eq!(response.status(), 400, "one limit, not two");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_of_several_values_arrive_and_leave() {
    let deployment = Deployment::start().await;
    for format in [Format::Http, Format::Rest] {
        let mut client = Client {
            format,
            ..Client::new(faulty(&deployment))
        };
        let mut request = get("/headers");
        for value in ["first", "second"] {
            let value = value.parse().unwrap();
            request.headers_mut().append("x-several", value);
        }
        let (response, _) = client.call(&request).await;
        assert_eq!(response.body(), "first,second", "{format:?}");
        assert_eq!(response.headers()["x-several"], "one, two", "{format:?}");
        let cookies = response.headers().get_all("set-cookie");
        assert_eq!(cookies.iter().collect::<Vec<_>>(), ["a=1", "b=2"]);
    }
}
