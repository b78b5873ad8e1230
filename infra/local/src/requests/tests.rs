use std::io::Write as _;

use opentelemetry::trace::{SpanId, TraceId};
use serde_json::json;

use super::*;

fn span(trace: u128, id: u64, parent: u64, request: Option<&str>) -> Span {
    Span {
        trace: TraceId::from(trace),
        id: SpanId::from(id),
        parent: SpanId::from(parent),
        name: id.to_string(),
        is_call: request.is_none(),
        start: std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(id),
        duration: std::time::Duration::from_millis(1),
        attributes: request
            .map(|id| ("faas.invocation_id".to_owned(), id.to_owned()))
            .into_iter()
            .collect(),
        error: None,
    }
}

fn event(id: &str, status: u16) -> String {
    let event =
        json!({ "_aws": { "Timestamp": 1 }, "request": 1, "request_id": id, "status": status });
    format!("{event}\n")
}

#[test]
fn pieces_find_together_whatever_comes_first() {
    let requests = Requests::default();
    let mut lines = requests.lines();
    let mut records = requests.records();
    let record = json!({ "message": "slow", "request_id": "a" }).to_string() + "\n";
    records.write_all(record.as_bytes()).unwrap();
    lines
        .write_all((event("a", 200) + &event("b", 503)).as_bytes())
        .unwrap();
    lines.write_all(b"not JSON\n{\"runs_active\":1}\n").unwrap();

    let all = requests.newest(10, |_| true);
    assert_eq!(
        all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["b", "a"]
    );
    assert_eq!(requests.find("a").unwrap().records[0]["message"], "slow");
    let failed = requests.newest(10, Request::has_failed);
    assert_eq!(failed.len(), 1);
    assert!(requests.find("c").is_none());
}

#[test]
fn a_request_gets_the_spans_below_its_own_and_no_other_of_the_trace() {
    let mut kept = Kept::default();
    for open in [
        span(1, 3, 2, None),
        span(1, 2, 1, None),
        span(1, 9, 8, None),
        span(2, 5, 1, None),
    ] {
        kept.add_span(open);
    }
    kept.add_span(span(1, 1, 0, Some("a")));
    let names: Vec<&str> = kept.requests[&1]
        .spans
        .iter()
        .map(|span| span.name.as_str())
        .collect();
    assert_eq!(names, ["1", "2", "3"]);
    kept.add_span(span(1, 8, 0, Some("b")));
    assert_eq!(kept.requests[&2].spans.len(), 2);
    assert_eq!(kept.open_spans, 1);
}

#[test]
fn the_oldest_requests_are_forgotten() {
    let requests = Requests::default();
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
