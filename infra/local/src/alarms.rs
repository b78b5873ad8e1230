//! The alarms of the library, judged on this system's own events.
//!
//! An alarm on metrics that AWS publishes (of Lambda, API Gateway or the tables) has nothing
//! to watch on a laptop; [`Alarms::is_watched`] says so.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dashboards::evaluate::{Lookup, Monitor, Status};
use dashboards::model::alarm::{Alarm, AlarmKind};
use dashboards::model::{Library, Severity};
use jiff::Timestamp;
use telemetry::Namespace;
use tokio::time::{Instant, MissedTickBehavior};

use crate::observed::Observed;

/// How often alarms are judged; CloudWatch does it once a minute.
pub(crate) const EVERY: Duration = Duration::from_secs(10);
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

    /// Every alarm that is watched here, and its state; none before the first evaluation.
    pub(crate) fn watched(&self) -> Vec<(&Alarm, Option<Status>)> {
        let monitor = self.monitor.lock().unwrap_or_else(PoisonError::into_inner);
        let watched = self.library.alarms.iter().filter(|alarm| is_watched(alarm));
        watched
            .map(|alarm| (alarm, monitor.status(&alarm.id).cloned()))
            .collect()
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
        self.library.alarms.iter().any(|other| match &other.kind {
            AlarmKind::Composite(composite) => {
                composite.rule.children().contains(&alarm.id.as_ref())
            }
            AlarmKind::Metric(_) => false,
        })
    }

    /// Judges the alarms on what is observed, until it is aborted.
    pub(crate) async fn watch(self, observed: Observed) {
        // The schedule's first event comes before the first verdict.
        let mut interval = tokio::time::interval_at(Instant::now() + FIRST, EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            let (alarms, observed) = (self.clone(), observed.clone());
            let judging = tokio::task::spawn_blocking(move || {
                let events = observed.events();
                alarms.judge(Timestamp::now().as_second(), &|query, window| {
                    events.statistic(query, window)
                });
            });
            if let Err(error) = judging.await {
                tracing::error!(%error, "the alarms could not be judged");
            }
        }
    }

    /// Judges the alarms at `now`, in seconds since 1970, on what `lookup` finds.
    fn judge(&self, now: i64, lookup: &Lookup<'_>) {
        let watched = self.library.alarms.iter().filter(|alarm| is_watched(alarm));
        let watched: Vec<Alarm> = watched.cloned().collect();
        // Looking up takes longer than a page may have to wait for the states.
        let mut next = self
            .monitor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        next.evaluate(&watched, now, lookup);
        *self.monitor.lock().unwrap_or_else(PoisonError::into_inner) = next;
    }
}

/// Whether this system's own events have what the alarm watches.
fn is_watched(alarm: &Alarm) -> bool {
    // Nobody outside of this process waits for the heartbeat.
    alarm.severity != Severity::Heartbeat && watches_own_events(alarm)
}

fn watches_own_events(alarm: &Alarm) -> bool {
    match &alarm.kind {
        AlarmKind::Composite(_) => true,
        AlarmKind::Metric(metric) => metric
            .expression
            .metrics()
            .iter()
            .all(|query| query.metric.namespace == Namespace::Application),
    }
}
