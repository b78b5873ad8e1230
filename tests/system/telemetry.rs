//! What a real simulation leaves behind: event lines and the page for Prometheus.

use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use sentori::simulate::{self, Options};
use serde_json::Value;
use system_tests::program;
use system_tests::{LocalServer, Prometheus, tool};
use telemetry::{Definition, MetricKind};

/// What a simulation that goes well must have counted.
const EXPECTED: [&str; 7] = [
    "run_started",
    "run_completed",
    "runs_active",
    "sensor_data_ingested",
    "temperature",
    "request_duration",
    "dynamodb_request_duration",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_simulations_telemetry_is_what_the_catalogue_says() {
    let folder = tempfile::tempdir().unwrap();
    let events = folder.path().join("events");
    let served = LocalServer::start_with_events(&folder.path().join("tables"), &events).await;
    let acknowledged = simulated(&served).await;
    let page = served.api().get("/metrics").send().await;
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    served.signal(Signal::TERM);
    served.ended().await;

    assert!(
        page.contains(&format!("sensor_data_ingested_total {acknowledged}\n")),
        "{page}"
    );
    accepted_by_promtool(&page);
    let lines = std::fs::read_to_string(&events).unwrap();
    lines.lines().for_each(accepted_by_the_rules);

    let sentori = program::sentori().unwrap();
    let mut check = Command::new(sentori);
    let report = check
        .args(["emf-check", "--json"])
        .arg(&events)
        .output()
        .unwrap();
    let findings: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert!(report.status.success(), "{findings}");
    assert_eq!(findings["seen"]["sensor_data_ingested"], acknowledged);
    for metric in EXPECTED {
        assert!(findings["seen"][metric].as_u64() > Some(0), "{metric}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_printed_or_not_as_asked() {
    for (emf, printed) in [("-", true), ("off", false)] {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("output");
        let tables = folder.path().join("tables");
        let file = std::fs::File::create(&output).unwrap();
        let served = LocalServer::start_with_output(&tables, emf, file).await;
        served.api().get("/api/runs/can-start").expect(200).await;
        served.signal(Signal::TERM);
        served.ended().await;
        let text = std::fs::read_to_string(&output).unwrap();
        text.lines().for_each(accepted_by_the_rules);
        assert_eq!(text.contains("GET /api/runs/can-start"), printed, "{text}");
        assert_eq!(text.is_empty(), !printed, "{text}");
    }
}

#[test]
fn the_live_check_says_by_its_status_what_it_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events");
    std::fs::write(&file, "a log record\n{\"_aws\":7}\n").unwrap();
    let check = |arguments: &[&str], input: Stdio| {
        let mut command = Command::new(program::sentori().unwrap());
        command.arg("emf-check").args(arguments).stdin(input);
        command.output().unwrap()
    };
    let path = file.to_str().unwrap();

    let report = check(&["--json", path], Stdio::null());
    let findings: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report.status.code(), Some(1), "{findings}");
    assert_eq!(findings["findings"][0]["line"], 2);
    assert_eq!(findings["findings"][0]["rule"], "structure");

    let input = std::fs::File::open(&file).unwrap();
    let report = check(&[], input.into());
    let text = String::from_utf8(report.stdout).unwrap();
    assert_eq!(report.status.code(), Some(1), "{text}");
    assert!(text.starts_with("line 2: has a wrong `_aws`"), "{text}");

    let report = check(&[], Stdio::null());
    assert_eq!(report.status.code(), Some(1), "nothing was checked");

    let report = check(&["/nowhere"], Stdio::null());
    assert_eq!(report.status.code(), Some(2));
    let said = String::from_utf8(report.stderr).unwrap();
    assert!(said.contains("cannot read /nowhere"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prometheus_scrapes_what_the_catalogue_describes() {
    let folder = tempfile::tempdir().unwrap();
    let served = LocalServer::start(folder.path()).await;
    let Some(prometheus) = Prometheus::scraping(served.base()).await else {
        return;
    };
    let acknowledged = simulated(&served).await;
    prometheus.scraped().await;

    let count = prometheus.query("sensor_data_ingested_total").await;
    assert_eq!(count[0]["value"][1], acknowledged.to_string());
    let described = prometheus.get("/api/v1/metadata").await;
    let expected = |metric: &&&Definition| EXPECTED.contains(&metric.name);
    for metric in catalogue::ALL.iter().filter(expected) {
        let name = telemetry::prometheus::name(metric);
        let series = match metric.kind {
            MetricKind::Distribution => format!("{name}_count"),
            MetricKind::Counter | MetricKind::Gauge => name.clone(),
        };
        assert!(!prometheus.query(&series).await.is_empty(), "{series}");
        let help = &described["data"][&name][0]["help"];
        assert_eq!(help, metric.description, "{name}");
    }
}

/// What a short simulation has had acknowledged.
async fn simulated(served: &LocalServer) -> u64 {
    let options = Options {
        url: served.base().to_owned(),
        users: 2,
        sensors: 3,
        duration: Duration::from_secs(1),
        interval: Duration::from_millis(200),
        progress: false,
    };
    let summary = simulate::run(&options, std::future::pending()).await;
    summary.unwrap().acknowledged
}

/// The published rules of the format, on the JSON alone: neither the catalogue nor the
/// live check has a part in it.
fn accepted_by_the_rules(line: &str) {
    let event: Value = serde_json::from_str(line).unwrap();
    assert!(line.len() <= 256 * 1024);
    assert!(event["_aws"]["Timestamp"].is_i64(), "{line}");
    for directive in event["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
        assert_eq!(directive["Namespace"], "Sentori/local");
        let sets = directive["Dimensions"].as_array().unwrap();
        assert!(!sets.is_empty(), "{line}");
        for dimension in sets.iter().flat_map(|set| set.as_array().unwrap()) {
            let value = event[dimension.as_str().unwrap()].as_str().unwrap();
            assert!(
                value.is_ascii() && (1..=1024).contains(&value.len()),
                "{line}"
            );
        }
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!((1..=100).contains(&metrics.len()), "{line}");
        for metric in metrics {
            let target = &event[metric["Name"].as_str().unwrap()];
            let values = target
                .as_array()
                .map_or(std::slice::from_ref(target), Vec::as_slice);
            assert!((1..=100).contains(&values.len()), "{line}");
            assert!(values.iter().all(Value::is_number), "{line}");
        }
    }
}

/// `promtool check metrics`, where Prometheus is installed.
fn accepted_by_promtool(page: &str) {
    use std::io::Write as _;
    let promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Some(mut promtool) = tool::if_installed("promtool", promtool) else {
        return;
    };
    promtool
        .stdin
        .take()
        .unwrap()
        .write_all(page.as_bytes())
        .unwrap();
    let checked = promtool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}");
}
