//! Events in bounded memory.

use std::io::{self, BufRead, Read as _};

use super::LineError;
use super::extract::Plans;
use super::line::{Line, MAX_LINE};
use super::log::Log;
use super::metrics::{Id, Metrics};
use super::scope::Scope;
use crate::evaluate::{Values, Window, values};
use crate::model::{Deployment, Expression, MetricQuery, Period};
use crate::view::TimeRange;

/// How much memory events may take; the oldest ones go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the metrics' observations.
    pub metrics: usize,
    /// Bytes of the events that log queries search.
    pub log: usize,
}

impl Default for Limits {
    /// 512 MB in all: above a million events.
    fn default() -> Self {
        Self {
            metrics: 128 * 1024 * 1024,
            log: 384 * 1024 * 1024,
        }
    }
}

/// The events of one environment: what CloudWatch and its logs know, in memory.
#[derive(Debug)]
pub struct Events {
    pub(super) scope: Scope,
    pub(super) metrics: Metrics,
    pub(super) log: Log,
    plans: Plans,
}

impl Events {
    /// No events yet. `deployment` and `environment` say what namespaces and resources
    /// are called in them.
    pub fn new(deployment: Deployment, environment: impl Into<String>, limits: Limits) -> Self {
        Self {
            scope: Scope {
                deployment,
                environment: environment.into(),
            },
            metrics: Metrics::new(limits.metrics),
            log: Log::new(limits.log),
            plans: Plans::default(),
        }
    }

    /// Takes in one line: an event in the embedded metric format, or a log record as a
    /// JSON object with a `timestamp`.
    ///
    /// # Errors
    /// Names what is wrong. As in CloudWatch, a line with a time is found by log queries
    /// even if metrics of it are wrong, and the other metrics are kept.
    pub fn record(&mut self, line: &[u8]) -> Result<(), LineError> {
        let line = Line::parse(line)?;
        self.log.push(&line);
        self.plans.extract(&line, &mut self.metrics)
    }

    /// Takes in every line until the end; `wrong` gets the number of each malformed line
    /// and what is wrong with it. Blank lines are passed over.
    ///
    /// # Errors
    /// If the reader fails.
    pub fn read(
        &mut self,
        mut lines: impl BufRead,
        mut wrong: impl FnMut(u64, LineError),
    ) -> io::Result<()> {
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let most = MAX_LINE as u64 + 1;
            if lines.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            if line.len() > MAX_LINE && !line.ends_with(b"\n") {
                lines.skip_until(b'\n')?;
            }
            if !line.trim_ascii().is_empty() {
                self.record(&line)
                    .unwrap_or_else(|what| wrong(number, what));
            }
        }
        Ok(())
    }

    /// The statistic that a query asks for, of what was observed in the window; `None` if
    /// there was nothing, or if the query asks for several series.
    ///
    /// This is the [`Lookup`](crate::evaluate::Lookup) of live alarms.
    pub fn statistic(&self, query: &MetricQuery, window: Window) -> Option<f64> {
        let id = self.metrics.find(&self.scope.key(query)?)?;
        self.metrics.statistic(id, query.statistic, window)
    }

    /// What an expression is in each of the periods that end at `ends`, oldest first; see
    /// [`values`](crate::evaluate::values).
    pub fn values(&self, expression: &Expression, ends: &[i64], period: Period) -> Values {
        let queries = expression.metrics();
        // Names are looked up once, not once a point.
        let find = |query: &&MetricQuery| self.metrics.find(&self.scope.key(query)?);
        let ids: Vec<Option<Id>> = queries.iter().map(find).collect();
        let lookup = |query: &MetricQuery, window: Window| {
            let mut known = queries.iter();
            let place = known.position(|known| std::ptr::eq(*known, query))?;
            self.metrics.statistic(ids[place]?, query.statistic, window)
        };
        values(expression, ends, period, &lookup)
    }

    /// The lines that were written in a time range, as they were, in the order they came.
    pub fn lines(&self, range: TimeRange) -> Vec<String> {
        self.log.lines(range)
    }

    /// How many events log queries can find; the oldest ones go first.
    pub fn len(&self) -> usize {
        self.log.rows()
    }

    /// Whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// From the earliest to the latest event; `None` without events.
    pub fn span(&self) -> Option<TimeRange> {
        let (first, last) = self.log.span()?;
        Some(TimeRange {
            start: first.div_euclid(1_000),
            end: last.div_euclid(1_000) + 1,
        })
    }

    /// Bytes that all this takes: at most the limits.
    pub const fn bytes(&self) -> Limits {
        Limits {
            metrics: self.metrics.bytes(),
            log: self.log.bytes(),
        }
    }
}
