//! Whether a composite alarm may act while a suppressor holds it back.
//!
//! A suppressor in ALARM keeps a composite alarm from notifying; its state changes all
//! the same. Because the two alarms do not change at the same moment, the composite
//! waits a while for the suppressor to fire, and a while more after it has recovered.

use crate::model::Period;
use crate::model::State;
use crate::model::alarm::Suppressor;

/// What holds back the actions of a composite alarm, in CloudWatch's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressedBy {
    /// The suppressor may still fire.
    WaitPeriod,
    /// The suppressor is in ALARM.
    Alarm,
    /// The suppressor has just recovered.
    ExtensionPeriod,
}

/// Follows a composite alarm and its suppressor over time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Suppression {
    in_alarm_since: Option<i64>,
    suppressor_left: Option<i64>,
    suppressor: State,
}

impl Suppression {
    /// Takes the states at `now` (seconds) and says what holds back the actions, those on
    /// recovery included; `None` if nothing does.
    pub fn observe(
        &mut self,
        now: i64,
        composite: State,
        state: State,
        by: &Suppressor,
    ) -> Option<SuppressedBy> {
        if self.suppressor == State::Alarm && state != State::Alarm {
            self.suppressor_left = Some(now);
        }
        self.suppressor = state;
        match composite {
            State::Alarm => self.in_alarm_since = self.in_alarm_since.or(Some(now)),
            _ => self.in_alarm_since = None,
        }
        let within = |start: Option<i64>, length: Period| {
            start.is_some_and(|start| now < start + i64::from(length.as_seconds()))
        };
        if state == State::Alarm {
            Some(SuppressedBy::Alarm)
        } else if within(self.suppressor_left, by.extension) {
            Some(SuppressedBy::ExtensionPeriod)
        } else if within(self.in_alarm_since, by.wait) {
            Some(SuppressedBy::WaitPeriod)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use State::{Alarm, Ok};

    const BY: Suppressor = Suppressor {
        alarm: std::borrow::Cow::Borrowed("other"),
        wait: Period::minutes(2),
        extension: Period::minutes(1),
    };

    /// One observation a minute.
    fn follow(states: &[(State, State)]) -> Vec<Option<SuppressedBy>> {
        let mut suppression = Suppression::default();
        let minutes = (0..).step_by(60).zip(states);
        minutes
            .map(|(now, (composite, suppressor))| {
                suppression.observe(now, *composite, *suppressor, &BY)
            })
            .collect()
    }

    #[test]
    fn acts_when_the_wait_is_over_and_the_suppressor_stayed_quiet() {
        let held = follow(&[(Ok, Ok), (Alarm, Ok), (Alarm, Ok), (Alarm, Ok)]);
        let wait = Some(SuppressedBy::WaitPeriod);
        assert_eq!(held, [None, wait, wait, None]);
    }

    #[test]
    fn is_held_while_the_suppressor_alarms_and_for_the_extension() {
        let held = follow(&[
            (Alarm, Ok),
            (Alarm, Alarm),
            (Alarm, Alarm),
            (Alarm, Ok),
            (Alarm, Ok),
        ]);
        let expected = [
            Some(SuppressedBy::WaitPeriod),
            Some(SuppressedBy::Alarm),
            Some(SuppressedBy::Alarm),
            Some(SuppressedBy::ExtensionPeriod),
            None,
        ];
        assert_eq!(held, expected);
    }

    #[test]
    fn recovery_is_held_as_well() {
        let held = follow(&[(Ok, Alarm), (Ok, Ok), (Ok, Ok)]);
        let expected = [
            Some(SuppressedBy::Alarm),
            Some(SuppressedBy::ExtensionPeriod),
            None,
        ];
        assert_eq!(held, expected);
    }

    #[test]
    fn waits_anew_each_time_it_alarms() {
        let held = follow(&[(Alarm, Ok), (Ok, Ok), (Alarm, Ok), (Alarm, Ok), (Alarm, Ok)]);
        let wait = Some(SuppressedBy::WaitPeriod);
        assert_eq!(held, [wait, None, wait, wait, None]);
    }
}
