//! Alarms over time: states, why they are so, and how they came to be.

use std::collections::{HashMap, HashSet, VecDeque};

use super::expression::{Lookup, Values, Window, values};
use super::samples::significant_count;
use super::suppression::{SuppressedBy, Suppression};
use super::{points, rule};
use crate::model::State;
use crate::model::alarm::{Alarm, AlarmKind};
use crate::model::{CompositeAlarm, MetricAlarm, Period, Statistic};

/// How many changes of state an alarm remembers.
pub const HISTORY: usize = 100;

/// A change of state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// When, in seconds since 1970.
    pub at: i64,
    /// The state before.
    pub from: State,
    /// The state since.
    pub to: State,
    /// Why, for a person.
    pub reason: String,
}

/// An action that an alarm took: somebody hears that it fires, or that it has recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Of which state: ALARM or OK.
    pub state: State,
}

/// An alarm as it is now.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// Its state.
    pub state: State,
    /// Why, for a person; what the newest evaluation found.
    pub reason: String,
    /// Its last changes of state, the newest last; at most [`HISTORY`].
    pub history: VecDeque<Transition>,
    /// What keeps a composite alarm in ALARM from notifying.
    pub suppressed_by: Option<SuppressedBy>,
    /// Its last actions, the newest last; at most [`HISTORY`]. A part of a composite takes none.
    pub notifications: VecDeque<Notification>,
    /// The state that it has last acted on.
    acted_on: State,
    /// When it was evaluated last, in seconds since 1970; never, if it is a composite alarm.
    pub evaluated: Option<i64>,
    made: Option<i64>,
    /// Whether its warm-up is over.
    warm: bool,
    /// What its state and reason follow from, of a metric alarm; the same again changes neither.
    points: Option<Values>,
    /// The same of a composite alarm.
    children: Option<Vec<State>>,
    suppression: Suppression,
}

impl Status {
    /// Whether CloudWatch evaluates it again: it does so at once, then at intervals.
    fn is_due(&self, now: i64, interval: Period) -> bool {
        let next = |last| last + i64::from(interval.as_seconds());
        self.evaluated.is_none_or(|last| now >= next(last))
    }

    /// Evaluates a metric alarm, if it is time to.
    fn judge(&mut self, alarm: &MetricAlarm, now: i64, lookup: &Lookup<'_>) {
        let made = *self.made.get_or_insert(now);
        if !self.is_due(now, alarm.interval()) {
            return;
        }
        self.evaluated = Some(now);
        if alarm.ignore_low_samples && too_few_samples(alarm, now, lookup) {
            let reason = "too few samples for a percentile".to_owned();
            self.points = None;
            return self.change(now, self.state, reason);
        }
        let length = i64::from(alarm.period.as_seconds());
        let ages = (0..alarm.range()).rev().map(i64::from);
        let ends: Vec<_> = ages.map(|age| now - age * length).collect();
        let points = values(&alarm.expression, &ends, alarm.period, lookup);
        if let Some(longest) = alarm.warm_up.filter(|_| !self.warm) {
            self.warm =
                now >= made + i64::from(longest.as_seconds()) || points::is_full(alarm, &points);
            if !self.warm {
                let reason = format!("warming up, for {longest} at most");
                return self.change(now, State::InsufficientData, reason);
            }
        }
        if self.points.as_ref() != Some(&points) {
            let decision = points::decide(alarm, &points, self.state);
            let (state, reason) = (decision.state, decision.to_string());
            self.change(now, state, reason);
            self.points = Some(points);
        }
    }

    /// Acts on its state, unless it already has.
    fn act(&mut self, at: i64) {
        let acted_on = std::mem::replace(&mut self.acted_on, self.state);
        if acted_on != self.state && self.state != State::InsufficientData {
            let state = self.state;
            append(&mut self.notifications, Notification { at, state });
        }
    }

    fn change(&mut self, at: i64, to: State, reason: String) {
        let from = std::mem::replace(&mut self.state, to);
        if from != to {
            let change = Transition {
                at,
                from,
                to,
                reason: reason.clone(),
            };
            append(&mut self.history, change);
        }
        self.reason = reason;
    }
}

/// Evaluates a set of alarms again and again, and keeps their states.
///
/// ```
/// use dashboards::evaluate::Monitor;
/// use dashboards::model::alarm::{Alarm, MissingData};
/// use dashboards::model::State;
/// use dashboards::model::{Narrow, Threshold};
/// use shop::ORDER_PLACED;
/// use telemetry::DashboardLink;
///
/// let limit = Threshold::above(3.0);
/// let alarms = [
///     Alarm::metric("many-orders", ORDER_PLACED.total().sum(), limit, MissingData::NotBreaching)
///         .ticket(DashboardLink::new("shop-orders", "orders"), "Who packs all that?"),
/// ];
/// let mut monitor = Monitor::default();
/// monitor.evaluate(&alarms, 60, &|_query, _window| Some(5.0));
/// assert_eq!(monitor.state("many-orders"), State::Alarm);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Monitor {
    statuses: HashMap<String, Status>,
    muted: bool,
}

impl Monitor {
    /// Evaluates the alarms at `now` (seconds since 1970) on the data before it.
    ///
    /// Composite alarms come after the alarms they are about. CloudWatch evaluates once
    /// a minute, alarms that look at more than a day once an hour; windows end at `now`, so
    /// the caller chooses their alignment.
    pub fn evaluate(&mut self, alarms: &[Alarm], now: i64, lookup: &Lookup<'_>) {
        for alarm in alarms {
            if !self.statuses.contains_key(alarm.id.as_ref()) {
                self.statuses
                    .insert(alarm.id.to_string(), Status::default());
            }
            match &alarm.kind {
                AlarmKind::Metric(metric) => {
                    if let Some(status) = self.statuses.get_mut(alarm.id.as_ref()) {
                        status.judge(metric, now, lookup);
                    }
                }
                AlarmKind::Composite(composite) => self.join(alarm, composite, now),
            }
        }
        self.act(alarms, now);
    }

    /// Begins or ends a time in which alarms change their states and act on none, as a mute
    /// rule does. When it ends, alarms act on the state that they are in by then.
    pub fn mute(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// Takes over a change of state that was recorded before.
    pub fn remember(&mut self, id: &str, change: Transition) {
        let status = self.statuses.entry(id.to_owned()).or_default();
        status.state = change.to;
        status.reason.clone_from(&change.reason);
        append(&mut status.history, change);
        (status.points, status.children) = (None, None);
    }

    /// The state of the alarm with this id; an unknown one has insufficient data.
    pub fn state(&self, id: &str) -> State {
        self.status(id)
            .map(|status| status.state)
            .unwrap_or_default()
    }

    /// The alarm with this id, if it has been evaluated.
    pub fn status(&self, id: &str) -> Option<&Status> {
        self.statuses.get(id)
    }

    fn join(&mut self, alarm: &Alarm, composite: &CompositeAlarm, now: i64) {
        let children = composite.rule.children();
        let states: Vec<_> = children.iter().map(|id| self.state(id)).collect();
        let holds = rule::holds(&composite.rule, &|id| self.state(id));
        let Some(status) = self.statuses.get_mut(alarm.id.as_ref()) else {
            return;
        };
        if status.children.as_ref() != Some(&states) {
            let state = if holds { State::Alarm } else { State::Ok };
            let pairs = children.iter().zip(&states);
            let pairs: Vec<_> = pairs
                .map(|(id, state)| format!("{id} is {state}"))
                .collect();
            status.change(now, state, pairs.join(", "));
            status.children = Some(states);
        }
    }

    /// Suppressors may come in any order, so this follows when all states are known.
    fn act(&mut self, alarms: &[Alarm], now: i64) {
        let composites = alarms.iter().filter_map(|alarm| match &alarm.kind {
            AlarmKind::Composite(composite) => Some(composite),
            AlarmKind::Metric(_) => None,
        });
        let parts: HashSet<_> = composites
            .flat_map(|composite| composite.rule.parts())
            .collect();
        for alarm in alarms {
            let held = self.suppress(alarm, now);
            let is_part = parts.contains(alarm.id.as_ref());
            let Some(status) = self.statuses.get_mut(alarm.id.as_ref()) else {
                continue;
            };
            status.suppressed_by = held.filter(|_| status.state == State::Alarm);
            if held.is_none() && !is_part && !self.muted {
                status.act(now);
            }
        }
    }

    fn suppress(&mut self, alarm: &Alarm, now: i64) -> Option<SuppressedBy> {
        let AlarmKind::Composite(CompositeAlarm {
            suppressor: Some(suppressor),
            ..
        }) = &alarm.kind
        else {
            return None;
        };
        let suppressing = self.state(&suppressor.alarm);
        let status = self.statuses.get_mut(alarm.id.as_ref())?;
        let state = status.state;
        status
            .suppression
            .observe(now, state, suppressing, suppressor)
    }
}

/// Keeps the newest [`HISTORY`].
fn append<T>(newest: &mut VecDeque<T>, one: T) {
    if newest.len() == HISTORY {
        newest.pop_front();
    }
    newest.push_back(one);
}

/// Whether a percentile of the alarm lacks the samples to mean something, over all the
/// periods that are evaluated.
fn too_few_samples(alarm: &MetricAlarm, now: i64, lookup: &Lookup<'_>) -> bool {
    let window = Window::ending(now, alarm.window());
    alarm.expression.metrics().into_iter().any(|query| {
        let Statistic::Percentile(percent) = query.statistic else {
            return false;
        };
        let mut samples = *query;
        samples.statistic = Statistic::SampleCount;
        lookup(&samples, window).unwrap_or(0.0) < significant_count(percent)
    })
}

#[cfg(test)]
mod tests;
