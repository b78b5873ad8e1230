//! The live check finds each kind of mistake, and nothing in what this crate writes.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use serde_json::{Value, json};
use telemetry::emf::check::{Check, Report, Rule};

const NOW: i64 = 1_800_000_000_000;

fn good() -> Value {
    json!({
        "_aws": {"Timestamp": NOW, "CloudWatchMetrics": [{
            "Namespace": "Shop/test",
            "Dimensions": [[], ["Route"]],
            "Metrics": [
                {"Name": "request_error", "Unit": "Count"},
                {"Name": "request_duration", "Unit": "Milliseconds", "StorageResolution": 60},
            ],
        }]},
        "Route": "GET /orders",
        "request_error": 1,
        "request_duration": [1.5, 2.5],
        "order_id": "r",
    })
}

fn check(text: &str) -> Report {
    let check = Check::new(shop::SHOP, NOW);
    check.read(text.as_bytes()).unwrap()
}

/// The rules that the good event breaks after a change.
fn broken(pointer: &str, value: Value) -> Vec<Rule> {
    let mut event = good();
    match event.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            event[pointer.trim_start_matches('/')] = value;
        }
    }
    let report = check(&event.to_string());
    assert_eq!(report.is_clean(), report.findings.is_empty());
    report.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_good_event_has_no_findings() {
    let report = check(&format!(
        "{}\nSTART RequestId: 1\n{{\"level\":\"INFO\"}}\n\n",
        good()
    ));
    assert_eq!(report.findings, []);
    assert_eq!((report.lines, report.events, report.others), (4, 1, 2));
    assert_eq!(report.seen["request_duration"], 2);
    assert!(report.never_seen.contains(&"order_placed"));
    assert!(!report.never_seen.contains(&"request_error"));
}

#[test]
fn each_mistake_is_found() {
    const DIRECTIVE: &str = "/_aws/CloudWatchMetrics/0";
    let at = |path: &str| format!("{DIRECTIVE}{path}");
    let cases = [
        (
            "/_aws/Timestamp".to_owned(),
            json!(NOW - 15 * 86_400_000),
            Rule::Timestamp,
        ),
        (
            "/_aws/Timestamp".to_owned(),
            json!(NOW + 3 * 3_600_000),
            Rule::Timestamp,
        ),
        ("/_aws/Timestamp".to_owned(), json!("now"), Rule::Structure),
        (at("/Namespace"), json!("Sentori"), Rule::Namespace),
        (at("/Namespace"), json!("Shop/a b"), Rule::Namespace),
        (at("/Namespace"), json!("Shop/dev/x"), Rule::Namespace),
        (at("/Dimensions"), json!([["Route"]]), Rule::DimensionSets),
        (
            at("/Dimensions"),
            json!([[], ["Route"], ["Route"]]),
            Rule::DimensionSets,
        ),
        (at("/Metrics/0/Unit"), json!("Milliseconds"), Rule::Unit),
        (
            at("/Metrics/1/StorageResolution"),
            json!(1),
            Rule::Resolution,
        ),
        (
            "/Route".to_owned(),
            json!("GET /api/nothing"),
            Rule::DimensionValue,
        ),
        ("/Route".to_owned(), json!(5), Rule::DimensionTarget),
        ("/request_error".to_owned(), json!("1"), Rule::MetricTarget),
        (
            "/request_error".to_owned(),
            json!(vec![1; 101]),
            Rule::MetricTarget,
        ),
        ("/request_error".to_owned(), json!(-1), Rule::Kind),
        ("/request_error".to_owned(), json!(0.5), Rule::Kind),
        (
            "/request_duration".to_owned(),
            json!(1e200),
            Rule::MetricTarget,
        ),
        ("/sensorId".to_owned(), json!("s"), Rule::UnknownProperty),
    ];
    for (pointer, value, rule) in cases {
        let rules = broken(&pointer, value.clone());
        assert!(
            !rules.is_empty() && rules.iter().all(|found| *found == rule),
            "{pointer} {value}: {rules:?}"
        );
    }
    let unknown = broken(&at("/Metrics/0/Name"), json!("requests"));
    assert!(unknown.contains(&Rule::UnknownMetric));
    let twice = json!([{"Name": "request_error", "Unit": "Count"}, {"Name": "request_error", "Unit": "Count"}]);
    assert!(broken(&at("/Metrics"), twice).contains(&Rule::DuplicateMetric));
    let unit = broken(&at("/Metrics/0/Unit"), json!("Furlongs"));
    assert_eq!(unit, [Rule::Unit, Rule::Unit]);
}

#[test]
fn a_member_that_is_there_twice_is_found() {
    let twice = good().to_string().replacen(
        "\"request_error\":1",
        "\"request_error\":1,\"request_error\":2",
        1,
    );
    let rules: Vec<_> = check(&twice)
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(rules, [Rule::DuplicateMember]);
}

#[test]
fn broken_lines_are_found_and_reading_goes_on() {
    let mut text = b"{\"_aws\": oops\n\xff\xfe\n".to_vec();
    text.extend(vec![b'x'; 2 * 1024 * 1024]);
    text.push(b'\n');
    text.extend(good().to_string().into_bytes());
    let check = Check::new(shop::SHOP, NOW);
    let report = check.read(text.as_slice()).unwrap();
    let found: Vec<_> = report.findings.iter().map(|f| (f.line, f.rule)).collect();
    assert_eq!(
        found,
        [(1, Rule::Json), (2, Rule::Json), (3, Rule::LineLength)]
    );
    assert_eq!(report.events, 1);
}

#[test]
fn the_report_is_text_and_json() {
    let line = good()
        .to_string()
        .replace("\"Unit\":\"Count\"", "\"Unit\":\"Bytes\"");
    let report = check(&line);
    let text = report.to_string();
    assert!(
        text.contains("line 1: \"request_error\" has the unit \"Bytes\" instead of \"Count\""),
        "{text}"
    );
    assert!(text.contains("never seen: order_placed"), "{text}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["findings"][0]["rule"], "unit");
    assert_eq!(json["findings"][0]["metric"], "request_error");
}

#[test]
fn an_event_is_found_however_the_log_carries_it() {
    let event = good().to_string();
    let pretty = serde_json::to_string_pretty(&json!({
        "events": [{"timestamp": NOW, "message": format!("{event}\n"), "eventId": "1"}],
    }))
    .unwrap();
    for (carrier, line) in [
        ("bare, with a byte order mark", format!("\u{feff}{event}")),
        (
            "aws logs tail",
            format!("2026-11-25T20:00:00+00:00 2026/11/25/[$LATEST]ab {event}"),
        ),
        (
            "an export to S3",
            format!("2026-11-25T20:00:00.000Z {event}"),
        ),
        (
            "filter-log-events",
            json!({"eventId": "1", "message": event}).to_string(),
        ),
        ("filter-log-events, printed over lines", pretty),
        (
            "a subscription",
            json!({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": event}]})
                .to_string(),
        ),
        (
            "the Telemetry API, text format",
            json!({"type": "function", "record": format!("{event}\n")}).to_string(),
        ),
        (
            "the Telemetry API, JSON format",
            json!([{"time": "t", "type": "function", "record": good()}]).to_string()[1..]
                .trim_end_matches(']')
                .to_owned(),
        ),
    ] {
        let report = check(&line);
        assert_eq!(report.findings, [], "{carrier}");
        assert_eq!(
            (report.events, report.seen["request_duration"]),
            (1, 2),
            "{carrier}"
        );
    }
}

#[test]
fn a_wrapped_event_is_judged_like_a_bare_one() {
    let broken = good().to_string().replace("\"Route\":", "\"route\":");
    let wrapped = json!({"message": broken}).to_string();
    let rules = |report: Report| {
        let found = report.findings.into_iter();
        found.map(|finding| finding.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(check(&wrapped)), rules(check(&broken)));
    let twice = good().to_string().replace(
        "\"request_error\":1",
        "\"request_error\":1,\"request_error\":2",
    );
    let wrapped = json!({"message": twice}).to_string();
    assert!(rules(check(&wrapped)).contains(&Rule::DuplicateMember));
}

#[test]
fn a_log_without_events_is_a_finding() {
    for log in [
        "",
        "START RequestId: 1\n",
        "{\"level\":\"INFO\",\"message\":\"{no}\"}\n",
    ] {
        let report = check(log);
        let [finding] = report.findings.as_slice() else {
            panic!("{report}");
        };
        assert_eq!(finding.rule, Rule::NoEvent, "{log}");
    }
}

#[test]
fn the_namespace_is_the_application_s_and_counts_are_counts() {
    let other = good().to_string().replace("Shop/test", "Sentori/test");
    let of_shop = |text: &str| {
        let check = Check::new(shop::SHOP, NOW).of_application("Shop");
        check.read(text.as_bytes()).unwrap()
    };
    assert!(of_shop(&good().to_string()).is_clean());
    assert_eq!(of_shop(&other).findings[0].rule, Rule::Namespace);
    let counted = |counts: Value| {
        let values = json!({"Values": [1.5, 2.5], "Counts": counts});
        broken("/request_duration", values)
    };
    assert_eq!(counted(json!([1, 3])), []);
    assert_eq!(counted(json!([1, -3])), [Rule::MetricTarget]);
    assert_eq!(counted(json!([1, 0.5])), [Rule::MetricTarget]);
}
