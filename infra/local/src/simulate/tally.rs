//! What happened so far.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use hdrhistogram::Histogram;

/// The calls that are told apart in a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Call {
    CanStart,
    Start,
    Record,
    Running,
    Finish,
}

impl Call {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CanStart => "can-start",
            Self::Start => "start",
            Self::Record => "sensors/data",
            Self::Running => "running",
            Self::Finish => "finish",
        }
    }
}

/// What the server said it has: the field and the value.
pub(super) type AcknowledgedReadings = HashMap<String, (&'static str, f64)>;

/// Counts and times of a simulation.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) turned_away: u32,
    pub(super) finished: u32,
    pub(super) sent: u64,
    /// By run, then by the id of the reading.
    pub(super) runs: HashMap<String, AcknowledgedReadings>,
    pub(super) errors: BTreeMap<String, u64>,
    /// In microseconds.
    pub(super) latencies: BTreeMap<Call, Histogram<u64>>,
}

impl Tally {
    pub(super) fn started(&mut self, run: &str) {
        self.runs.insert(run.to_owned(), HashMap::new());
    }

    pub(super) fn acknowledged(&mut self, run: &str, id: String, field: &'static str, value: f64) {
        self.runs
            .entry(run.to_owned())
            .or_default()
            .insert(id, (field, value));
    }

    pub(super) fn failed(&mut self, call: Call, kind: &str) {
        *self
            .errors
            .entry(format!("{}: {kind}", call.name()))
            .or_default() += 1;
    }

    pub(super) fn took(&mut self, call: Call, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.latencies
            .entry(call)
            .or_insert_with(histogram)
            .saturating_record(micros);
    }
}

/// One microsecond to a minute, to three digits.
fn histogram() -> Histogram<u64> {
    #[expect(
        clippy::expect_used,
        reason = "the bounds are constants within the documented limits"
    )]
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("constant bounds are valid")
}
