//! Which requests say what others of their time have said.
//!
//! Every byte of a line on Lambda is paid for, and of many requests few differ in this: that
//! there was no error, and how long DynamoDB took. So one request of each route says it in ten
//! seconds, of each environment; so do all whose trace is recorded.

use std::sync::{Mutex, PoisonError};

use crate::pipeline;

/// How long a route is told of, in milliseconds. A minute is a multiple: the first request of a
/// route within one, which is what CloudWatch adds up, says that there was no error.
const PERIOD: i64 = 10_000;

static TOLD: Mutex<Told> = Mutex::new(Told(Vec::new()));

/// Routes and the period in which each was told of.
struct Told(Vec<(&'static str, i64)>);

impl Told {
    /// Whether nobody has told of the route in the period of this time; whoever asks does.
    fn is_due(&mut self, route: &'static str, now: i64) -> bool {
        let period = now.div_euclid(PERIOD);
        match self.0.iter_mut().find(|(told, _)| *told == route) {
            Some((_, last)) => std::mem::replace(last, period) != period,
            None => {
                self.0.push((route, period));
                true
            }
        }
    }
}

/// Whether it is this request of the route that says all.
pub(super) fn is_due(route: &'static str) -> bool {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    told.is_due(route, pipeline::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_told_of_once_in_ten_seconds_and_in_each_minute() {
        let mut told = Told(Vec::new());
        let mut due = |route, now| told.is_due(route, now);
        assert!(due("a", 0) && due("b", 1));
        assert!(!due("a", 1) && !due("a", 9_999) && !due("b", 9_999));
        assert!(due("a", 10_000) && !due("a", 19_999));
        // The last one before a minute ends, and the first one of the next.
        assert!(due("a", 59_999) && due("a", 60_000));
        // A clock that was set back.
        assert!(due("a", 30_000) && !due("a", 30_001));
    }
}
