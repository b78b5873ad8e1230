//! Signals of any program, in by OTLP and out by the console's JSON; over a restart, and in a
//! recording that another server opens.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::Signal;
use serde_json::{Value, json};
use system_tests::{Api, LocalServer, program, tool};
use tokio::process::Command;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

pub(crate) fn nanos() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos()
}

/// What a second service exports: an entry, a call below it, a record and a number.
fn exports() -> [(&'static str, Value); 3] {
    let (start, end) = ((nanos() - 5_000_000).to_string(), nanos().to_string());
    let resource =
        json!({ "attributes": [{ "key": "service.name", "value": { "stringValue": "shop" } }] });
    let span = |id: &str, parent: &str, name: &str, kind: u8| {
        json!({ "traceId": TRACE, "spanId": id, "parentSpanId": parent, "name": name, "kind": kind,
            "startTimeUnixNano": start, "endTimeUnixNano": end, "attributes": [{ "key": "http.response.status_code", "value": { "intValue": "503" } }] })
    };
    let spans = [
        span("00f067aa0ba902b7", "", "GET /cart", 2),
        span("00f067aa0ba902b8", "00f067aa0ba902b7", "GetItem", 3),
    ];
    let record = json!({ "timeUnixNano": end, "severityNumber": 17, "body": { "stringValue": "the cart is on fire" }, "traceId": TRACE });
    let point = json!({ "timeUnixNano": end, "asDouble": 3.5 });
    [
        (
            "/v1/traces",
            json!({ "resourceSpans": [{ "resource": resource, "scopeSpans": [{ "spans": spans }] }] }),
        ),
        (
            "/v1/logs",
            json!({ "resourceLogs": [{ "resource": resource, "scopeLogs": [{ "logRecords": [record] }] }] }),
        ),
        (
            "/v1/metrics",
            json!({ "resourceMetrics": [{ "resource": resource, "scopeMetrics": [{ "metrics": [{ "name": "carts", "gauge": { "dataPoints": [point] } }] }] }] }),
        ),
    ]
}

pub(crate) async fn export(api: &Api) {
    for (path, body) in exports() {
        assert_eq!(
            api.post(path).json(&body).expect(200).await,
            json!({}),
            "{path}"
        );
    }
}

/// A request that the second service sends: it belongs to the trace of the export.
pub(crate) async fn call_below(api: &Api) {
    let below = format!("00-{TRACE}-00f067aa0ba902b8-01");
    api.get("/api/runs/can-start")
        .header("traceparent", &below)
        .expect(200)
        .await;
}

pub(crate) async fn page(api: &Api, path: &str) -> Value {
    api.get(path)
        .header("accept", "application/json")
        .expect(200)
        .await
}

#[tokio::test]
async fn a_second_service_is_in_the_same_console() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    let api = server.api();
    export(api).await;
    let found = page(api, "/requests?service=shop").await;
    let request = &found["requests"][0];
    assert_eq!(request["route"], "GET /cart", "{found}");
    assert_eq!(request["status"], 503);
    let whole = page(
        api,
        &format!("/requests/{}", request["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(whole["spans"][1]["name"], "GetItem", "{whole}");
    assert_eq!(whole["records"][0]["message"], "the cart is on fire");
    assert_eq!(
        page(api, "/system.json").await["metrics"][0]["name"],
        "carts"
    );
    assert_eq!(
        page(api, "/logs?q=FIRE&level=ERROR").await["records"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    // A caller's own trace: both programs stand in one waterfall.
    call_below(api).await;
    let whole = page(
        api,
        &format!("/requests/{}", request["id"].as_str().unwrap()),
    )
    .await;
    let services: Vec<&str> = whole["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| span["service"].as_str().unwrap())
        .collect();
    assert!(
        services.contains(&"shop") && services.contains(&"sentori"),
        "{services:?}"
    );
}

#[tokio::test]
async fn what_is_no_export_is_refused_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    let api = server.api();
    for (kind, body, status, says) in [
        ("text/plain", "{}", 415, "application/x-protobuf"),
        (
            "application/json",
            "{\"resourceSpans\":",
            400,
            "not an export",
        ),
        ("application/json", "[1]", 400, "not an export"),
        ("application/x-protobuf", "no protobuf", 400, ""),
    ] {
        let reply = api
            .post("/v1/traces")
            .header("content-type", kind)
            .raw(body)
            .send()
            .await;
        assert_eq!(reply.status.as_u16(), status, "{kind} {body}");
        assert!(
            String::from_utf8_lossy(&reply.body).contains(says),
            "{kind} {body}: {:?}",
            reply.body
        );
    }
    let packed = api
        .post("/v1/traces")
        .header("content-encoding", "br")
        .json(&json!({}))
        .send()
        .await;
    assert_eq!(packed.status.as_u16(), 415);
    let mut wrong = exports()[0].1.clone();
    wrong["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["spanId"] = json!("00");
    let partly = api.post("/v1/traces").json(&wrong).expect(200).await;
    assert_eq!(partly["partialSuccess"]["rejectedSpans"], "1", "{partly}");
    // The server need not read it all: the connection may be gone afterwards.
    let large = api
        .post("/v1/traces")
        .text(vec![b' '; 17 * 1024 * 1024])
        .try_send()
        .await;
    assert!(large.is_err() || large.unwrap().status.as_u16() == 413);
}

#[tokio::test]
async fn only_the_frontend_s_origin_may_send_from_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    for (origin, allowed) in [
        ("http://localhost:4200", true),
        ("https://elsewhere.example", false),
    ] {
        let asked = server.api().call(http::Method::OPTIONS, "/v1/traces");
        let asked = asked
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        let reply = asked
            .header("access-control-request-headers", "content-type")
            .send()
            .await;
        let said = reply.header("access-control-allow-origin");
        assert_eq!(said == Some(origin), allowed, "{origin}: {said:?}");
    }
}

/// Spans of OpenTelemetry's SDK for Python, protobuf over HTTP, within a second.
#[tokio::test]
async fn a_program_with_an_opentelemetry_sdk_is_seen_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(root.join("target/dashboard-venv/bin/python"));
    command.arg(root.join("tests/otlp/program.py"));
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", server.base())
        .env("OTEL_SERVICE_NAME", "python");
    let run = command.stdout(Stdio::piped()).spawn();
    let Some(child) = tool::if_installed("python with opentelemetry", run) else {
        return;
    };
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success());
    let ended = Instant::now();
    let trace = String::from_utf8(output.stdout).unwrap();
    let found = page(server.api(), &format!("/requests?trace={}", trace.trim())).await;
    assert!(ended.elapsed() < Duration::from_secs(1));
    let request = &found["requests"][0];
    assert_eq!(
        (&request["service"], &request["status"]),
        (&json!("python"), &json!(500)),
        "{found}"
    );
    let whole = page(
        server.api(),
        &format!("/requests/{}", request["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(
        whole["spans"][1]["attributes"]["db.collection.name"], "carts",
        "{whole}"
    );
    assert_eq!(whole["records"][0]["message"], "the cart is on fire");
    let metrics = page(server.api(), "/system.json").await["metrics"].clone();
    assert_eq!(metrics[0]["attributes"]["colour"], "red", "{metrics}");
}

#[tokio::test]
async fn a_request_is_known_as_it_was_sent_and_faults_are_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    let api = server.api();
    let started = |fault: Option<&'static str>| {
        let call = api.post("/api/runs/start?a=1").user("ada");
        let call = match fault {
            Some(fault) => call.header("x-fault", fault),
            None => call,
        };
        call.json(&json!({ "duration": 61 }))
    };
    started(None).expect(201).await;
    let slow = started(Some("slow")).expect(201).await;
    let refused = started(Some("gremlins"))
        .expect_error(400, "unknown_fault")
        .await;
    assert!(
        refused["message"].as_str().unwrap().contains("throttle"),
        "{refused}"
    );
    started(Some("error"))
        .expect_error(503, "unavailable")
        .await;

    let server = restarted(server, folder.path()).await;
    let api = server.api();
    let path = format!("/requests?run={}", slow["id"].as_str().unwrap());
    let request = page(api, &path).await["requests"][0].clone();
    assert!(request["durationMs"].as_f64() > Some(500.0), "{request}");
    let path = format!("/requests/{}", request["id"].as_str().unwrap());
    let own = page(api, &path).await["spans"][0]["attributes"].clone();
    assert_eq!(own["url.path"], "/api/runs/start", "{own}");
    assert_eq!(own["url.query"], "a=1");
    assert_eq!(own["http.request.header.x-user"], json!(["ada"]));
    assert_eq!(own["http.request.header.x-fault"], json!(["slow"]));
    assert_eq!(own["http.request.body"], r#"{"duration":61}"#);
}

/// What a laptop knows of its functions and tables is drawn where AWS's metrics would be.
#[tokio::test]
async fn panels_of_aws_s_metrics_show_this_system_s_own() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    traffic(server.api()).await;
    for (dashboard, wanted) in [
        ("sentori-api", "Invocations"),
        ("sentori-dynamodb", "capacity"),
    ] {
        loop {
            let shown = page(server.api(), &format!("/d/{dashboard}.json?from=now-15m")).await;
            let panels = shown["panels"].as_array().unwrap();
            let mut named = panels
                .iter()
                .filter(|panel| panel["title"].as_str().unwrap().contains(wanted));
            if named.all(|panel| panel["data"]["unavailable"].is_null()) {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Pages that show everything which must survive.
pub(crate) const PAGES: [&str; 4] = [
    "/requests.json",
    "/logs.json",
    "/alarms.json",
    "/system.json",
];

pub(crate) async fn everything(api: &Api) -> Vec<Value> {
    let mut all = Vec::new();
    for path in PAGES {
        all.push(page(api, path).await);
    }
    for request in all[0]["requests"].as_array().unwrap().clone() {
        all.push(
            page(
                api,
                &format!("/requests/{}", request["id"].as_str().unwrap()),
            )
            .await,
        );
    }
    // What is now is not what was.
    let stable = |mut value: Value| {
        value["seconds"] = Value::Null;
        for edge in value["edges"].as_array_mut().into_iter().flatten() {
            edge["perSecond"] = Value::Null;
        }
        value
    };
    all.into_iter().map(stable).collect()
}

/// Some traffic, good and bad.
pub(crate) async fn traffic(api: &Api) {
    let run = api.started("ada").await;
    api.record("ada", &run, "sensor-1", 21.5).expect(201).await;
    api.get("/api/runs/no-id").expect(400).await;
    export(api).await;
}

pub(crate) async fn restarted(server: LocalServer, folder: &Path) -> LocalServer {
    server.signal(Signal::TERM);
    assert!(server.ended().await.success());
    LocalServer::start(folder).await
}

#[tokio::test]
async fn requests_logs_and_other_programs_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    traffic(server.api()).await;
    let before = everything(server.api()).await;
    assert!(
        before[0]["requests"].as_array().unwrap().len() >= 4,
        "{}",
        before[0]
    );
    let server = restarted(server, folder.path()).await;
    let after = everything(server.api()).await;
    for (was, is) in before[0]["requests"]
        .as_array()
        .unwrap()
        .iter()
        .zip(after[0]["requests"].as_array().unwrap())
    {
        assert_eq!(was, is);
    }
    assert_eq!(before[3]["metrics"], after[3]["metrics"]);
    let record = |all: &[Value]| {
        all[1]["records"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["message"] == "the cart is on fire")
    };
    assert!(record(&before) && record(&after));
    let trace =
        |all: &[Value]| all.iter().find(|one| one["service"] == "shop").unwrap()["spans"].clone();
    assert_eq!(trace(&before), trace(&after));
}

async fn cli(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program::sentori().unwrap())
        .args(arguments)
        .output()
        .await
        .unwrap();
    let said =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.success(), said)
}

#[tokio::test]
async fn a_terminal_gets_what_the_pages_show() {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path()).await;
    let api = server.api();
    traffic(api).await;
    let url = ["--url", server.base()];
    let (done, said) = cli(&[&["requests", "--errors"], url.as_slice()].concat()).await;
    assert!(
        done && said.contains("GET /cart") && said.contains("400"),
        "{said}"
    );
    let (done, said) =
        cli(&[&["requests", "--json", "--user", "ada"], url.as_slice()].concat()).await;
    let json: Value = serde_json::from_str(&said).unwrap();
    assert!(
        done && json["requests"].as_array().unwrap().len() >= 2,
        "{said}"
    );
    let id = json["requests"][0]["id"].as_str().unwrap();
    let (done, said) = cli(&[&["trace", id], url.as_slice()].concat()).await;
    assert!(done && said.contains("PutItem"), "{said}");
    let (done, said) = cli(&[&["why", id], url.as_slice()].concat()).await;
    assert!(
        done && said.starts_with("POST /api/sensors/data was answered with 201"),
        "{said}"
    );
    assert!(
        said.contains("1 capacity unit") || said.contains("capacity units"),
        "{said}"
    );
    let (done, said) = cli(&[&["logs", "fire"], url.as_slice()].concat()).await;
    assert!(done && said.contains("ERROR the cart is on fire"), "{said}");
    let (done, said) = cli(&[&["alarms"], url.as_slice()].concat()).await;
    assert!(done && said.contains("run-failures"), "{said}");
    let (done, said) = cli(&[&["why", "nothing"], url.as_slice()].concat()).await;
    assert!(
        !done && said.contains("No request with the id nothing"),
        "{said}"
    );
    let (done, said) = cli(&["alarms", "--url", "http://127.0.0.1:1"]).await;
    assert!(!done && said.contains("start a server"), "{said}");
}
