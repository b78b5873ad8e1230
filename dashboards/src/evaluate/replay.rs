//! Alarms on what has happened already: which would have fired, when and why.

use super::{Lookup, Monitor};
use crate::model::Alarm;
use crate::model::State;

/// Somebody would have heard of an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// When, in seconds since 1970.
    pub at: i64,
    /// The alarm's id.
    pub alarm: String,
    /// ALARM or OK.
    pub state: State,
    /// Why it was in that state.
    pub reason: String,
}

/// Evaluates the alarms at the end of every minute from `start` up to `end` (seconds since
/// 1970), as if they were made at `start`, and says what somebody would have heard of: that an
/// alarm fires, and that one that has fired recovers.
pub fn replay(alarms: &[Alarm], start: i64, end: i64, lookup: &Lookup<'_>) -> Vec<Message> {
    let mut monitor = Monitor::default();
    let mut heard: Vec<Message> = Vec::new();
    let minutes = (1..).map(|minute| start + minute * 60);
    for now in minutes.take_while(|now| *now <= end) {
        monitor.evaluate(alarms, now, lookup);
        for alarm in alarms {
            let Some(status) = monitor.status(&alarm.id) else {
                continue;
            };
            let last = status.notifications.back().filter(|last| last.at == now);
            let fired = || heard.iter().any(|one| one.alarm == alarm.id);
            if let Some(last) = last.filter(|last| last.state == State::Alarm || fired()) {
                heard.push(Message {
                    at: now,
                    alarm: alarm.id.to_string(),
                    state: last.state,
                    reason: status.reason.clone(),
                });
            }
        }
    }
    heard
}

#[cfg(test)]
mod tests {
    use crate::fixture::API;
    use shop::REQUEST_ERROR;

    use super::super::Window;
    use super::*;
    use crate::model::{MissingData, Narrow, Threshold};

    #[test]
    fn what_fired_is_heard_and_its_recovery() {
        let errors = REQUEST_ERROR.total().sum();
        let limit = Threshold::above(2.0);
        let alarms = [
            Alarm::metric("errors", errors, limit, MissingData::NotBreaching).page(API, "Failures"),
        ];
        let lookup = |_: &_, window: Window| {
            let is_bad = [780, 900].contains(&window.end);
            Some(if is_bad { 9.0 } else { 0.0 })
        };
        let heard = replay(&alarms, 600, 900, &lookup);
        let told: Vec<_> = heard.iter().map(|one| (one.at, one.state)).collect();
        // That it is fine at first is no news, and the last minute counts.
        assert_eq!(
            told,
            [(780, State::Alarm), (840, State::Ok), (900, State::Alarm)]
        );
        assert_eq!(
            heard[0].reason,
            "1 of the last 1 points [9] were above 2 (to alarm: 1 of 1)"
        );
    }
}
