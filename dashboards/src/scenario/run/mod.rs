//! Plays a scenario: feeds its series to the evaluator, step by step.

use std::collections::BTreeSet;

use telemetry::Namespace;

use super::file::{Scenario, Times};
use super::notation::StepState;
use super::series::Series;
use crate::evaluate::{Monitor, Status, Window};
use crate::model::State;
use crate::model::alarm::{Alarm, AlarmKind};
use crate::model::{CompositeAlarm, MetricQuery, Period, Severity};

/// What became of a scenario.
#[derive(Clone, Debug)]
pub struct ScenarioOutcome {
    /// What became of each alarm that something is expected of.
    pub outcomes: Vec<Outcome>,
    /// How often somebody heard of an alarm, by severity.
    pub notified: Vec<NotificationCount>,
}

/// How often the alarms of one severity notified in one scenario.
#[derive(Clone, Debug)]
pub struct NotificationCount {
    /// The name of the severity.
    pub severity: String,
    /// How often was expected.
    pub expected: Times,
    /// Each time: the alarm, and the second since the beginning.
    pub got: Vec<(String, i64)>,
}

impl NotificationCount {
    /// Whether it was as often as expected.
    pub fn passed(&self) -> bool {
        self.expected.allows(self.got.len())
    }
}

/// What became of one alarm in one scenario.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The alarm's id.
    pub alarm: String,
    /// What was expected, step by step.
    pub expected: Vec<StepState>,
    /// What happened.
    pub got: Vec<StepState>,
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// There is no alarm with this id.
    #[error("there is no alarm `{id}`; there are {}", known.join(", "))]
    UnknownAlarm {
        /// The id.
        id: String,
        /// The ids there are.
        known: Vec<String>,
    },
    /// No alarm of the scenario reads this series.
    #[error("no alarm of the scenario reads `{key}`; its alarms read {}", used.join(", "))]
    UnusedSeries {
        /// The series.
        key: String,
        /// The series that are read.
        used: Vec<String>,
    },
    /// A series or an expectation is not as long as the longest series.
    #[error(
        "`{key}` has {steps} steps, others have {wanted}; all series and expectations are equally \
         long"
    )]
    Length {
        /// The series or the alarm.
        key: String,
        /// How many steps it has.
        steps: usize,
        /// How many it should have.
        wanted: usize,
    },
    /// There is no such severity.
    #[error("there is no severity `{name}`; there are {}", Severity::ALL.map(Severity::name).join(", "))]
    Severity {
        /// The name, as written.
        name: String,
    },
    /// An alarm's period is not a multiple of the step.
    #[error(
        "the alarm `{alarm}` has a period of {period}, which is no multiple of the scenario's step"
    )]
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
/// depend on; on all of them if it counts notifications. Time begins at 0; metrics without a
/// series have no data.
///
/// # Errors
/// [`ScenarioError`] if the scenario and the alarms do not fit together.
pub fn run(scenario: &Scenario, alarms: &[Alarm]) -> Result<ScenarioOutcome, ScenarioError> {
    let involved = involved(scenario, alarms)?;
    let data = Data::new(scenario, &involved)?;
    let steps = steps(scenario)?;
    let mut monitor = Monitor::default();
    let mut outcomes: Vec<_> = scenario.expect.iter().map(outcome).collect();
    let mut notified: Vec<_> = scenario.notify.iter().map(notified).collect();
    let mut now = 0;
    for step in 0..steps {
        now += i64::from(scenario.step.as_seconds());
        monitor.mute(scenario.mute.get(step).copied().unwrap_or(false));
        monitor.evaluate(&involved, now, &|query, window| {
            data.statistic(query, window)
        });
        for outcome in &mut outcomes {
            if let Some(status) = monitor.status(&outcome.alarm) {
                outcome.observe(step, status);
            }
        }
        for notified in &mut notified {
            notified.observe(now, &involved, &monitor);
        }
    }
    Ok(ScenarioOutcome { outcomes, notified })
}

fn notified((severity, expected): (&String, &Times)) -> NotificationCount {
    NotificationCount {
        severity: severity.clone(),
        expected: expected.clone(),
        got: Vec::new(),
    }
}

impl NotificationCount {
    fn observe(&mut self, now: i64, alarms: &[Alarm], monitor: &Monitor) {
        let of_severity = alarms
            .iter()
            .filter(|alarm| alarm.severity.name() == self.severity);
        for alarm in of_severity {
            let status = monitor.status(&alarm.id);
            let last = status.and_then(|status| status.notifications.back());
            if last.is_some_and(|last| last.at == now && last.state == State::Alarm) {
                self.got.push((alarm.id.to_string(), now));
            }
        }
    }
}

fn outcome((alarm, expected): (&String, &Vec<StepState>)) -> Outcome {
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
            Some(_) => StepState::Suppressed,
            None => StepState::State(status.state),
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
fn involved(scenario: &Scenario, alarms: &[Alarm]) -> Result<Vec<Alarm>, ScenarioError> {
    let unknown = |name: &&String| !Severity::ALL.iter().any(|known| known.name() == *name);
    if let Some(severity) = scenario.notify.keys().find(unknown) {
        return Err(ScenarioError::Severity {
            name: severity.clone(),
        });
    }
    let find = |id: &str| {
        let known = || alarms.iter().map(|alarm| alarm.id.to_string()).collect();
        let alarm = alarms.iter().find(|alarm| alarm.id == id);
        alarm.ok_or_else(|| ScenarioError::UnknownAlarm {
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
    let all = !scenario.notify.is_empty();
    let wanted = |alarm: &&Alarm| all || wanted.contains(alarm.id.as_ref());
    Ok(alarms.iter().filter(wanted).cloned().collect())
}

fn steps(scenario: &Scenario) -> Result<usize, ScenarioError> {
    let series = scenario
        .series
        .iter()
        .map(|(key, series)| (key, series.len()));
    let expected = scenario
        .expect
        .iter()
        .map(|(key, expected)| (key, expected.len()));
    let muted = [("mute", scenario.mute.len())].into_iter();
    let muted = muted.filter(|(_, steps)| *steps > 0);
    let mut lengths = series
        .chain(expected)
        .map(|(key, steps)| (key.as_str(), steps))
        .chain(muted);
    let Some((_, wanted)) = lengths.next() else {
        return Ok(0);
    };
    match lengths.find(|(_, steps)| *steps != wanted) {
        Some((key, steps)) => Err(ScenarioError::Length {
            key: key.to_owned(),
            steps,
            wanted,
        }),
        None => Ok(wanted),
    }
}

/// The series of a scenario, found by query.
struct Data<'a> {
    step: i64,
    series: Vec<(MetricQuery, Series<'a>)>,
}

impl<'a> Data<'a> {
    fn new(scenario: &'a Scenario, alarms: &[Alarm]) -> Result<Self, ScenarioError> {
        let mut used = BTreeSet::new();
        let mut series = Vec::new();
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
                    return Err(ScenarioError::Step {
                        alarm: alarm.id.to_string(),
                        period,
                    });
                }
                let key = series_key(query);
                if let Some(steps) = scenario.series.get(&key)
                    && used.insert(key.clone())
                {
                    series.push((*query, Series::new(steps)));
                }
                used.insert(key);
            }
        }
        match scenario.series.keys().find(|key| !used.contains(*key)) {
            None => Ok(Self {
                step: i64::from(scenario.step.as_seconds()),
                series,
            }),
            Some(key) => Err(ScenarioError::UnusedSeries {
                key: key.clone(),
                used: used.into_iter().collect(),
            }),
        }
    }

    fn statistic(&self, query: &MetricQuery, window: Window) -> Option<f64> {
        let same = |(known, _): &&(MetricQuery, Series<'_>)| {
            known.metric.name == query.metric.name
                && known.metric.namespace == query.metric.namespace
                && known.selection == query.selection
        };
        let (_, series) = self.series.iter().find(same)?;
        let step = |second: i64| usize::try_from((second / self.step).max(0)).unwrap_or(usize::MAX);
        series.statistic(step(window.start), step(window.end), query.statistic)
    }
}

#[cfg(test)]
mod tests;
