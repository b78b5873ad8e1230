//! What a simulation tells at its end.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::Options;
use super::tally::Tally;

/// The outcome of a simulation; `Display` is the text for a person.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The server.
    pub url: String,
    /// Whether it was stopped before its time.
    pub interrupted: bool,
    /// Seconds from the first user's arrival to the last one's end.
    pub seconds: f64,
    /// Users asked for.
    pub users: u32,
    /// Users who found no free place.
    pub turned_away: u32,
    /// Runs that the server started.
    pub runs_started: usize,
    /// Runs that were finished.
    pub runs_finished: u32,
    /// Readings sent.
    pub sent: u64,
    /// Readings that the server said it has.
    pub acknowledged: u64,
    /// Acknowledged readings that could not be read back.
    pub missing: u64,
    /// Failed calls, by call and kind.
    pub errors: BTreeMap<String, u64>,
    /// By call.
    pub latency: BTreeMap<&'static str, Latency>,
}

/// Latency of one kind of call, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Latency {
    /// Calls made.
    pub calls: u64,
    /// Median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Slowest.
    pub max: f64,
}

impl Latency {
    fn new(micros: &Histogram<u64>) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "at most a minute in microseconds"
        )]
        let ms = |value: u64| value as f64 / 1000.0;
        Self {
            calls: micros.len(),
            p50: ms(micros.value_at_quantile(0.5)),
            p90: ms(micros.value_at_quantile(0.9)),
            p99: ms(micros.value_at_quantile(0.99)),
            max: ms(micros.max()),
        }
    }
}

impl Summary {
    pub(super) fn new(
        options: &Options,
        tally: &Tally,
        played: Duration,
        missing: u64,
        interrupted: bool,
    ) -> Self {
        Self {
            url: options.url.clone(),
            interrupted,
            seconds: played.as_secs_f64(),
            users: options.users,
            turned_away: tally.turned_away,
            runs_started: tally.runs.len(),
            runs_finished: tally.finished,
            sent: tally.sent,
            acknowledged: tally
                .runs
                .values()
                .map(|readings| readings.len() as u64)
                .sum(),
            missing,
            errors: tally.errors.clone(),
            latency: tally
                .latencies
                .iter()
                .map(|(call, times)| (call.name(), Latency::new(times)))
                .collect(),
        }
    }

    /// Whether everything acknowledged could be read back.
    #[must_use]
    pub fn nothing_lost(&self) -> bool {
        self.missing == 0
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stopped = if self.interrupted {
            ", stopped early"
        } else {
            ""
        };
        writeln!(f, "{} for {:.1} s{stopped}", self.url, self.seconds)?;
        writeln!(
            f,
            "users      {} ({} turned away: no free place)",
            self.users, self.turned_away
        )?;
        writeln!(
            f,
            "runs       {} started, {} finished",
            self.runs_started, self.runs_finished
        )?;
        writeln!(
            f,
            "readings   {} sent, {} acknowledged",
            self.sent, self.acknowledged
        )?;
        match self.missing {
            0 => writeln!(f, "read back  every acknowledged reading")?,
            missing => writeln!(f, "read back  {missing} acknowledged readings are MISSING")?,
        }
        if self.errors.is_empty() {
            writeln!(f, "errors     none")?;
        }
        for (kind, count) in &self.errors {
            writeln!(f, "errors     {count} x {kind}")?;
        }
        writeln!(
            f,
            "\n{:<14}{:>8}{:>10}{:>10}{:>10}{:>10}  ms",
            "call", "calls", "p50", "p90", "p99", "max"
        )?;
        for (call, l) in &self.latency {
            writeln!(
                f,
                "{call:<14}{:>8}{:>10.2}{:>10.2}{:>10.2}{:>10.2}",
                l.calls, l.p50, l.p90, l.p99, l.max
            )?;
        }
        Ok(())
    }
}
