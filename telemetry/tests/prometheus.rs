//! The page that Prometheus scrapes.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    io::Write,
    process::{Command, Stdio},
};

use shop::{
    DELIVERY_DURATION, DYNAMODB_REQUEST_DURATION, DYNAMODB_THROTTLE, ORDERS_OPEN, Operation,
    PRESSURE, REQUEST_DURATION, REQUEST_ERROR, Route, TEMPERATURE,
};
use telemetry::{
    MetricKind, Metrics,
    prometheus::{buckets, name},
};

fn page() -> String {
    let namespace = shop::namespace("test");
    let builder = Metrics::builder(namespace).prometheus(shop::SHOP);
    let metrics = builder.build().unwrap();
    metrics.in_scope(|| {
        REQUEST_ERROR.add(2, Route::PlaceOrder);
        REQUEST_ERROR.increment(Route::GetOrder);
        REQUEST_DURATION.record(30.0, Route::PlaceOrder);
        ORDERS_OPEN.set(3.0, ());
        DELIVERY_DURATION.record(61.0, ());
        TEMPERATURE.record(21.0, ());
        TEMPERATURE.record(f64::NAN, ());
        PRESSURE.record(1013.0, ());
        DYNAMODB_REQUEST_DURATION.record(2.0, ());
        DYNAMODB_THROTTLE.increment(Operation::Query);
    });
    metrics.prometheus().unwrap()
}

#[test]
fn names_units_and_labels_are_prometheus_own() {
    let page = page();
    for line in [
        "# HELP request_error_total Requests that failed with a 5xx status; recorded as 0 in each minute in which none has, so that ratios have no gaps.",
        "# TYPE request_error_total counter",
        r#"request_error_total{route="POST /orders"} 2"#,
        r#"request_error_total{route="GET /orders/{id}"} 1"#,
        r#"order_ended_total{ending="cancelled"} 0"#,
        "# TYPE request_duration_seconds histogram",
        r#"request_duration_seconds_bucket{route="POST /orders",le="0.025"} 0"#,
        r#"request_duration_seconds_bucket{route="POST /orders",le="0.05"} 1"#,
        r#"request_duration_seconds_sum{route="POST /orders"} 0.03"#,
        "orders_open 3",
        "delivery_duration_seconds_sum 61",
        "temperature_celsius_count 1",
        "pressure_hectopascals_sum 1013",
        "dynamodb_request_duration_seconds_count 1",
        r#"dynamodb_throttle_total{operation="Query"} 1"#,
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n\n{page}");
    }
}

#[test]
fn what_nobody_scrapes_takes_bounded_memory() {
    let namespace = shop::namespace("test");
    let builder = Metrics::builder(namespace).prometheus(shop::SHOP);
    let metrics = builder.build().unwrap();
    let record = |_| metrics.in_scope(|| DELIVERY_DURATION.record(61.0, ()));
    let bytes = |observations| {
        allocation_counter::measure(|| (0..observations).for_each(record)).bytes_current
    };
    let (first, later) = (bytes(20_000), bytes(60_000));
    assert!(later <= first, "{first}, then {later}");
}

#[test]
fn every_name_is_unique_and_every_distribution_has_rising_buckets() {
    let mut names: Vec<String> = shop::ALL.iter().map(|metric| name(metric)).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), shop::ALL.len());
    for metric in shop::ALL {
        assert!(buckets(metric.unit).is_sorted_by(|a, b| a < b));
        assert_eq!(
            name(metric).ends_with("_total"),
            metric.kind == MetricKind::Counter
        );
    }
}

/// Prometheus' own linter, where it is installed (Debian package `prometheus`).
#[test]
fn promtool_has_no_complaints() {
    let tool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut tool) = tool else {
        assert!(
            std::env::var_os("CI").is_none(),
            "promtool is missing; see .ci/install"
        );
        // Around the capture of output, which nobody sees when a test passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED: promtool is not installed");
        return;
    };
    tool.stdin
        .take()
        .unwrap()
        .write_all(page().as_bytes())
        .unwrap();
    let output = tool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success() && said.is_empty(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}
