//! Recorded event lines.

use std::io::{self, BufRead};

use serde::Deserialize;

use crate::data::{Events, Limits, LineError};
use crate::evaluate::Window;
use crate::model::{Deployment, MetricQuery};
use crate::view::TimeRange;

/// The shortest range that is shown, in seconds: five periods of CloudWatch.
const LEAST: i64 = 300;

/// Events that a system has emitted.
#[derive(Debug)]
pub struct Recording {
    pub(super) events: Events,
    pub(super) range: TimeRange,
    /// Lines that are no events, in the order of the file.
    pub refused: Vec<RejectedLine>,
}

/// A line that was not taken.
#[derive(Debug)]
pub struct RejectedLine {
    /// The number of the line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: LineError,
}

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The lines cannot be read.
    #[error(transparent)]
    Unreadable(io::Error),
    /// No line is an event of the deployment with this namespace.
    #[error("no line is an event of the namespace {0}/<environment>")]
    NoEvents(&'static str),
}

/// As much of an event as says whose it is.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "_aws")]
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    cloud_watch_metrics: Vec<Directive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: String,
}

impl Recording {
    /// Reads event lines, one JSON object each. The first event of the deployment says
    /// which environment's events are shown.
    ///
    /// # Errors
    /// If the lines cannot be read, or none is an event of the deployment.
    pub fn read(deployment: Deployment, input: impl BufRead) -> Result<Self, RecordingError> {
        let lines: io::Result<Vec<Vec<u8>>> = input.split(b'\n').collect();
        let lines = lines.map_err(RecordingError::Unreadable)?;
        let none = RecordingError::NoEvents(deployment.namespace);
        let mut environments = lines
            .iter()
            .filter_map(|line| environment(&deployment, line));
        let Some(environment) = environments.next() else {
            return Err(none);
        };
        let mut events = Events::new(deployment, environment, Limits::default());
        let full = (1..)
            .zip(&lines)
            .filter(|(_, line)| !line.trim_ascii().is_empty());
        let refused = full.filter_map(|(number, line)| {
            let reason = events.record(line).err()?;
            Some(RejectedLine {
                line: number,
                reason,
            })
        });
        let refused = refused.collect();
        let range = events.span().map(shown).ok_or(none)?;
        Ok(Self {
            events,
            range,
            refused,
        })
    }

    /// The time that the events are of, in whole minutes.
    pub const fn range(&self) -> TimeRange {
        self.range
    }

    /// The statistic that a query asks for in a window; `None` where there was no observation.
    pub fn statistic(&self, query: &MetricQuery, window: Window) -> Option<f64> {
        self.events.statistic(query, window)
    }

    /// How many lines were events.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

fn environment(deployment: &Deployment, line: &[u8]) -> Option<String> {
    let event: Event = serde_json::from_slice(line).ok()?;
    let mut directives = event.metadata.cloud_watch_metrics.into_iter();
    directives.find_map(|directive| {
        let environment = directive.namespace.strip_prefix(deployment.namespace)?;
        environment.strip_prefix('/').map(str::to_owned)
    })
}

/// Whole minutes around the events.
fn shown(span: TimeRange) -> TimeRange {
    let end = (span.end + 59).div_euclid(60) * 60;
    let start = span.start.div_euclid(60) * 60;
    TimeRange {
        start: start.min(end - LEAST),
        end,
    }
}
