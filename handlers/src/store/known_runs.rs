//! What the sensor API knows about runs, so that a warm ingestion reads nothing.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use uuid::Uuid;

use crate::domain::{Lease, Run, Status, Timestamp};

/// How long a run counts as running after it was read. For this long after its end, readings
/// may still be taken.
const KNOWN_FOR: Duration = Duration::from_secs(2);
/// Runs that are known at most; there are never more than 50 running, so this is never the limit.
const CAPACITY: usize = 256;

/// Runs that were running when they were last read, for two seconds and never past their
/// lease. Only good news is kept: an unknown or ended run is read again each time.
#[derive(Debug, Default)]
pub(super) struct KnownRuns(Mutex<HashMap<Uuid, Known>>);

#[derive(Debug)]
struct Known {
    username: String,
    lease: Lease,
    renewing: bool,
    from: Timestamp,
    until: Timestamp,
}

impl Known {
    /// False before `from` too: a clock that was set back must not make knowledge last.
    fn holds_at(&self, now: Timestamp) -> bool {
        (self.from..self.until).contains(&now)
    }
}

impl KnownRuns {
    /// The user of a run that is known to be running.
    pub(super) fn user_of(&self, id: Uuid, now: Timestamp) -> Option<String> {
        let runs = self.locked();
        runs.get(&id)
            .filter(|known| known.holds_at(now))
            .map(|known| known.username.clone())
    }

    /// Remembers a run that was read at `now`.
    pub(super) fn remember(&self, run: &Run, lease: Lease, now: Timestamp) {
        if run.status != Status::Running {
            return;
        }
        let known = Known {
            username: run.username.clone(),
            lease,
            renewing: false,
            from: now,
            until: run.lease_ends_at.min(now + KNOWN_FOR),
        };
        let mut runs = self.locked();
        if runs.len() >= CAPACITY {
            runs.retain(|_, known| known.holds_at(now));
        }
        // While its lease is being renewed, nobody else is to do that.
        let renewing = runs.get(&run.id).is_some_and(|known| known.renewing);
        if runs.len() < CAPACITY {
            runs.insert(run.id, Known { renewing, ..known });
        }
    }

    /// The lease of a run that a reading at `now` is to renew, and the end that it is to have.
    /// Whoever is told renews it, then calls [`Self::forget`]; nobody else is told until then.
    pub(super) fn renewal(&self, id: Uuid, now: Timestamp) -> Option<(Lease, Timestamp)> {
        let mut runs = self.locked();
        let known = runs.get_mut(&id).filter(|known| !known.renewing)?;
        let end = known.lease.renewed(now)?;
        known.renewing = true;
        Some((known.lease, end))
    }

    /// Forgets a run, so that it is read again.
    pub(super) fn forget(&self, id: Uuid) {
        self.locked().remove(&id);
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Uuid, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + millis)
    }

    fn run(id: u128, status: Status, lease_ends_at: Timestamp) -> Run {
        Run {
            id: Uuid::from_u128(id),
            username: "bob".into(),
            status,
            started_at: at(0),
            finished_at: None,
            duration: 1,
            interval: 1,
            params: Map::new(),
            error_message: None,
            stats: None,
            lease_ends_at,
        }
    }

    fn remember(known: &KnownRuns, run: &Run, now: Timestamp) {
        known.remember(run, run.lease(Duration::ZERO), now);
    }

    #[test]
    fn knows_for_two_seconds_and_never_past_the_lease() {
        let known = KnownRuns::default();
        remember(&known, &run(1, Status::Running, at(60_000)), at(0));
        remember(&known, &run(2, Status::Running, at(500)), at(0));
        for (id, now, expected) in [
            (1, 0, true),
            (1, 1_999, true),
            (1, 2_000, false),
            (1, -1, false),
            (2, 499, true),
            (2, 500, false),
            (3, 0, false),
        ] {
            assert_eq!(
                known.user_of(Uuid::from_u128(id), at(now)).is_some(),
                expected,
                "{id} at {now}"
            );
        }
    }

    #[test]
    fn remembers_no_ended_run_and_stays_bounded() {
        let known = KnownRuns::default();
        remember(&known, &run(1, Status::Completed, at(60_000)), at(0));
        assert_eq!(known.user_of(Uuid::from_u128(1), at(0)), None);
        for id in 0..2_000 {
            remember(&known, &run(id, Status::Running, at(60_000)), at(0));
        }
        assert_eq!(known.0.lock().unwrap().len(), CAPACITY);
        remember(&known, &run(9_999, Status::Running, at(60_000)), at(5_000));
        assert_eq!(known.0.lock().unwrap().len(), 1);
    }
}
