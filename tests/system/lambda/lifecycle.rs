//! Starts and ends: what is known is written however an invocation or a process ends.

use std::sync::Arc;
use std::time::Duration;

use catalogue::Service;
use serde_json::json;
use system_tests::lambda::{Deployment, Function, FunctionConfig, InvokeError, Outcome};
use system_tests::{Fault, FaultProxy};
use tokio::sync::Notify;

use super::{Client, body, events, faulty, get, request_event, requests, total};

/// Longer than any test waits.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_configuration_fails_the_start_and_names_the_variable() {
    let deployment = Deployment::start().await;
    for service in [Service::RunApi, Service::SensorApi] {
        let mut config = deployment.function(service);
        config.env.remove("RUNS_TABLE_NAME");
        config
            .env
            .insert("MAX_CONCURRENT_RUNS".to_owned(), "many".to_owned());
        let error = Function::new(config).invoke("{}").await.unwrap_err();
        let InvokeError::Start(error) = error else {
            panic!("{error}")
        };
        let message = error.to_string();
        for told in [
            "the function cannot run: RUNS_TABLE_NAME is missing",
            "; MAX_CONCURRENT_RUNS ",
        ] {
            assert!(message.contains(told), "{message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_function_ends_in_order_at_sigterm() {
    let deployment = Deployment::start().await;
    for service in [Service::RunApi, Service::SensorApi] {
        let config = FunctionConfig {
            shutdown_grace: LONG,
            ..deployment.function(service)
        };
        let mut client = Client::new(config);
        client.call(&get("/api/openapi.json")).await;
        let exit = client
            .function
            .stop()
            .await
            .unwrap()
            .expect("an environment");
        assert!(exit.status.success(), "{exit:#?}");
        assert!(
            events(&exit.log).is_empty() && exit.segments.is_empty(),
            "all of it was written before: {exit:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_while_the_store_works_writes_the_event_and_the_spans() {
    let deployment = Deployment::start().await;
    let (proxy, asked) = silent_store(&deployment).await;
    let config = deployment
        .function(Service::RunApi)
        .env("AWS_ENDPOINT_URL_DYNAMODB", proxy.url());
    let mut client = Client::new(FunctionConfig {
        timeout: LONG,
        ..config
    });
    client.call(&get("/api/openapi.json")).await;
    let terminator = client.function.terminator().expect("an environment");
    let request = get("/api/runs/can-start");
    let terminate = async {
        asked.notified().await;
        terminator.terminate().unwrap();
    };
    let (invocation, ()) = tokio::join!(client.send(&request), terminate);
    assert!(
        matches!(&invocation.outcome, Outcome::Error(error) if error.error_type == "Runtime.ExitError")
    );
    let events = events(&invocation.log);
    let event = request_event(&events);
    assert_eq!(
        (requests(&events), &event["request_id"]),
        (1, &json!(invocation.request_id))
    );
    assert_eq!(event["outcome"], "cancelled", "{event}");
    assert!(!invocation.segments.is_empty());
    let (response, next) = client.call(&get("/api/openapi.json")).await;
    assert_eq!(response.status(), 200);
    assert!(
        next.init_duration.is_some(),
        "Lambda starts another environment"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_does_not_answer_is_a_503_before_the_deadline() {
    let deployment = Deployment::start().await;
    let (proxy, _) = silent_store(&deployment).await;
    let config = deployment
        .function(Service::RunApi)
        .env("AWS_ENDPOINT_URL_DYNAMODB", proxy.url());
    let config = FunctionConfig {
        timeout: Duration::from_secs(1),
        overrun: LONG,
        ..config
    };
    let mut client = Client::new(config);
    let (response, invocation) = client.call(&get("/api/runs/can-start")).await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert!(body(&response)["message"].is_string());
    let events = events(&invocation.log);
    assert_eq!(
        (requests(&events), total(&events, "request_error")),
        (1, 1.0)
    );
    assert!(!invocation.segments.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_is_written_before_a_timeout() {
    let deployment = Deployment::start().await;
    let slack = Duration::from_secs(3);
    let config = FunctionConfig {
        timeout: Duration::from_millis(500),
        overrun: slack,
        ..faulty(&deployment)
    };
    let mut client = Client::new(config);
    let invocation = client.send(&get("/stuck")).await;
    assert_eq!(invocation.outcome, Outcome::TimedOut);
    let events = events(&invocation.log);
    let event = request_event(&events);
    assert_eq!((requests(&events), &event["request_error"]), (1, &json!(1)));
    assert_eq!(
        (&event["error"], &event["request_id"]),
        (&json!("timeout"), &json!(invocation.request_id))
    );
    let [waiting, server] = &invocation.segments[..] else {
        panic!("the span that hangs and its request: {invocation:#?}")
    };
    assert_eq!(
        (&waiting["name"], &waiting["parent_id"]),
        (&json!("waiting"), &server["id"])
    );
    for segment in [waiting, server] {
        assert_eq!(segment["annotations"]["error_type"], "timeout");
        assert_eq!(segment["metadata"]["outcome"], "deadline", "{segment:#}");
    }
    let (_, next) = client.call(&get("/fine")).await;
    assert!(
        next.init_duration.is_some(),
        "Lambda starts another environment"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_has_a_backtrace_if_it_is_asked_for() {
    let deployment = Deployment::start().await;
    for asked in [true, false] {
        let mut config = faulty(&deployment);
        if asked {
            config = config.env("RUST_BACKTRACE", "1");
        }
        let invocation = Client::new(config).send(&get("/panic")).await;
        let records = invocation.log.iter().map(|line| serde_json::from_str(line));
        let mut records =
            records.map(|record| record.unwrap_or_else(|_| panic!("{invocation:#?}")));
        let panicked = |record: &serde_json::Value| record["message"] == "panic: on purpose";
        let record = records.find(panicked).expect("a record of the panic");
        let backtrace = record["fields"]["backtrace"].as_str();
        let names_it = backtrace.map(|text| text.contains("faulty::panics"));
        assert_eq!(names_it, asked.then_some(true), "{record:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_ends_is_replaced() {
    let deployment = Deployment::start().await;
    let mut client = Client::new(faulty(&deployment));
    let invocation = client.send(&get("/exit")).await;
    let Outcome::Error(error) = &invocation.outcome else {
        panic!("{invocation:#?}")
    };
    assert_eq!(error.error_type, "Runtime.ExitError");
    assert!(error.error_message.contains("exit status: 3"), "{error:?}");
    let (response, _) = client.call(&get("/fine")).await;
    assert_eq!(response.status(), 200);
}

/// A store that takes requests and does not answer, and who is told of each.
async fn silent_store(deployment: &Deployment) -> (FaultProxy, Arc<Notify>) {
    let asked = Arc::new(Notify::new());
    let told = asked.clone();
    let plan = move |_: &str| {
        told.notify_one();
        Fault::Delay(LONG)
    };
    (
        FaultProxy::start(deployment.store_url(), plan)
            .await
            .expect("a proxy"),
        asked,
    )
}
