//! The live check finds each kind of mistake, and nothing in what this crate writes.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use serde_json::{Value, json};
use telemetry::emf::{
    self,
    check::{Check, Report, Rule},
};

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

/// The rules that an event breaks.
fn rules_of(event: &Value) -> Vec<Rule> {
    let report = check(&event.to_string());
    report.findings.iter().map(|finding| finding.rule).collect()
}

/// The good event whose directive also lists these metrics, each with this value.
fn with_metrics(names: impl Iterator<Item = String>, value: &Value) -> Value {
    let mut event = good();
    for name in names {
        event[&name] = value.clone();
        let metrics = &mut event["_aws"]["CloudWatchMetrics"][0]["Metrics"];
        metrics.as_array_mut().unwrap().push(json!({"Name": name}));
    }
    event
}

/// The good event whose directive has a set of these dimensions, each with this value.
fn with_dimensions(count: usize, value: &str) -> Value {
    let names: Vec<String> = (0..count).map(|n| format!("d{n}")).collect();
    let mut event = good();
    for name in &names {
        event[name] = value.into();
    }
    event["_aws"]["CloudWatchMetrics"][0]["Dimensions"] = json!([names]);
    event
}

#[test]
fn each_limit_is_kept_to_the_last() {
    const DAY: i64 = 86_400_000;
    let at = |pointer: &str, value: Value| {
        let mut event = good();
        *event.pointer_mut(pointer).unwrap() = value;
        event
    };
    let timestamp = |millis: i64| at("/_aws/Timestamp", json!(NOW + millis));
    let name = |length: usize| with_metrics(["n".repeat(length)].into_iter(), &json!(1));
    let metrics = |count: usize| with_metrics((2..count).map(|n| format!("m{n}")), &json!(1));
    let value = |value: Value| with_metrics(["m".to_owned()].into_iter(), &value);
    let long = |bytes: usize| {
        let mut event = good();
        event["order_id"] = "".into();
        event["order_id"] = "x".repeat(bytes - event.to_string().len()).into();
        event
    };
    let resolution = |seconds: u32| {
        let mut event = good();
        event["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["StorageResolution"] = seconds.into();
        event
    };
    let cases = [
        (
            timestamp(-14 * DAY),
            timestamp(-14 * DAY - 1),
            Rule::Timestamp,
        ),
        (
            timestamp(DAY / 12),
            timestamp(DAY / 12 + 1),
            Rule::Timestamp,
        ),
        (metrics(100), metrics(101), Rule::TooMany),
        (
            with_dimensions(30, "v"),
            with_dimensions(31, "v"),
            Rule::TooMany,
        ),
        (name(255), name(256), Rule::Name),
        (name(1), name(0), Rule::Name),
        (
            with_dimensions(1, &"v".repeat(1_024)),
            with_dimensions(1, &"v".repeat(1_025)),
            Rule::DimensionTarget,
        ),
        (
            with_dimensions(1, "a ~"),
            with_dimensions(1, " "),
            Rule::DimensionTarget,
        ),
        (
            with_dimensions(1, "a"),
            with_dimensions(1, "a\u{1f}"),
            Rule::DimensionTarget,
        ),
        (
            with_dimensions(1, "a"),
            with_dimensions(1, "a\u{7f}"),
            Rule::DimensionTarget,
        ),
        (value(json!([1])), value(json!([])), Rule::MetricTarget),
        (
            value(json!(vec![1; 100])),
            value(json!(vec![1; 101])),
            Rule::MetricTarget,
        ),
        (
            value(json!(emf::MAX_MAGNITUDE / 2.0)),
            value(json!(emf::MAX_MAGNITUDE * -2.0)),
            Rule::MetricTarget,
        ),
        (
            value(json!({"Values": [1.5], "Counts": [1]})),
            value(json!({"Values": [1.5], "Counts": [0]})),
            Rule::MetricTarget,
        ),
        (
            value(json!({"Values": [1.5], "Counts": [1]})),
            value(json!({"Values": [1.5], "Counts": [1, 1]})),
            Rule::MetricTarget,
        ),
        (
            at("/request_error", json!(0)),
            at("/request_error", json!(-1)),
            Rule::Kind,
        ),
        (
            at("/_aws/CloudWatchMetrics/0/Dimensions", json!([[]])),
            at("/_aws/CloudWatchMetrics/0/Dimensions", json!([])),
            Rule::Structure,
        ),
        (resolution(60), resolution(30), Rule::Resolution),
        (
            long(emf::MAX_LINE_BYTES),
            long(emf::MAX_LINE_BYTES + 1),
            Rule::LineLength,
        ),
    ];
    for (within, beyond, rule) in cases {
        assert!(!rules_of(&within).contains(&rule), "{rule:?}: {within}");
        assert!(rules_of(&beyond).contains(&rule), "{rule:?}: {beyond}");
    }
    assert!(emf::is_valid(emf::MAX_MAGNITUDE));
    assert!(!emf::is_valid(emf::MAX_MAGNITUDE.next_up()));
}

#[test]
fn a_line_of_a_megabyte_is_read_as_one() {
    for (bytes, end, rules) in [
        (1024 * 1024, "", vec![Rule::NoEvent]),
        (1024 * 1024, "\n", vec![Rule::NoEvent]),
        (1024 * 1024 + 1, "", vec![Rule::LineLength, Rule::NoEvent]),
        (1024 * 1024 + 1, "\n", vec![Rule::LineLength, Rule::NoEvent]),
    ] {
        let report = check(&format!("{}{end}", "x".repeat(bytes)));
        let found: Vec<_> = report.findings.iter().map(|found| found.rule).collect();
        assert_eq!((report.lines, found), (1, rules), "{bytes} {end:?}");
    }
}

#[test]
fn a_thousand_findings_are_kept_and_the_others_are_counted() {
    let line = good().to_string().replace("\"order_id\"", "\"orderId\"");
    let report = check(&vec![line; 1_005].join("\n"));
    assert_eq!((report.findings.len(), report.more_findings), (1_000, 5));
    let text = report.to_string();
    assert!(text.contains("and 5 more findings"), "{text}");
    assert!(text.contains(" 1005 findings\n"), "{text}");
    assert!(!check("").to_string().contains("more findings"));
}

#[test]
fn an_event_is_found_in_a_few_wrappings_and_no_deeper() {
    type Wrapping = fn(Value) -> Value;
    let wrappings: [(Wrapping, usize); 3] = [
        (|inner| json!({"message": inner.to_string()}), 4),
        (|inner| json!({"record": inner}), 5),
        (|inner| json!({"events": [inner]}), 2),
    ];
    for (wrap, most) in wrappings {
        let wrapped = |times: usize| (0..times).fold(good(), |inner, _| wrap(inner));
        for (times, events) in [(most, 1), (most + 1, 0)] {
            let line = wrapped(times).to_string();
            assert_eq!(check(&line).events, events, "{line}");
        }
    }
}

#[test]
fn only_what_looks_like_json_has_to_be_json() {
    for (line, rule) in [
        ("{oops", Rule::Json),
        ("2026-11-25 {\"_aws\": oops", Rule::Json),
        ("{\"message\":\"{\\\"_aws\\\": oops\"}", Rule::Json),
        ("2026-11-25 {oops", Rule::NoEvent),
        ("{", Rule::NoEvent),
        ("{\"message\":\"{oops\"}", Rule::NoEvent),
    ] {
        let found: Vec<_> = check(line).findings.iter().map(|f| f.rule).collect();
        assert_eq!(found[0], rule, "{line}");
    }
    let pretty = format!("  \"record\": {},", good());
    assert_eq!(
        (check(&pretty).events, check(&pretty).findings),
        (1, vec![])
    );
}
