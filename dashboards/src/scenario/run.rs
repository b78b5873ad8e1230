//! Plays a scenario: feeds its series to the evaluator, step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use telemetry::Namespace;

use super::file::Scenario;
use super::notation::Seen;
use crate::evaluate::{Monitor, Samples, Status, Window};
use crate::model::alarm::{Alarm, AlarmKind};
use crate::model::{CompositeAlarm, MetricQuery, Period};

/// What became of one alarm in one scenario.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The alarm's id.
    pub alarm: String,
    /// What was expected, step by step.
    pub expected: Vec<Seen>,
    /// What happened.
    pub got: Vec<Seen>,
    /// Where the two differ first, and why the alarm did what it did there.
    pub difference: Option<Difference>,
}

/// The first step at which an alarm did not do what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The step, from 0.
    pub step: usize,
    /// The reason that the evaluator gave there.
    pub reason: String,
}

/// A scenario that does not fit the alarms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no alarm with this id.
    UnknownAlarm {
        /// The id.
        id: String,
        /// The ids there are.
        known: Vec<String>,
    },
    /// No alarm of the scenario reads this series.
    UnusedSeries {
        /// The series.
        key: String,
        /// The series that are read.
        used: Vec<String>,
    },
    /// A series or an expectation is not as long as the longest series.
    Length {
        /// The series or the alarm.
        key: String,
        /// How many steps it has.
        steps: usize,
        /// How many it should have.
        wanted: usize,
    },
    /// An alarm's period is not a multiple of the step.
    Step {
        /// The alarm.
        alarm: String,
        /// Its period, or that of one of its metrics.
        period: Period,
    },
}

/// The name of a query's series in a scenario: `request_error`, `cold_start{Service=run-api}`,
/// `AWS/Lambda/Errors{FunctionName=run-api}`.
pub fn series_key(query: &MetricQuery) -> String {
    let mut key = match query.metric.namespace {
        Namespace::Application => String::new(),
        Namespace::Service(namespace) => format!("{namespace}/"),
    };
    key.push_str(query.metric.name);
    let dimensions: Vec<_> = query
        .dimensions()
        .map(|(dimension, value)| format!("{}={}", dimension.name, value.unwrap_or("*")))
        .collect();
    if !dimensions.is_empty() {
        key = format!("{key}{{{}}}", dimensions.join(","));
    }
    key
}

/// Plays a scenario on the alarms that it expects something of, and on those that they
/// depend on. Time begins at 0; metrics without a series have no data.
///
/// # Errors
/// [`Unfit`] if the scenario and the alarms do not fit together.
pub fn run(scenario: &Scenario, alarms: &[Alarm]) -> Result<Vec<Outcome>, Unfit> {
    let involved = involved(scenario, alarms)?;
    let data = Data::new(scenario, &involved)?;
    let steps = steps(scenario)?;
    let mut monitor = Monitor::default();
    let mut outcomes: Vec<_> = scenario.expect.iter().map(outcome).collect();
    let mut now = 0;
    for step in 0..steps {
        now += i64::from(scenario.step.as_seconds());
        monitor.evaluate(&involved, now, &|query, window| {
            data.statistic(query, window)
        });
        for outcome in &mut outcomes {
            if let Some(status) = monitor.status(&outcome.alarm) {
                outcome.observe(step, status);
            }
        }
    }
    Ok(outcomes)
}

fn outcome((alarm, expected): (&String, &Vec<Seen>)) -> Outcome {
    Outcome {
        alarm: alarm.clone(),
        expected: expected.clone(),
        got: Vec::with_capacity(expected.len()),
        difference: None,
    }
}

impl Outcome {
    fn observe(&mut self, step: usize, status: &Status) {
        let seen = match status.suppressed_by {
            Some(_) => Seen::Suppressed,
            None => Seen::State(status.state),
        };
        self.got.push(seen);
        if self.difference.is_none() && self.expected.get(step) != Some(&seen) {
            self.difference = Some(Difference {
                step,
                reason: status.reason.clone(),
            });
        }
    }
}

/// The alarms that are expected to do something, their suppressors, and all that their
/// states depend on, in the order in which they are evaluated.
fn involved(scenario: &Scenario, alarms: &[Alarm]) -> Result<Vec<Alarm>, Unfit> {
    let find = |id: &str| {
        let known = || alarms.iter().map(|alarm| alarm.id.to_string()).collect();
        let alarm = alarms.iter().find(|alarm| alarm.id == id);
        alarm.ok_or_else(|| Unfit::UnknownAlarm {
            id: id.to_owned(),
            known: known(),
        })
    };
    let mut open = Vec::new();
    for id in scenario.expect.keys() {
        let alarm = find(id)?;
        open.push(alarm);
        if let AlarmKind::Composite(CompositeAlarm {
            suppressor: Some(by),
            ..
        }) = &alarm.kind
        {
            open.push(find(&by.alarm)?);
        }
    }
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    while let Some(alarm) = open.pop() {
        if wanted.insert(&alarm.id)
            && let AlarmKind::Composite(composite) = &alarm.kind
        {
            for id in composite.rule.children() {
                open.push(find(id)?);
            }
        }
    }
    let wanted = |alarm: &&Alarm| wanted.contains(alarm.id.as_ref());
    Ok(alarms.iter().filter(wanted).cloned().collect())
}

fn steps(scenario: &Scenario) -> Result<usize, Unfit> {
    let series = scenario
        .series
        .iter()
        .map(|(key, series)| (key, series.len()));
    let expected = scenario
        .expect
        .iter()
        .map(|(key, expected)| (key, expected.len()));
    let mut lengths = series.chain(expected);
    let Some((_, wanted)) = lengths.next() else {
        return Ok(0);
    };
    match lengths.find(|(_, steps)| *steps != wanted) {
        Some((key, steps)) => Err(Unfit::Length {
            key: key.clone(),
            steps,
            wanted,
        }),
        None => Ok(wanted),
    }
}

/// The series of a scenario, found by query.
struct Data<'a> {
    step: i64,
    series: BTreeMap<&'a str, &'a [Samples]>,
}

impl<'a> Data<'a> {
    fn new(scenario: &'a Scenario, alarms: &[Alarm]) -> Result<Self, Unfit> {
        let mut used = BTreeSet::new();
        for alarm in alarms {
            let AlarmKind::Metric(metric) = &alarm.kind else {
                continue;
            };
            for query in metric.expression.metrics() {
                let period = query.period.unwrap_or(metric.period);
                if !period
                    .as_seconds()
                    .is_multiple_of(scenario.step.as_seconds())
                {
                    return Err(Unfit::Step {
                        alarm: alarm.id.to_string(),
                        period,
                    });
                }
                used.insert(series_key(query));
            }
        }
        if let Some(key) = scenario.series.keys().find(|key| !used.contains(*key)) {
            return Err(Unfit::UnusedSeries {
                key: key.clone(),
                used: used.into_iter().collect(),
            });
        }
        let series = scenario.series.iter();
        Ok(Self {
            step: i64::from(scenario.step.as_seconds()),
            series: series
                .map(|(key, samples)| (key.as_str(), samples.as_slice()))
                .collect(),
        })
    }

    fn statistic(&self, query: &MetricQuery, window: Window) -> Option<f64> {
        let series = self.series.get(series_key(query).as_str())?;
        let step = |second: i64| usize::try_from((second / self.step).max(0)).unwrap_or(usize::MAX);
        let end = step(window.end).min(series.len());
        let mut samples = Samples::none();
        for part in &series[step(window.start).min(end)..end] {
            samples.merge(part);
        }
        samples.statistic(query.statistic)
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAlarm { id, known } => {
                write!(
                    f,
                    "there is no alarm `{id}`; there are {}",
                    known.join(", ")
                )
            }
            Self::UnusedSeries { key, used } => write!(
                f,
                "no alarm of the scenario reads `{key}`; its alarms read {}",
                used.join(", ")
            ),
            Self::Length { key, steps, wanted } => write!(
                f,
                "`{key}` has {steps} steps, others have {wanted}; all series and expectations are equally long"
            ),
            Self::Step { alarm, period } => write!(
                f,
                "the alarm `{alarm}` has a period of {period}, which is no multiple of the scenario's step"
            ),
        }
    }
}

impl std::error::Error for Unfit {}

#[cfg(test)]
mod tests;
