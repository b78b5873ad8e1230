//! What is kept, what is dropped, and what is wrong with a line.

use std::io::Write as _;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use catalogue::REQUEST_DURATION;
use dashboards::data::{Events, Journal, Limits, LineError, Recorder};
use dashboards::evaluate::Window;
use dashboards::model::{Expression, MetricQuery, Narrow as _};
use library::DEPLOYMENT;

use crate::START;

fn requests() -> MetricQuery {
    match REQUEST_DURATION.total().samples() {
        Expression::Metric(query) => query,
        other => unreachable!("{other:?} is no metric"),
    }
}

fn line(minute: i64, members: &str) -> String {
    let at = (START + minute * 60) * 1_000;
    format!(
        r#"{{"_aws":{{"Timestamp":{at},"CloudWatchMetrics":[{{"Namespace":"Sentori/test",
        "Dimensions":[[]],"Metrics":[{{"Name":"request_duration"}},{{"Name":"request_error"}}]}}]}},
        "request_duration":1,{members}}}"#
    )
    .replace('\n', " ")
}

const NO_ERROR: &str = r#""request_error":0"#;

fn empty() -> Events {
    Events::new(DEPLOYMENT, "test", Limits::default())
}

#[test]
fn memory_is_bounded_and_the_oldest_goes_first() {
    let limits = Limits {
        metrics: 40_000,
        log: 200_000,
    };
    let mut store = Events::new(DEPLOYMENT, "test", limits);
    for minute in 0..5_000 {
        let user = format!(r#""request_error":0,"user":"{minute}""#);
        store
            .record(line(minute, &user).as_bytes())
            .expect("well formed");
        let bytes = store.bytes();
        assert!(
            bytes.metrics <= limits.metrics && bytes.log <= limits.log,
            "{bytes:?}"
        );
    }
    assert!((100..5_000).contains(&store.len()), "{}", store.len());
    let at = |minute: i64| Window {
        start: START + minute * 60,
        end: START + minute * 60 + 60,
    };
    assert_eq!(store.statistic(&requests(), at(0)), None);
    assert_eq!(store.statistic(&requests(), at(4_999)), Some(1.0));
}

#[test]
fn a_wrong_line_says_what_is_wrong() {
    let mut store = empty();
    let mut wrong = |line: &str| {
        let error = store.record(line.as_bytes()).expect_err("malformed");
        error.to_string()
    };
    assert!(wrong("hello").contains("not a JSON object"));
    assert!(wrong("[1]").contains("not a JSON object"));
    assert!(wrong(r#"{"message":"hello"}"#).contains("timestamp"));
    assert!(wrong(r#"{"_aws":{"CloudWatchMetrics":[]}}"#).contains("Timestamp"));
    assert!(wrong(r#"{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{}]}}"#).contains("Namespace"));
    assert!(wrong(&line(0, r#""user":"ada""#)).contains("\"request_error\""));
    assert!(wrong(&line(0, r#""request_error":"many""#)).contains("\"request_error\""));
    assert!(wrong(&line(0, r#""request_error":1e300"#)).contains("2^360"));
    assert!(
        wrong(&line(0, r#""request_error":{"Values":[1],"Counts":[]}"#)).contains("request_error")
    );
    let split = line(0, r#""request_error":0"#).replace("[[]]", r#"[[],["Route"]]"#);
    assert!(wrong(&split).contains("\"Route\""));
    assert!(matches!(
        store.record(&[b'"', 0xff]).expect_err("malformed"),
        LineError::NotUtf8
    ));
}

#[test]
fn what_is_right_in_a_wrong_line_is_kept() {
    let mut store = empty();
    store
        .record(line(0, r#""user":"ada""#).as_bytes())
        .expect_err("one metric is missing");
    let window = Window {
        start: START,
        end: START + 60,
    };
    assert_eq!(store.statistic(&requests(), window), Some(1.0));
    assert_eq!(store.len(), 1);
}

#[test]
fn dimensions_with_too_many_values_are_refused() {
    let mut store = empty();
    let by_user = |user: usize| {
        let line = line(0, &format!(r#""request_error":0,"user":"{user}""#));
        line.replace("[[]]", r#"[["user"]]"#)
    };
    let refused = (0..10_001).map(|user| store.record(by_user(user).as_bytes()));
    let refused: Vec<_> = refused.filter_map(Result::err).collect();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].to_string().contains("more than 20000 metrics"));
}

#[test]
fn a_tap_hands_over_lines_and_never_waits() {
    let events = Arc::new(RwLock::new(empty()));
    let (recorder, tap) = Recorder::start(Arc::clone(&events), None).expect("a thread");
    let mut written = tap.clone();
    let two = [line(0, NO_ERROR), line(1, NO_ERROR)].join("\n") + "\n";
    written.write_all(two.as_bytes()).expect("never fails");
    written.write_all(b"nonsense\n").expect("never fails");
    {
        // While a page reads for long, more comes than may wait.
        let _reading = events.read().expect("no panic");
        let long = vec![b' '; 5 * 1024 * 1024];
        for _ in 0..8 {
            written.write_all(&long).expect("never fails");
        }
    }
    drop((written, tap));
    let counts = recorder.join();
    assert!(counts.dropped >= 1 && counts.malformed == 1, "{counts:?}");
    assert_eq!(events.read().expect("no panic").len(), 2);
}

#[test]
fn a_drained_tap_has_nothing_left_to_take_in() {
    let events = Arc::new(RwLock::new(empty()));
    let (recorder, mut tap) = Recorder::start(Arc::clone(&events), None).expect("a thread");
    for minute in 0..50 {
        writeln!(tap, "{}", line(minute, NO_ERROR)).expect("never fails");
    }
    assert!(tap.drain(Duration::from_secs(60)));
    assert_eq!(events.read().expect("no panic").len(), 50);
    drop(tap);
    recorder.join();
}

#[test]
fn a_journal_brings_events_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data");
    let open = |events: &mut Events| {
        Journal::open(&path, 40_000, |line| drop(events.record(line))).expect("a journal")
    };
    let journal = open(&mut empty());
    let events = Arc::new(RwLock::new(empty()));
    let (recorder, mut tap) = Recorder::start(events, Some(journal)).expect("a thread");
    for minute in 0..50 {
        writeln!(tap, "{}", line(minute, NO_ERROR)).expect("never fails");
    }
    drop(tap);
    recorder.join();
    // The process was killed while it wrote.
    let current = path.join("events.jsonl");
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&current)
        .expect("a file");
    file.write_all(br#"{"_aws":{"Timest"#).expect("written");
    let mut again = empty();
    let mut journal = open(&mut again);
    assert_eq!(again.len(), 50);
    journal
        .append((line(50, NO_ERROR) + "\n").as_bytes())
        .expect("written");
    let mut once_more = empty();
    open(&mut once_more);
    assert_eq!(once_more.len(), 51);
}

#[test]
fn a_journal_keeps_the_newest_in_bounded_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = Journal::open(folder.path(), 20_000, |_| {}).expect("a journal");
    for minute in 0..1_000 {
        journal
            .append((line(minute, NO_ERROR) + "\n").as_bytes())
            .expect("written");
    }
    let files = std::fs::read_dir(folder.path()).expect("a folder");
    let bytes = files.map(|file| file.expect("a file").metadata().expect("its size").len());
    let bytes: u64 = bytes.sum();
    assert!((9_000..=20_000).contains(&bytes), "{bytes}");
    let mut again = empty();
    Journal::open(folder.path(), 20_000, |line| drop(again.record(line))).expect("a journal");
    let newest = Window {
        start: START + 999 * 60,
        end: START + 1_000 * 60,
    };
    assert_eq!(again.statistic(&requests(), newest), Some(1.0));
    assert!(again.len() > 30);
}

#[test]
fn wrong_lines_of_a_file_are_named_by_number() {
    let file = format!("{}\n\nnonsense\n{}", line(0, NO_ERROR), line(1, NO_ERROR));
    let mut events = empty();
    let mut wrong = Vec::new();
    events
        .read(file.as_bytes(), |number, _| wrong.push(number))
        .expect("memory");
    assert_eq!((wrong, events.len()), (vec![3], 2));
}
