use std::io::Write as _;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanId, SpanKind, TraceId};
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
    assert!(requests.newest(usize::MAX, |_| true).len() <= 16);
    assert!(requests.find("long-39").is_some());
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
