//! What API Gateway decided about a request, and what the functions make of it.

use axum::body::Bytes;
use catalogue::Service;
use http::{HeaderValue, Method, Request};
use serde_json::{Value, json};
use system_tests::lambda::{Deployment, Format};

use super::{Client, body, get, request, started_run};

fn finish(path: &str) -> Request<Bytes> {
    request(Method::POST, path, &Value::Null)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_goes_where_it_was_authorised_whatever_its_path_decodes_to() {
    let deployment = Deployment::start().await;
    let run = started_run(&deployment).await;
    for format in [Format::Http, Format::Rest] {
        let mut client = Client {
            format,
            ..Client::new(deployment.function(Service::RunApi))
        };
        for path in [
            "/api/runs/interrupt-all%23/finish",
            "/api/runs/interrupt-all%3F/finish",
            "/api/runs/x%2F..%2Finterrupt-all%23/finish",
            "/api/runs/..%2Fruns%2Finterrupt-all%23/finish",
            "/api/runs/%ff/finish",
        ] {
            let (response, _) = client.call(&finish(path)).await;
            assert_eq!(response.status(), 400, "{format:?} {path}");
            assert_eq!(body(&response)["error"], "invalid_request", "{path}");
        }
        let (response, _) = client.call(&get("/api/runs/%ff")).await;
        assert_eq!(
            (response.status().as_u16(), &body(&response)["error"]),
            (400, &json!("invalid_request"))
        );
        let (response, _) = client.call(&get(&format!("/api/runs/{run}"))).await;
        assert_eq!(body(&response)["status"], "RUNNING");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_user_is_the_one_of_the_token() {
    let deployment = Deployment::start().await;
    let config = deployment
        .function(Service::RunApi)
        .env("AUTHENTICATION", "jwt");
    let mut client = Client::new(config);
    let start = request(Method::POST, "/api/runs/start", &json!({}));
    let all = request(Method::POST, "/api/runs/interrupt-all", &Value::Null);
    for format in [Format::Http, Format::Rest] {
        client.format = format;
        let with = |request: &Request<Bytes>, claims: Value| {
            let mut event = format.event(request);
            event["requestContext"]["authorizer"] = match format {
                Format::Http => json!({ "jwt": { "claims": claims, "scopes": null } }),
                Format::Rest => json!({ "claims": claims }),
            };
            event.to_string()
        };
        let (response, _) = client.call(&start).await;
        assert_eq!(response.status(), 401, "{format:?}");
        let invocation = client.invoke(with(&start, json!({ "sub": "7" }))).await;
        assert_eq!(client.response(&invocation).status(), 403);
        let named = json!({ "username": "ada@example.com" });
        let invocation = client.invoke(with(&start, named.clone())).await;
        let response = client.response(&invocation);
        assert_eq!(response.status(), 201);
        assert_eq!(body(&response)["username"], "ada@example.com");
        let invocation = client.invoke(with(&all, named)).await;
        assert_eq!(client.response(&invocation).status(), 403);
        let allowed = json!({ "username": "ada@example.com", "scope": "openid sentori/interrupt" });
        let invocation = client.invoke(with(&all, allowed)).await;
        assert_eq!(client.response(&invocation).status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_of_any_language_pass_through_an_event() {
    let deployment = Deployment::start().await;
    for format in [Format::Http, Format::Rest] {
        let mut client = Client {
            format,
            ..Client::new(deployment.function(Service::RunApi))
        };
        let start = |key: &str, duration: u32| {
            let mut start = request(
                Method::POST,
                "/api/runs/start",
                &json!({ "duration": duration }),
            );
            let name = HeaderValue::from_bytes("J\u{fc}rgen \u{674e}".as_bytes()).expect("a name");
            start.headers_mut().insert("x-user", name);
            let key =
                HeaderValue::from_bytes(format!("{key}-{format:?}").as_bytes()).expect("a key");
            start.headers_mut().insert("idempotency-key", key);
            start
        };
        let (first, _) = client.call(&start("cl\u{e9}", 60)).await;
        assert_eq!(first.status(), 201);
        assert_eq!(body(&first)["username"], "J\u{fc}rgen \u{674e}");
        let (other, _) = client.call(&start("\u{65e5}\u{672c}", 60)).await;
        assert_eq!(other.status(), 201);
        let (again, _) = client.call(&start("cl\u{e9}", 60)).await;
        assert_eq!(
            (again.status().as_u16(), &body(&again)["id"]),
            (200, &body(&first)["id"])
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_run_at_once_is_an_answer_that_lambda_takes() {
    let deployment = Deployment::start().await;
    let mut client = Client::new(deployment.function(Service::RunApi));
    // The worst that a start takes: quotes, which are escaped twice on their way.
    let sensors: Vec<String> = (0..100)
        .map(|n| format!("{n:02}{}", "\"".repeat(62)))
        .collect();
    let params = json!({ "a": "\"".repeat(990), "b": "\"".repeat(990) });
    let start = request(
        Method::POST,
        "/api/runs/start",
        &json!({ "sensorIds": sensors, "params": params }),
    );
    let (response, _) = client.call(&start).await;
    assert_eq!(response.status(), 201, "{:?}", response.body());
    deployment.copy_runs(500).await;
    let mut seen = 0;
    let (response, _) = client.call(&get("/api/runs/all")).await;
    assert_eq!(response.status(), 200);
    seen += body(&response).as_array().expect("runs").len();
    assert!(seen < 501, "the answer was never too large");
    let mut next = response
        .headers()
        .get("link")
        .map(|link| link.to_str().expect("text").to_owned());
    while let Some(link) = next {
        let path = link.split(['<', '>']).nth(1).expect("a path").to_owned();
        let (page, _) = client.call(&get(&path)).await;
        let page = body(&page);
        seen += page["items"].as_array().expect("items").len();
        next = page["nextKey"]
            .as_str()
            .map(|key| format!("</api/runs?limit=100&lastKey={key}>"));
    }
    assert_eq!(seen, 501);
}
