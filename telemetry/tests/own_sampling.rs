//! A function that samples by itself: Lambda's tracing is `PassThrough`, so its header has no
//! decision, or one that nobody made.

#![expect(clippy::unwrap_used, reason = "helpers of the test")]

use std::{collections::HashMap, net::UdpSocket};

use axum::{Router, body::Body, extract::Request, routing::get};
use lambda_runtime::{Context, LambdaInvocation};
use serde_json::Value;
use shop::{Function, Route, process};
use telemetry::{Config, Lines, http::GoldenSignals, lambda::Invocations};
use tower::{Layer as _, Service as _, ServiceExt as _};

const FUNCTION: &str = "shop-dev-orders";

async fn read() -> &'static str {
    tracing::info_span!("looking").in_scope(|| "an order")
}

/// Serves one request under this trace header.
async fn invoke(header: String) {
    let app = Router::new()
        .route("/orders/{id}", get(read))
        .layer(GoldenSignals::<Route>::new());
    let runtime = tower::service_fn(move |_event: LambdaInvocation| {
        let request = Request::get("/orders/17").body(Body::empty());
        let answer = app.clone().oneshot(request.unwrap());
        async { answer.await.map(drop) }
    });
    let mut context = Context::default();
    context.xray_trace_id = Some(header);
    let (parts, ()) = http::Response::new(()).into_parts();
    let event = LambdaInvocation {
        parts,
        body: Default::default(),
        context,
    };
    let mut function = Invocations::of(Function::Orders).layer(runtime);
    function.call(event).await.unwrap();
}

fn received(daemon: &UdpSocket) -> Vec<Value> {
    let mut buffer = [0; 65_536];
    let mut segments = Vec::new();
    while let Ok(length) = daemon.recv(&mut buffer) {
        let text = str::from_utf8(&buffer[..length]).unwrap();
        let (_, document) = text.split_once('\n').unwrap();
        segments.push(serde_json::from_str(document).unwrap());
    }
    segments
}

#[tokio::test]
async fn a_request_that_the_function_samples_is_a_segment_of_its_own() {
    let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
    daemon.set_nonblocking(true).unwrap();
    let variables = HashMap::from([
        ("AWS_LAMBDA_FUNCTION_NAME", FUNCTION.to_owned()),
        (
            "AWS_XRAY_DAEMON_ADDRESS",
            daemon.local_addr().unwrap().to_string(),
        ),
        ("OTEL_TRACES_SAMPLER", "traceidratio".to_owned()),
        ("OTEL_TRACES_SAMPLER_ARG", "0.5".to_owned()),
    ]);
    let env = |name: &str| variables.get(name).cloned();
    let lines = Lines::default();
    let _telemetry = Config::lambda("orders", process::metrics(&lines), &env)
        .init()
        .unwrap();

    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = format!("{:08x}", now.unwrap().as_secs());
    // The share goes by a trace's last 63 bits: one of the lower half, one of the upper.
    let chosen = format!("1-{now}-bd862e3f0000000000000001");
    let passed_over = format!("1-{now}-bd862e3fffffffffffffffff");
    for rest in [
        "",
        ";Lineage=061379e8:0",
        ";Parent=53995c3f42cd8ad8;Sampled=0;Lineage=d4d48d4d:0",
    ] {
        invoke(format!("Root={chosen}{rest}")).await;
        let segments = received(&daemon);
        let [inner, server] = segments.as_slice() else {
            panic!("not two: {segments:#?}")
        };
        assert_eq!(server["trace_id"], chosen.as_str());
        assert_eq!((server.get("type"), server.get("parent_id")), (None, None));
        assert_eq!(server["name"], FUNCTION);
        assert_eq!(server["origin"], "AWS::Lambda::Function");
        assert_eq!(server["annotations"]["http_route"], "/orders/{id}");
        assert_eq!(server["http"]["response"]["status"], 200);
        assert_eq!(inner["parent_id"], server["id"]);
        assert_eq!(inner["type"], "subsegment");
        let event = &lines.json()[0];
        assert_eq!(event["trace_id"], chosen.as_str());
        lines.clear();
    }
    // What a client asks for by a header of its own is not followed.
    invoke(format!(
        "Root={passed_over};Parent=53995c3f42cd8ad8;Sampled=1"
    ))
    .await;
    assert_eq!(received(&daemon), Vec::<Value>::new());
    assert_eq!(lines.json()[0].get("trace_id"), None);
}
