//! What this process observes, of itself and of programs that send it their signals: events,
//! as CloudWatch would know them, the newest requests and log records, other programs'
//! metrics, and changes of alarms. All of it is in bounded memory: 512 MB of events
//! ([`Limits`]), and what [`requests`](crate::requests) and [`otlp`](crate::otlp) say.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use dashboards::data::{Events, Journal, Limits, Recorder, Tap};
use dashboards::evaluate::HISTORY;
use dashboards::model::Deployment;
use dashboards::view::TimeRange;
use jiff::Timestamp;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use serde::{Deserialize, Serialize};
use telemetry::Destination;
use telemetry::trace::Observer;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::aws_metrics::{AwsMetrics, Names};
use crate::keeper::Keeper;
use crate::otlp::metrics::ReceivedMetrics;
use crate::otlp::{Rejections, logs, spans};
use crate::requests::{Requests, SERVICE};
use crate::{Error, Subject};

/// How many bytes of event lines, and of other signals, a data folder keeps.
const MAX_JOURNAL: u64 = 256 * 1024 * 1024;
const MAX_SIGNALS: u64 = 64 * 1024 * 1024;

/// How many changes of alarms are remembered, whatever alarms a file names; of each alarm
/// [`HISTORY`].
const MAX_CHANGES: usize = 10_000;

/// How long the end of the process may wait for the last events.
const DRAIN: Duration = Duration::from_secs(2);

/// A change of an alarm's state.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Change {
    pub(crate) alarm: String,
    /// When, in seconds since 1970.
    pub(crate) at: i64,
    /// CloudWatch's names of the states.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) reason: String,
}

/// Everything that is observed. A clone is the same.
#[derive(Clone, Debug)]
pub struct Observations {
    subject: Subject,
    environment: Arc<str>,
    events: Arc<RwLock<Events>>,
    pub(crate) requests: Requests,
    received: Arc<Mutex<ReceivedMetrics>>,
    changes: Arc<Mutex<VecDeque<Change>>>,
    keeper: Option<Keeper>,
}

/// Where telemetry hands over what happens. None of it makes a request wait.
#[derive(Clone, Debug)]
pub struct Feed {
    deployment: Deployment,
    events: Tap,
    requests: Requests,
    published: AwsMetrics,
    keeper: Option<Keeper>,
}

impl Observations {
    /// Nothing, and nothing that feeds it.
    #[must_use]
    pub fn nothing(subject: &Subject, environment: &str) -> Self {
        let deployment = subject.library.deployment;
        let events = Events::new(deployment, environment, Limits::default());
        Self {
            subject: subject.clone(),
            environment: environment.into(),
            events: Arc::new(RwLock::new(events)),
            requests: Requests::new(SERVICE, subject.fields),
            received: Arc::default(),
            changes: Arc::default(),
            keeper: None,
        }
    }

    /// What `folder` remembers of earlier processes, if there is one, and from now on what
    /// the feed gets.
    ///
    /// # Errors
    /// If the folder cannot be read or written, or the system has no thread left.
    pub fn start(
        subject: &Subject,
        environment: &str,
        folder: Option<&Path>,
    ) -> Result<(Self, Feed), Error> {
        let mut observed = Self::nothing(subject, environment);
        let journal = match folder {
            Some(folder) => {
                observed.requests.replaying(true);
                let events = observed.open_journal(&folder.join("events"), MAX_JOURNAL)?;
                let signals = observed.open_journal(&folder.join("signals"), MAX_SIGNALS)?;
                observed.requests.replaying(false);
                observed.keeper = Some(Keeper::start(signals, observed.requests.clone())?);
                Some(events)
            }
            None => None,
        };
        let (_, events) = Recorder::start(Arc::clone(&observed.events), journal)?;
        let (requests, keeper) = (observed.requests.clone(), observed.keeper.clone());
        Ok((
            observed,
            Feed {
                deployment: subject.library.deployment,
                events,
                requests,
                published: AwsMetrics::default(),
                keeper,
            },
        ))
    }

    fn open_journal(&self, folder: &Path, most: u64) -> Result<Journal, Error> {
        let opened = Journal::open(folder, most, |line| {
            self.replay(line);
        });
        opened.map_err(|source| Error::DataFolder {
            path: folder.to_owned(),
            source,
        })
    }

    /// Takes a line of a [recording](crate::recording) or a journal in; whether it is one.
    pub(crate) fn replay(&self, line: &[u8]) -> bool {
        let starts = |with: &str| line.starts_with(with.as_bytes());
        if starts("{\"resourceSpans\"") {
            serde_json::from_slice(line).is_ok_and(|export| {
                self.requests.add(spans::read(&export).0);
                true
            })
        } else if starts("{\"resourceLogs\"") {
            serde_json::from_slice(line).is_ok_and(|export| {
                self.take_records(&export);
                true
            })
        } else if starts("{\"resourceMetrics\"") {
            serde_json::from_slice(line).is_ok_and(|export| {
                self.received_mut().take(&export, now());
                true
            })
        } else if starts("{\"alarm\"") {
            serde_json::from_slice(line).is_ok_and(|change| {
                self.remember(change);
                true
            })
        } else {
            self.replay_event(line)
        }
    }

    /// An event line or a log record.
    fn replay_event(&self, line: &[u8]) -> bool {
        let is_event = has(line, b"\"_aws\"");
        // What has been written to memory cannot fail.
        let _ = if is_event {
            self.requests.lines().write_all(line)
        } else {
            self.requests.records().write_all(line)
        };
        // A record of another program is in no log group.
        if !is_event && has(line, b"\"service\"") {
            return true;
        }
        let mut events = self.events.write().unwrap_or_else(PoisonError::into_inner);
        events.record(line).is_ok()
    }

    /// Takes spans of another program; those that make no sense are rejected.
    pub(crate) fn take_traces(&self, export: &ExportTraceServiceRequest) -> Rejections {
        let (spans, rejected) = spans::read(export);
        self.requests.add(spans);
        rejected
    }

    /// Takes log records of another program, all of them.
    pub(crate) fn take_logs(&self, export: &ExportLogsServiceRequest) -> Rejections {
        self.take_records(export);
        self.keep(export);
        Rejections::default()
    }

    fn take_records(&self, export: &ExportLogsServiceRequest) {
        let mut records = self.requests.records();
        for line in logs::lines(export) {
            // What is written to memory cannot fail.
            let _ = records.write_all(&line);
        }
    }

    /// Takes metrics of another program, as far as there is room.
    pub(crate) fn take_metrics(&self, export: &ExportMetricsServiceRequest) -> Rejections {
        self.keep(export);
        self.received_mut().take(export, now())
    }

    /// Remembers a change of an alarm, over a restart too.
    pub(crate) fn alarm_changed(&self, change: Change) {
        self.keep(&change);
        self.remember(change);
    }

    fn remember(&self, change: Change) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        // So that an alarm that flaps does not push out what others went through.
        let is_same = |one: &Change| one.alarm == change.alarm;
        if changes.iter().filter(|one| is_same(one)).count() >= HISTORY
            && let Some(oldest) = changes.iter().position(is_same)
        {
            changes.remove(oldest);
        }
        changes.push_back(change);
        if changes.len() > MAX_CHANGES {
            changes.pop_front();
        }
    }

    fn keep(&self, value: &impl Serialize) {
        if let Some(keeper) = &self.keeper {
            keeper.line(value);
        }
    }

    /// Whose signals they are.
    pub(crate) fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The environment that its events are of.
    pub(crate) fn environment(&self) -> &str {
        &self.environment
    }

    /// The events. Whoever holds on to them keeps new ones out.
    pub(crate) fn events(&self) -> RwLockReadGuard<'_, Events> {
        self.events.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Other programs' metrics.
    pub(crate) fn received(&self) -> ReceivedMetrics {
        self.received_mut().clone()
    }

    fn received_mut(&self) -> MutexGuard<'_, ReceivedMetrics> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last changes of alarms, the oldest first.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        changes.iter().cloned().collect()
    }

    /// From the earliest to the latest of anything.
    pub(crate) fn span(&self) -> Option<TimeRange> {
        let events = self.events().span();
        let requests = self.requests.newest(usize::MAX, |_| true);
        let moments = requests
            .iter()
            .filter_map(crate::requests::Request::at)
            .map(|at| at / 1_000);
        let bounds = moments.map(|at| TimeRange {
            start: at,
            end: at + 1,
        });
        bounds.chain(events).reduce(|one, other| TimeRange {
            start: one.start.min(other.start),
            end: one.end.max(other.end),
        })
    }
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

fn has(line: &[u8], text: &[u8]) -> bool {
    line.windows(text.len()).any(|window| window == text)
}

impl Feed {
    /// Waits until what happened so far is kept: at the end, when nothing more happens.
    pub fn drain(&self) {
        let kept = self
            .keeper
            .as_ref()
            .is_none_or(|keeper| keeper.drain(DRAIN));
        if !self.events.drain(DRAIN) || !kept {
            tracing::warn!("the last events may be missing after a restart: the disk is slow");
        }
    }

    /// Writes what AWS would publish of what happened since this was done last.
    pub(crate) fn publish(&self, environment: &str, tables: &Names) {
        let lines = self.published.take(&self.deployment, environment, tables);
        // It never fails.
        let _ = self.events.clone().write_all(&lines);
    }

    /// Takes event lines.
    #[must_use]
    pub fn lines(&self) -> Destination {
        let own = Tee(self.requests.lines(), self.published.lines());
        Destination::writer("the console", Tee(own, self.events.clone()))
    }

    /// Takes spans and log records.
    #[must_use]
    pub fn tap(&self) -> telemetry::Tap {
        let feed = self.clone();
        let (requests, published) = (self.requests.clone(), self.published.clone());
        telemetry::Tap {
            spans: Observer::new(move |span| {
                published.call(&span);
                requests.span(span);
            }),
            records: BoxMakeWriter::new(move || Tee(feed.requests.records(), feed.events.clone())),
        }
    }
}

/// Writes everything to both.
struct Tee<A, B>(A, B);

impl<A: Write, B: Write> Write for Tee<A, B> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(bytes)?;
        self.1.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::recording::recorded;

    const SECOND: i64 = 1_700_000_000;
    /// The same in a record.
    const WRITTEN: &str = "2023-11-14T22:13:20.000Z";
    /// A minute later, in nanoseconds.
    const LATER: &str = "1700000060000000000";

    fn nothing() -> Observations {
        Observations::nothing(&Subject::sentori(), "test")
    }

    fn change(alarm: &str, at: usize) -> Change {
        Change {
            alarm: alarm.to_owned(),
            at: i64::try_from(at).unwrap(),
            from: "OK".to_owned(),
            to: "ALARM".to_owned(),
            reason: "why".to_owned(),
        }
    }

    /// A line of each kind.
    fn lines() -> [Value; 6] {
        let resource = json!({ "attributes": [{ "key": "service.name", "value": { "stringValue": "shop" } }] });
        let span = json!({ "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708",
            "name": "GET /cart", "startTimeUnixNano": LATER, "endTimeUnixNano": LATER });
        let gauge = json!({ "dataPoints": [{ "timeUnixNano": LATER, "asDouble": 3.5 }] });
        [
            json!({ "_aws": { "Timestamp": SECOND * 1_000 }, "request_id": "a" }),
            json!({ "timestamp": WRITTEN, "message": "of this program" }),
            json!({ "timestamp": WRITTEN, "message": "of another one", "service": "shop" }),
            json!({ "resourceSpans": [{ "resource": resource, "scopeSpans": [{ "spans": [span] }] }] }),
            json!({ "resourceMetrics": [{ "resource": resource,
                "scopeMetrics": [{ "metrics": [{ "name": "carts", "gauge": gauge }] }] }] }),
            json!(change("run-failures", 1)),
        ]
    }

    /// What a recording says of it all: where it is from, and the other lines.
    fn said(observed: &Observations) -> (Value, Vec<String>) {
        let text = String::from_utf8(recorded(observed, 0)).unwrap();
        let (header, lines) = text.split_once('\n').unwrap();
        let header: Value = serde_json::from_str(header).unwrap();
        (
            header["environment"].clone(),
            lines.lines().map(str::to_owned).collect(),
        )
    }

    #[test]
    fn what_a_recording_says_is_taken_in_again() {
        let (observed, again) = (nothing(), nothing());
        for line in lines() {
            assert!(observed.replay(line.to_string().as_bytes()), "{line}");
        }
        let (environment, lines) = said(&observed);
        assert_eq!((environment, lines.len()), (json!("test"), 6));
        for line in &lines {
            assert!(again.replay(line.as_bytes()), "{line}");
        }
        assert_eq!(said(&again).1, lines);
        assert_eq!(again.requests.newest_records(9, |_| true).len(), 2);
        let (start, end) = (SECOND, SECOND + 61);
        assert_eq!(again.span(), Some(TimeRange { start, end }));
    }

    #[test]
    fn what_makes_no_sense_is_not_taken_in() {
        for line in [
            "{}",
            r#"{"resourceSpans":1}"#,
            r#"{"resourceLogs":1}"#,
            r#"{"resourceMetrics":1}"#,
            r#"{"alarm":1}"#,
        ] {
            assert!(!nothing().replay(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn an_alarm_that_flaps_pushes_out_no_other() {
        let observed = nothing();
        observed.alarm_changed(change("rare", 0));
        for at in 0..=HISTORY {
            observed.alarm_changed(change("flaps", at));
        }
        let changes = observed.changes();
        assert_eq!(changes.len(), 1 + HISTORY);
        assert_eq!(changes[..2], [change("rare", 0), change("flaps", 1)]);
    }

    #[test]
    fn the_oldest_changes_of_too_many_alarms_go() {
        let observed = nothing();
        let of = |at: usize| change(&at.to_string(), at);
        *observed.changes.lock().unwrap() = (1..MAX_CHANGES).map(of).collect();
        observed.alarm_changed(of(MAX_CHANGES));
        assert_eq!(observed.changes().len(), MAX_CHANGES);
        observed.alarm_changed(of(MAX_CHANGES + 1));
        let changes = observed.changes();
        assert_eq!((changes.len(), &changes[0]), (MAX_CHANGES, &of(2)));
    }

    #[test]
    fn both_get_what_is_written() {
        let mut tee = Tee(Vec::new(), Vec::new());
        tee.write_all(b"ab").unwrap();
        assert_eq!(
            (tee.0.as_slice(), tee.1.as_slice()),
            (&b"ab"[..], &b"ab"[..])
        );
    }
}
