//! Runs that the sensor API has read, so that a warm ingestion reads nothing.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use uuid::Uuid;

use crate::domain::{Lease, Run, Status, Timestamp};

/// How long a run counts as running after it was read. For this long after its end, readings
/// may still be taken.
const TIME_TO_LIVE: Duration = Duration::from_secs(2);
/// Most entries; there are never more than 50 running, so this is never the limit.
const CAPACITY: usize = 256;

/// Runs that were running when they were last read, for two seconds and never past their
/// lease. Only good news is kept: an unknown or ended run is read again each time.
#[derive(Debug, Default)]
pub(super) struct RunCache(Mutex<HashMap<Uuid, CachedRun>>);

#[derive(Debug)]
struct CachedRun {
    username: String,
    lease: Lease,
    renewing: bool,
    from: Timestamp,
    until: Timestamp,
}

impl CachedRun {
    /// False before `from` too: a clock that was set back must not make an entry last.
    fn is_fresh(&self, now: Timestamp) -> bool {
        (self.from..self.until).contains(&now)
    }
}

impl RunCache {
    /// The user of a run that is known to be running.
    pub(super) fn username(&self, id: Uuid, now: Timestamp) -> Option<String> {
        let runs = self.locked();
        runs.get(&id)
            .filter(|entry| entry.is_fresh(now))
            .map(|entry| entry.username.clone())
    }

    /// Keeps a run that was read at `now`, if it is running.
    pub(super) fn insert(&self, run: &Run, lease: Lease, now: Timestamp) {
        if run.status != Status::Running {
            return;
        }
        let entry = CachedRun {
            username: run.username.clone(),
            lease,
            renewing: false,
            from: now,
            until: run.lease_ends_at.min(now + TIME_TO_LIVE),
        };
        let mut runs = self.locked();
        if runs.len() >= CAPACITY {
            runs.retain(|_, entry| entry.is_fresh(now));
        }
        // While its lease is being renewed, nobody else is to do that.
        let renewing = runs.get(&run.id).is_some_and(|entry| entry.renewing);
        if runs.len() < CAPACITY {
            runs.insert(run.id, CachedRun { renewing, ..entry });
        }
    }

    /// The lease of a run that a reading at `now` is to renew, and the end that it is to have.
    /// Whoever gets it renews it, then calls [`Self::remove`]; nobody else gets it until then.
    pub(super) fn renewal(&self, id: Uuid, now: Timestamp) -> Option<(Lease, Timestamp)> {
        let mut runs = self.locked();
        let entry = runs.get_mut(&id).filter(|entry| !entry.renewing)?;
        let end = entry.lease.renewed(now)?;
        entry.renewing = true;
        Some((entry.lease, end))
    }

    /// Removes a run, so that it is read again.
    pub(super) fn remove(&self, id: Uuid) {
        self.locked().remove(&id);
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Uuid, CachedRun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + millis)
    }

    fn run(id: u128, status: Status, lease_ends_at: Timestamp) -> Run {
        fixture(Uuid::from_u128(id), status, lease_ends_at)
    }

    fn insert(cache: &RunCache, run: &Run, now: Timestamp) {
        cache.insert(run, run.lease(Duration::ZERO), now);
    }

    #[test]
    fn keeps_a_run_for_two_seconds_and_never_past_its_lease() {
        let cache = RunCache::default();
        insert(&cache, &run(1, Status::Running, at(60_000)), at(0));
        insert(&cache, &run(2, Status::Running, at(500)), at(0));
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
                cache.username(Uuid::from_u128(id), at(now)).is_some(),
                expected,
                "{id} at {now}"
            );
        }
    }

    #[test]
    fn keeps_no_ended_run_and_stays_bounded() {
        let cache = RunCache::default();
        insert(&cache, &run(1, Status::Completed, at(60_000)), at(0));
        assert_eq!(cache.username(Uuid::from_u128(1), at(0)), None);
        for id in 0..2_000 {
            insert(&cache, &run(id, Status::Running, at(60_000)), at(0));
        }
        assert_eq!(cache.0.lock().unwrap().len(), CAPACITY);
        insert(&cache, &run(9_999, Status::Running, at(60_000)), at(5_000));
        assert_eq!(cache.0.lock().unwrap().len(), 1);
    }

    #[test]
    fn one_reading_at_a_time_renews_a_lease() {
        let cache = RunCache::default();
        let run = run(1, Status::Running, at(60_000));
        // Past the planned end of one second.
        let now = at(2_000);
        insert(&cache, &run, now);
        assert_eq!(cache.renewal(run.id, at(500)), None, "not due");
        let (lease, end) = cache.renewal(run.id, now).unwrap();
        assert_eq!((lease.ends_at, end), (at(60_000), now + lease.patience()));
        assert_eq!(cache.renewal(run.id, now), None, "under way");
        insert(&cache, &run, now);
        assert_eq!(cache.renewal(run.id, now), None, "still under way");
        cache.remove(run.id);
        assert_eq!(cache.renewal(run.id, now), None, "to be read again");
        insert(&cache, &run, now);
        assert!(cache.renewal(run.id, now).is_some());
    }
}
