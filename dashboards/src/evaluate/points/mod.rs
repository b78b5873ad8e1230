//! One evaluation of a metric alarm: its newest points against its threshold.
//!
//! The order of the rules, and which of them AWS publishes, is in docs/test-alarms.md.

use std::fmt;

use crate::model::State;
use crate::model::alarm::MissingData;
use crate::model::{Comparison, MetricAlarm};

/// Whether none of the newest N points is missing, which ends a warm-up early.
pub(super) fn is_full(alarm: &MetricAlarm, points: &[Option<f64>]) -> bool {
    let newest = points.iter().rev().take(count(alarm.evaluation_periods));
    newest.flatten().count() == count(alarm.evaluation_periods)
}

/// Evaluates an alarm that is in the state `current` on its points, oldest first, of
/// which the newest [`range`](MetricAlarm::range) count.
pub(super) fn decide<'a>(
    alarm: &'a MetricAlarm,
    points: &[Option<f64>],
    current: State,
) -> Decision<'a> {
    let newest = &points[points.len().saturating_sub(count(alarm.range()))..];
    let datapoints = Datapoints::new(alarm, newest);
    let (state, cause) = datapoints.rule(current);
    Decision {
        state,
        cause,
        datapoints,
    }
}

/// The outcome of one evaluation; displays why it is so.
#[derive(Debug)]
pub(super) struct Decision<'a> {
    /// The state the alarm has now.
    pub(super) state: State,
    cause: Cause,
    datapoints: Datapoints<'a>,
}

/// Which rule decided.
#[derive(Clone, Copy, Debug)]
enum Cause {
    NoData,
    Points,
    MissingBreaches,
    OldEnough,
    TooFew,
}

/// The points that decide: the newest N real ones of the range.
#[derive(Debug)]
struct Datapoints<'a> {
    alarm: &'a MetricAlarm,
    /// Oldest first.
    values: Vec<f64>,
    /// How many of the values breach the threshold.
    breaching: usize,
    /// How many of N there are no values for.
    missing: usize,
    /// Age of the oldest value in periods, 1 for the newest place of the range.
    oldest_age: usize,
}

impl<'a> Datapoints<'a> {
    fn new(alarm: &'a MetricAlarm, range: &[Option<f64>]) -> Self {
        let wanted = count(alarm.evaluation_periods);
        let aged = (1..).zip(range.iter().rev());
        let real = aged.filter_map(|(age, point)| point.map(|value| (age, value)));
        let (ages, mut values): (Vec<usize>, Vec<f64>) = real.take(wanted).unzip();
        values.reverse();
        let breaching = values
            .iter()
            .filter(|value| alarm.threshold.is_breached_by(**value));
        Self {
            alarm,
            breaching: breaching.count(),
            missing: wanted - values.len(),
            oldest_age: ages.last().copied().unwrap_or(0),
            values,
        }
    }

    fn rule(&self, current: State) -> (State, Cause) {
        let missing = self.alarm.missing_data();
        let enough = count(self.alarm.datapoints_to_alarm);
        if self.values.is_empty() {
            return (without_data(missing, current), Cause::NoData);
        }
        if self.breaching >= enough {
            return (State::Alarm, Cause::Points);
        }
        if missing == MissingData::Breaching && self.breaching + self.missing >= enough {
            return (State::Alarm, Cause::MissingBreaches);
        }
        let some_are_fine = self.breaching < self.values.len();
        if some_are_fine || missing == MissingData::NotBreaching {
            return (State::Ok, Cause::Points);
        }
        // Breaching points, gaps and nothing else: AWS calls an alarm now premature,
        // unless the oldest of the points is so old that M of them could have breached.
        if missing == MissingData::Missing && self.oldest_age >= enough {
            (State::Alarm, Cause::OldEnough)
        } else {
            (current, Cause::TooFew)
        }
    }
}

fn without_data(missing: MissingData, current: State) -> State {
    match missing {
        MissingData::Missing => State::InsufficientData,
        MissingData::Ignore => current,
        MissingData::Breaching => State::Alarm,
        MissingData::NotBreaching => State::Ok,
    }
}

fn count(periods: u32) -> usize {
    usize::try_from(periods).unwrap_or(usize::MAX)
}

impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Datapoints {
            alarm,
            values,
            breaching,
            missing,
            ..
        } = &self.datapoints;
        if values.is_empty() {
            let (periods, policy) = (alarm.range(), policy(alarm.missing_data()));
            return write!(f, "no data in {periods} periods, and missing data {policy}");
        }
        write!(f, "{breaching} of the last {} points ", values.len())?;
        list(f, values)?;
        write!(
            f,
            " were {} {}",
            phrase(alarm.threshold.comparison),
            alarm.threshold.value
        )?;
        let enough = alarm.datapoints_to_alarm;
        match self.cause {
            Cause::Points | Cause::NoData => {}
            Cause::MissingBreaches => write!(f, " and {missing} missing ones count as such")?,
            Cause::OldEnough => write!(f, ", the oldest at least {enough} periods ago")?,
            Cause::TooFew => write!(f, ", too few to change the state")?,
        }
        write!(f, " (to alarm: {enough} of {})", alarm.evaluation_periods)
    }
}

/// The first and the last values; in the middle of a long list there is nothing to see.
fn list(f: &mut fmt::Formatter<'_>, values: &[f64]) -> fmt::Result {
    const SHOWN: usize = 5;
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    match values.as_slice() {
        long if long.len() > 2 * SHOWN => {
            let (first, last) = (&long[..SHOWN], &long[long.len() - SHOWN..]);
            write!(f, "[{}, ..., {}]", first.join(", "), last.join(", "))
        }
        short => write!(f, "[{}]", short.join(", ")),
    }
}

fn policy(missing: MissingData) -> &'static str {
    match missing {
        MissingData::Missing => "is unknown",
        MissingData::Ignore => "leaves the state as it is",
        MissingData::Breaching => "counts as bad",
        MissingData::NotBreaching => "counts as good",
    }
}

fn phrase(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Above => "above",
        Comparison::AtLeast => "at or above",
        Comparison::Below => "below",
        Comparison::AtMost => "at or below",
    }
}

#[cfg(test)]
mod tests;
