//! The alarms of the library, judged on this system's own events and on what it
//! [knows](aws_metrics) of what AWS would publish about it.
//!
//! An alarm on anything else of AWS's has nothing to watch on a laptop and is not judged:
//! [`Alarms::unwatched`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dashboards::evaluate::{Lookup, Monitor, Status, Transition};
use dashboards::model::State;
use dashboards::model::alarm::{Alarm, AlarmKind};
use dashboards::model::{Library, MetricQuery, Severity, Statistic};
use jiff::Timestamp;
use serde_json::Value;
use telemetry::Namespace;
use tokio::time::{Instant, MissedTickBehavior};

use crate::aws_metrics;
use crate::observations::{Change, Observations};
use crate::requests::{Request, observed};

/// How often it is seen to which alarms are due: each of them is once a minute or hour.
const EVERY: Duration = Duration::from_secs(10);
/// When they are judged first.
const FIRST: Duration = Duration::from_secs(2);

/// The alarms and their states. A clone is the same ones.
#[derive(Clone, Debug)]
pub(crate) struct Alarms {
    library: Arc<Library>,
    monitor: Arc<Mutex<Monitor>>,
}

impl Alarms {
    pub(crate) fn new(library: Arc<Library>) -> Self {
        Self {
            library,
            monitor: Arc::default(),
        }
    }

    /// Takes over what is known of earlier changes; those of alarms that are no more are
    /// passed over.
    pub(crate) fn remember(&self, changes: Vec<Change>) {
        let mut monitor = self.monitor.lock().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            let (from, to) = (State::from_name(&change.from), State::from_name(&change.to));
            let known = self.named(&change.alarm).is_some();
            if let (true, Some(from), Some(to)) = (known, from, to) {
                let Change {
                    alarm, at, reason, ..
                } = change;
                monitor.remember(
                    &alarm,
                    Transition {
                        at,
                        from,
                        to,
                        reason,
                    },
                );
            }
        }
    }

    /// Every alarm that is watched here, and its state; none before the first evaluation.
    pub(crate) fn watched(&self) -> Vec<(&Alarm, Option<Status>)> {
        let monitor = self.monitor.lock().unwrap_or_else(PoisonError::into_inner);
        let watched = self.library.alarms.iter().filter(|alarm| is_watched(alarm));
        watched
            .map(|alarm| (alarm, monitor.status(&alarm.id).cloned()))
            .collect()
    }

    /// Those of [`watched`](Self::watched) that are not merely parts of another one.
    pub(crate) fn whole(&self) -> Vec<(&Alarm, Option<Status>)> {
        let mut watched = self.watched();
        watched.retain(|(alarm, _)| !self.is_part(alarm));
        watched
    }

    /// Every alarm that has nothing to watch on a laptop.
    pub(crate) fn unwatched(&self) -> impl Iterator<Item = &Alarm> {
        self.library
            .alarms
            .iter()
            .filter(|alarm| !is_watched(alarm))
    }

    /// Whether a composite alarm is about it, so that nobody hears of it by itself.
    pub(crate) fn is_part(&self, alarm: &Alarm) -> bool {
        let mut parts = self.library.alarms.iter().flat_map(|all| self.parts(all));
        parts.any(|part| part.id == alarm.id)
    }

    /// The alarm with this id.
    pub(crate) fn named(&self, id: &str) -> Option<&Alarm> {
        self.library.alarms.iter().find(|alarm| alarm.id == id)
    }

    /// The alarms that a composite alarm is about, in the order of its rule.
    pub(crate) fn parts<'a>(&'a self, alarm: &'a Alarm) -> impl Iterator<Item = &'a Alarm> {
        let children = match &alarm.kind {
            AlarmKind::Composite(composite) => composite.rule.children(),
            _ => Vec::new(),
        };
        children.into_iter().filter_map(|id| self.named(id))
    }

    /// Seconds that an alarm looks back; of a composite, its parts.
    pub(crate) fn window(&self, alarm: &Alarm) -> i64 {
        match &alarm.kind {
            AlarmKind::Metric(metric) => i64::from(metric.window().as_seconds()),
            _ => {
                let parts = self.parts(alarm).map(|part| self.window(part));
                parts.max().unwrap_or_default()
            }
        }
    }

    /// Whether a request is one of those that make the alarm fire: it has something of each
    /// metric that this watches.
    pub(crate) fn counts(&self, alarm: &Alarm, request: &Request) -> bool {
        match &alarm.kind {
            AlarmKind::Metric(metric) => {
                let queries = metric.expression.metrics();
                queries.into_iter().all(|query| has(request, query))
            }
            _ => {
                let mut parts = self.parts(alarm);
                parts.any(|part| self.counts(part, request))
            }
        }
    }

    /// Judges the alarms on what is observed, until it is aborted.
    pub(crate) async fn watch(self, observed: Observations) {
        // The schedule's first event comes before the first verdict.
        let mut interval = tokio::time::interval_at(Instant::now() + FIRST, EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            let (alarms, observed) = (self.clone(), observed.clone());
            let judging = tokio::task::spawn_blocking(move || {
                let events = observed.events();
                let changes = alarms.judge(Timestamp::now().as_second(), &|query, window| {
                    events.statistic(query, window)
                });
                drop(events);
                changes
                    .into_iter()
                    .for_each(|change| observed.alarm_changed(change));
            });
            if let Err(error) = judging.await {
                tracing::error!(%error, "the alarms could not be judged");
            }
        }
    }

    /// Judges the alarms at `now`, in seconds since 1970, on what `lookup` finds; the states
    /// that have changed.
    fn judge(&self, now: i64, lookup: &Lookup<'_>) -> Vec<Change> {
        let watched = self.library.alarms.iter().filter(|alarm| is_watched(alarm));
        let watched: Vec<Alarm> = watched.cloned().collect();
        // Looking up takes longer than a page may have to wait for the states.
        let mut next = self
            .monitor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        next.evaluate(&watched, now, lookup);
        let changed = watched.iter().filter_map(|alarm| {
            let newest = next.status(&alarm.id)?.history.back()?;
            (newest.at == now).then(|| Change {
                alarm: alarm.id.to_string(),
                at: now,
                from: newest.from.name().to_owned(),
                to: newest.to.name().to_owned(),
                reason: newest.reason.clone(),
            })
        });
        let changed = changed.collect();
        *self.monitor.lock().unwrap_or_else(PoisonError::into_inner) = next;
        changed
    }
}

/// Whether somebody hears of it now.
pub(crate) fn notifies(status: &Status) -> bool {
    status.state == State::Alarm && status.suppressed_by.is_none()
}

fn has(request: &Request, query: &MetricQuery) -> bool {
    // An alarm on what is within a limit fires for what is not; in a number of values, each counts.
    let limit = match query.statistic {
        Statistic::PercentileRank(limit) => limit,
        Statistic::SampleCount => f64::NEG_INFINITY,
        _ => 0.0,
    };
    let is_of = |event: &Value| {
        let mut dimensions = query.dimensions();
        dimensions
            .all(|(dimension, value)| value.is_none_or(|value| event[dimension.name] == value))
    };
    let mut events = request.events.iter().filter(|event| is_of(event));
    events.any(|event| observed(event, query.metric.name).any(|value| value > limit))
}

/// Whether this process knows everything that the alarm watches.
fn is_watched(alarm: &Alarm) -> bool {
    // Nobody outside of this process waits for the heartbeat.
    alarm.severity != Severity::Heartbeat && is_known(alarm)
}

fn is_known(alarm: &Alarm) -> bool {
    match &alarm.kind {
        AlarmKind::Composite(_) => true,
        AlarmKind::Metric(metric) => metric.expression.metrics().into_iter().all(|query| {
            query.metric.namespace == Namespace::Application || aws_metrics::is_known(query)
        }),
        _ => false,
    }
}
