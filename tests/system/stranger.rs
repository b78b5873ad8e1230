//! A service that is not Sentori, on the same crates: a shop in a workspace of its own
//! (tests/stranger), compiled and run as Lambda would. Whatever only works because it is
//! Sentori's fails here.

#![expect(clippy::expect_used, reason = "tests report by failing")]

use std::path::Path;
use std::process::Command;

use axum::body::Bytes;
use http::Request;
use serde_json::{Value, json};
use system_tests::lambda::{Format, Function, FunctionConfig, Invocation, Outcome};
use system_tests::program;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};

const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/stranger");

fn shop(name: &str) -> std::path::PathBuf {
    program::stranger(name).expect("the shop builds")
}

async fn invoke(name: &str, event: &Value) -> Invocation {
    let config = FunctionConfig::new(format!("shop-dev-{name}"), shop(name));
    let mut function = Function::new(config);
    let invocation = function.invoke(event.to_string()).await;
    invocation.expect("an invocation")
}

fn lines(invocation: &Invocation) -> Vec<Value> {
    let log = invocation.log.iter();
    log.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect()
}

/// The only event of an invocation, with the ids of that invocation.
fn event(invocation: &Invocation) -> Value {
    let mut events = lines(invocation)
        .into_iter()
        .filter(|line| line.get("_aws").is_some());
    let event = events.next().expect("an event");
    assert_eq!(events.next(), None, "one event an invocation");
    assert_eq!(event["request_id"], invocation.request_id);
    let trace = event["trace_id"].as_str().expect("a trace");
    assert!(invocation.trace_header.contains(trace), "{event}");
    let directives = event["_aws"]["CloudWatchMetrics"].as_array();
    for directive in directives.expect("directives") {
        assert_eq!(directive["Namespace"], "Shop/dev");
    }
    event
}

fn order(body: &Value) -> Value {
    let request = Request::post("/orders")
        .header("host", "shop.example.com")
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()));
    Format::Http.event(&request.expect("a request"))
}

#[tokio::test]
async fn its_api_has_its_own_routes_properties_and_annotations() {
    let placed = json!({ "id": "1017", "article": "lamp", "pieces": 2 });
    let invocation = invoke("orders", &order(&placed)).await;
    let event = event(&invocation);
    assert_eq!(event["Route"], "POST /orders");
    assert!(event["request_duration"].is_number(), "{event}");
    assert_eq!(event["request_error"], 0);
    assert_eq!(
        (&event["order_placed"], &event["status"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(
        (&event["cold_start"], &event["Service"]),
        (&json!(1), &json!("orders"))
    );
    assert_eq!(
        (&event["order_id"], &event["article"]),
        (&json!("1017"), &json!("lamp"))
    );
    let mut logged = lines(&invocation).into_iter();
    let record = logged.find(|line| line["message"] == "order taken");
    assert_eq!(record.expect("a record")["order_id"], "1017");
    let [segment] = &invocation.segments[..] else {
        panic!("one subsegment: {:#?}", invocation.segments)
    };
    assert_eq!(segment["name"], "POST /orders");
    assert_eq!(segment["annotations"]["order_id"], "1017", "{segment}");
}

#[tokio::test]
async fn its_refusals_and_unknown_paths_are_told_apart() {
    let none = json!({ "id": "1", "article": "boat", "pieces": 1 });
    let refused = event(&invoke("orders", &order(&none)).await);
    assert_eq!(
        (&refused["status"], &refused["error"]),
        (&json!(400), &json!("invalid"))
    );
    assert_eq!(refused.get("order_placed"), None);
    let elsewhere = Request::get("/api/runs/can-start").header("host", "shop.example.com");
    let elsewhere = elsewhere.body(Bytes::new()).expect("a request");
    let invocation = invoke("orders", &Format::Http.event(&elsewhere)).await;
    let unmatched = event(&invocation);
    assert_eq!(
        (&unmatched["Route"], &unmatched["status"]),
        (&json!("unmatched"), &json!(404))
    );
}

#[tokio::test]
async fn its_queue_function_needs_no_http() {
    let body = |order: Value| order.to_string();
    let records = json!({ "Records": [
        { "messageId": "a", "body": body(json!({ "id": "1", "article": "lamp", "pieces": 30 })) },
        { "messageId": "b", "body": body(json!({ "id": "2", "article": "boat", "pieces": 1 })) },
    ]});
    let invocation = invoke("picker", &records).await;
    let Outcome::Response(answer) = &invocation.outcome else {
        panic!("{invocation:#?}")
    };
    let answer: Value = serde_json::from_slice(answer).expect("JSON");
    assert_eq!(
        answer,
        json!({ "batchItemFailures": [{ "itemIdentifier": "b" }] })
    );
    let event = event(&invocation);
    assert_eq!(
        (&event["pieces_picked"], &event["pick_failed"]),
        (&json!(30), &json!(1))
    );
    assert_eq!(event.get("request_duration"), None, "nobody asked by HTTP");
}

#[tokio::test]
async fn prometheus_scrapes_it_where_it_is_no_lambda_function() {
    let mut child = tokio::process::Command::new(shop("shop-local"))
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("starts");
    let said = BufReader::new(child.stderr.take().expect("piped"));
    let mut said = said.lines();
    let address = loop {
        let line = said
            .next_line()
            .await
            .expect("readable")
            .expect("an address");
        if line.starts_with("http://") {
            break line;
        }
    };
    let api = system_tests::Api::at(&address);
    let placed = json!({ "id": "1", "article": "table", "pieces": 1 });
    api.post("/orders").json(&placed).expect(201).await;
    let page = api.get("/metrics").send().await.body;
    let page = String::from_utf8_lossy(&page);
    assert!(page.contains("\norder_placed_total 1\n"), "{page}");
    assert!(
        page.contains("request_duration_seconds_count{route=\"POST /orders\"} 1"),
        "{page}"
    );
}

/// What the shop's own command says in a folder.
fn command(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(shop("shop-dashboards"));
    let command = command.args(arguments).current_dir(folder);
    command.output().expect("runs")
}

fn dashboards(folder: &Path, arguments: &[&str]) -> String {
    let output = command(folder, arguments);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {text}{errors}");
    text
}

#[test]
fn its_dashboards_and_alarms_are_rendered_linted_tested_and_priced() {
    let shop = Path::new(SHOP);
    assert!(dashboards(shop, &["render", "--check"]).contains("all as rendered"));
    assert!(dashboards(shop, &["lint"]).contains("0 findings"));
    assert!(dashboards(shop, &["test"]).contains("16 passed, 0 failed"));
    assert!(dashboards(shop, &["cost", "--units", "1000000"]).contains("1000000 requests a month"));
    let preview = TempDir::new().expect("a folder");
    let folder = preview.path().to_str().expect("text");
    assert!(dashboards(shop, &["preview", "--out", folder]).contains("2 dashboards"));
}

#[tokio::test]
async fn its_command_checks_its_events_by_its_catalogue() {
    let folder = TempDir::new().expect("a folder");
    let placed = json!({ "id": "1017", "article": "lamp", "pieces": 2 });
    let log = invoke("orders", &order(&placed)).await.log.join("\n");
    std::fs::write(folder.path().join("log"), &log).expect("written");
    let report = dashboards(folder.path(), &["emf-check", "--json", "log"]);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(
        (&report["events"], &report["seen"]["order_placed"]),
        (&json!(1), &json!(1))
    );
    let foreign = log.replace("order_placed", "run_started");
    std::fs::write(folder.path().join("log"), foreign).expect("written");
    let output = command(folder.path(), &["emf-check", "log"]);
    let report = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(
        report.contains("\"run_started\" is not in the catalogue"),
        "{report}"
    );
}

#[test]
fn what_it_adds_to_its_business_is_short() {
    let source = |file: &str| std::fs::read_to_string(Path::new(SHOP).join("src").join(file));
    let telling =
        ["catalogue.rs", "function.rs", "library.rs"].map(|file| source(file).expect(file));
    let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let lines: usize = telling
        .iter()
        .map(|text| text.lines().filter(code).count())
        .sum();
    assert!(
        lines <= 150,
        "{lines} lines of Rust for telemetry, dashboards and alarms"
    );
}

/// The lines under "Use it in your own function" are the shop's, so they compile and are tested.
#[test]
fn the_readme_shows_the_shop_s_own_lines() {
    let readme = include_str!("../../README.md");
    let mut blocks = readme.split("```rust\n").skip(1).peekable();
    assert!(blocks.peek().is_some(), "README.md shows no code");
    for block in blocks {
        let (block, _) = block.split_once("```").expect("an end");
        let (file, code) = block.split_once('\n').expect("a first line");
        let file = file.strip_prefix("// ").expect("the name of a file");
        let source = std::fs::read_to_string(Path::new(SHOP).join(file)).expect(file);
        let mut rest = source.as_str();
        for part in code.split("// ...\n") {
            let found = rest.split_once(part);
            let (_, after) = found.unwrap_or_else(|| {
                panic!("README.md shows lines that tests/stranger/{file} lacks:\n{part}")
            });
            rest = after;
        }
    }
}
