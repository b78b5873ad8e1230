//! How long a run holds its place: docs/store.md has the rule and its reasons.

use std::time::Duration;

use super::{Timestamp, limits};

/// The lease of a run, and what of the run decides how long it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// When the run counts as abandoned.
    pub ends_at: Timestamp,
    /// When the run is to end: its start and its duration.
    pub planned_end: Timestamp,
    /// When the lease ended as it was at the start.
    pub first_end: Timestamp,
    /// Seconds between two readings of a sensor.
    pub interval: u32,
}

impl Lease {
    /// The lease of a run that starts: until its planned end and `grace`, or two intervals, so
    /// that a run that is fed can show it after its planned end.
    pub(crate) fn at_start(
        started_at: Timestamp,
        duration: u32,
        interval: u32,
        grace: Duration,
    ) -> Self {
        let planned_end = started_at + Duration::from_secs(duration.into());
        let two_intervals = Duration::from_secs(interval.into()) * 2;
        let first_end = planned_end + grace.max(two_intervals);
        Self {
            ends_at: first_end,
            planned_end,
            first_end,
            interval,
        }
    }

    /// How long the run may be silent.
    pub fn patience(&self) -> Duration {
        let intervals = Duration::from_secs(self.interval.into()) * limits::SILENT_INTERVALS;
        intervals.max(limits::SILENCE)
    }

    /// True once silence has cut this lease, until readings have made it as long again.
    fn is_cut(&self) -> bool {
        self.ends_at < self.first_end
    }

    /// The end that a reading at `now` gives this lease, if it is to be written: once a minute,
    /// after the planned end or while the lease is cut.
    pub(crate) fn renewed(&self, now: Timestamp) -> Option<Timestamp> {
        let rolls = self.is_cut() || now >= self.planned_end;
        let end = now + self.patience();
        (rolls && now < self.ends_at && end >= self.ends_at + limits::RENEWAL).then_some(end)
    }

    /// The end that silence gives this lease, if that is before the planned end. `newest` is when
    /// the run was last heard of, its start included.
    pub(crate) fn cut(&self, newest: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let half = self.patience() / 2;
        let end = (newest + self.patience()).max(now + half);
        let silent = now >= newest + half;
        (silent && !self.is_cut() && end < self.planned_end).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000) + Duration::from_secs(seconds)
    }

    fn lease(duration: u32, interval: u32) -> Lease {
        Lease::at_start(at(0), duration, interval, Duration::from_secs(120))
    }

    #[test]
    fn lasts_for_the_grace_or_two_intervals_after_the_planned_end() {
        assert_eq!(lease(60, 5).ends_at, at(60 + 120));
        assert_eq!(lease(60, 3_600).ends_at, at(60 + 7_200));
    }

    #[test]
    fn is_patient_for_four_intervals_and_at_least_five_minutes() {
        assert_eq!(lease(60, 1).patience(), Duration::from_secs(300));
        assert_eq!(lease(60, 75).patience(), Duration::from_secs(300));
        assert_eq!(lease(60, 76).patience(), Duration::from_secs(304));
    }

    #[test]
    fn is_renewed_once_a_minute_and_not_before_the_planned_end() {
        let mut lease = lease(60, 1);
        assert_eq!(lease.renewed(at(59)), None);
        assert_eq!(lease.renewed(at(60)), Some(at(360)));
        lease.ends_at = at(360);
        assert_eq!(lease.renewed(at(119)), None);
        assert_eq!(lease.renewed(at(120)), Some(at(420)));
        assert_eq!(lease.renewed(at(360)), None, "it is over");
    }

    #[test]
    fn silence_cuts_it_once_and_a_reading_lets_it_roll() {
        let mut lease = lease(3_600, 1);
        assert_eq!(lease.cut(at(0), at(149)), None);
        assert_eq!(lease.cut(at(0), at(150)), Some(at(300)));
        assert_eq!(lease.cut(at(0), at(200)), Some(at(350)), "a late tick");
        lease.ends_at = at(300);
        assert_eq!(lease.cut(at(0), at(200)), None);
        assert_eq!(lease.renewed(at(59)), None);
        assert_eq!(lease.renewed(at(290)), Some(at(590)));
    }

    #[test]
    fn a_cut_lease_rolls_on_until_it_is_as_long_as_it_was() {
        let mut lease = lease(600, 1);
        lease.ends_at = at(600);
        assert_eq!(lease.renewed(at(400)), Some(at(700)));
        lease.ends_at = at(700);
        assert_eq!(lease.renewed(at(470)), Some(at(770)));
        lease.ends_at = at(770);
        assert_eq!(lease.renewed(at(599)), None, "it outlasts the grace");
    }

    #[test]
    fn silence_cuts_no_lease_whose_run_is_to_end_before_that() {
        assert_eq!(lease(300, 1).cut(at(0), at(150)), None);
        assert_eq!(lease(301, 1).cut(at(0), at(150)), Some(at(300)));
    }
}
