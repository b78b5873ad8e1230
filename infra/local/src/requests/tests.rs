use std::io::Write as _;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanContext, SpanId, SpanKind, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};
use serde_json::json;

use super::*;
use crate::Subject;
use crate::observations::Observations;

fn requests() -> Requests {
    Observations::nothing(&Subject::sentori(), "test").requests
}

fn span(trace: u128, id: u64, parent: u64, request: Option<&str>) -> Span {
    Span {
        trace: TraceId::from(trace),
        id: SpanId::from(id),
        parent: SpanId::from(parent),
        service: "test".into(),
        name: id.to_string(),
        kind: SpanKind::Client,
        start: SystemTime::UNIX_EPOCH + Duration::from_secs(id),
        duration: Duration::from_millis(1),
        attributes: request
            .map(|id| ("faas.invocation_id".to_owned(), json!(id)))
            .into_iter()
            .collect(),
        moments: Vec::new(),
        error: None,
    }
}

/// A span of this process, with which a request ended.
fn own(request: &str) -> SpanData {
    let now = SystemTime::now();
    let (trace, id) = (TraceId::from(1), SpanId::from(1));
    SpanData {
        span_context: SpanContext::new(trace, id, TraceFlags::SAMPLED, false, TraceState::NONE),
        parent_span_id: SpanId::INVALID,
        parent_span_is_remote: false,
        span_kind: SpanKind::Server,
        name: "GET".into(),
        start_time: now,
        end_time: now,
        attributes: vec![opentelemetry::KeyValue::new(
            "faas.invocation_id",
            request.to_owned(),
        )],
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: opentelemetry::trace::Status::Unset,
        instrumentation_scope: opentelemetry::InstrumentationScope::default(),
    }
}

fn event(id: &str, status: u16) -> String {
    let duration = catalogue::REQUEST_DURATION.definition().name;
    let event =
        json!({ "_aws": { "Timestamp": 1 }, (duration): 1, "request_id": id, "status": status });
    format!("{event}\n")
}

fn names(request: &Request) -> Vec<&str> {
    request
        .spans
        .iter()
        .map(|span| span.name.as_str())
        .collect()
}

#[test]
fn a_batch_has_the_sensors_of_its_list_each_once() {
    let listed = |list: &str| {
        let mut request = Request::new("a", Subject::sentori().fields);
        request.add_event(json!({ "request_id": "a", "readings": list }));
        request.add_event(json!({ "request_id": "a", "sensor_id": "z" }));
        request.sensors().into_iter().collect::<Vec<_>>()
    };
    let list = r#"[{"sensor_id":"b"},{"sensor_id":"a \"quoted\""},{"sensor_id":"b"},{}]"#;
    assert_eq!(listed(list), ["a \"quoted\"", "b", "z"]);
    assert_eq!(listed("[{"), ["z"]);
}

#[test]
fn pieces_find_together_whatever_comes_first() {
    let requests = requests();
    let mut lines = requests.lines();
    let mut records = requests.records();
    let record =
        json!({ "timestamp": "2026-11-25T20:00:00.000Z", "message": "slow", "request_id": "a" });
    records.write_all(format!("{record}\n").as_bytes()).unwrap();
    lines
        .write_all((event("a", 200) + &event("b", 503)).as_bytes())
        .unwrap();
    lines.write_all(b"not JSON\n{\"runs_active\":1}\n").unwrap();

    let all = requests.newest(10, |_| true);
    assert_eq!(
        all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["b", "a"]
    );
    let of_a = requests.newest_records(10, |record| record.request() == Some("a"));
    assert_eq!(of_a[0].message(), "slow");
    let failed = requests.newest(10, Request::has_failed);
    assert_eq!(failed.len(), 1);
    assert!(requests.find("c").is_none());
}

#[test]
fn a_request_gets_the_spans_below_its_own_and_no_other_of_the_trace() {
    let requests = requests();
    let spans = [
        span(1, 3, 2, None),
        span(1, 2, 1, None),
        span(1, 9, 8, None),
        span(2, 5, 1, None),
    ];
    requests.add(spans.to_vec());
    requests.add(vec![span(1, 1, 7, Some("a"))]);
    assert_eq!(names(&requests.find("a").unwrap()), ["1", "2", "3"]);
    requests.add(vec![span(1, 8, 7, Some("b"))]);
    assert_eq!(names(&requests.find("b").unwrap()), ["8", "9"]);
    assert_eq!(requests.up_to_date().open_spans, 1);
    assert_eq!(requests.trace(TraceId::from(1)).len(), 5);
    assert_eq!(requests.trace(TraceId::from(2)).len(), 1);
}

#[test]
fn a_span_that_comes_after_its_request_still_finds_it() {
    let requests = requests();
    requests.add(vec![span(1, 1, 0, None)]);
    let entry = requests.newest(1, Request::is_complete).remove(0);
    assert!(entry.id.ends_with("-0000000000000001"), "{}", entry.id);
    requests.add(vec![
        span(1, 3, 1, None),
        span(1, 2, 1, None),
        span(1, 4, 3, None),
    ]);
    assert_eq!(
        names(&requests.find(&entry.id).unwrap()),
        ["1", "2", "3", "4"]
    );
}

#[test]
fn how_a_request_was_sent_is_said_by_its_span_whichever_comes_first() {
    let requests = requests();
    let sent = |id: &str| requests.sent(id.to_owned(), vec![("url.path".to_owned(), json!(id))]);
    let path = |id: &str| {
        let span = requests.find(id).unwrap().spans.remove(0);
        span.attribute("url.path").cloned()
    };
    sent("a");
    sent("b");
    for id in ["a", "b", "c"] {
        requests.span(own(id));
    }
    sent("c");
    for id in ["a", "b", "c"] {
        assert_eq!(path(id), Some(json!(id)));
    }
    // Those that are not sampled never have a span.
    for number in 0..=MAX_REQUESTS {
        sent(&number.to_string());
    }
    let last = MAX_REQUESTS.to_string();
    requests.span(own("0"));
    requests.span(own(&last));
    assert_eq!((path("0"), path(&last)), (None, Some(json!(last))));
}

#[test]
fn new_spans_are_taken_once_if_they_are_kept() {
    let requests = requests();
    let add = |id| requests.add(vec![span(1, id, 0, None)]);
    add(1);
    assert_eq!(requests.take_new_spans(), []);
    requests.keep_new();
    add(2);
    add(3);
    let taken: Vec<_> = requests
        .take_new_spans()
        .iter()
        .map(|span| span.id)
        .collect();
    assert_eq!(taken, [2, 3].map(SpanId::from));
    assert_eq!(requests.take_new_spans(), []);
}

#[test]
fn the_oldest_requests_are_forgotten() {
    let requests = requests();
    let mut lines = requests.lines();
    for number in 0..MAX_REQUESTS + 10 {
        lines
            .write_all(event(&number.to_string(), 200).as_bytes())
            .unwrap();
    }
    assert_eq!(requests.newest(usize::MAX, |_| true).len(), MAX_REQUESTS);
    assert!(requests.find("9").is_none() && requests.find("10").is_some());

    let long = "x".repeat(1024 * 1024);
    for number in 0..40 {
        let event = json!({ "request_id": format!("long-{number}"), "error": long });
        lines.write_all(format!("{event}\n").as_bytes()).unwrap();
        requests.find("");
    }
    assert_eq!(requests.newest(usize::MAX, |_| true).len(), 15);
    assert!(requests.find("long-39").is_some());
}

#[test]
fn spans_count_as_what_they_are_and_go_with_their_request() {
    let requests = requests();
    let long = |id, parent| {
        let mut span = span(1, id, parent, None);
        span.name = "x".repeat(8_000);
        span
    };
    // One that has ended before its request, and one that comes after it.
    requests.add(vec![long(2, 1), long(1, 0)]);
    requests.add(vec![long(3, 1)]);
    let entry = requests.newest(1, |_| true).remove(0);
    assert_eq!(entry.spans.len(), 3);
    let mut lines = requests.lines();
    for number in 0..MAX_REQUESTS {
        lines
            .write_all(event(&number.to_string(), 200).as_bytes())
            .unwrap();
    }
    assert!(requests.find(&entry.id).is_none());
    assert_eq!(requests.newest(usize::MAX, |_| true).len(), MAX_REQUESTS);
}

#[test]
fn what_is_replayed_in_any_order_ends_in_its_own() {
    let requests = requests();
    requests.replaying(true);
    let late = |id: u64| {
        let mut span = span(u128::from(id), id, 0, None);
        span.name = format!("at {id}");
        span
    };
    requests.add((1..=3_000).rev().map(late).collect());
    requests.replaying(false);
    let newest = requests.newest(usize::MAX, |_| true);
    assert_eq!(newest.len(), MAX_REQUESTS);
    assert_eq!(newest[0].route(), Some("at 3000"));
    assert_eq!(newest[MAX_REQUESTS - 1].route(), Some("at 1001"));
}
