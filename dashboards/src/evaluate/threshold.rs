//! One evaluation of a metric alarm: the newest points against a threshold.
//!
//! The order of the rules, and which of them AWS publishes, is in docs/test-alarms.md.

use std::fmt::Write as _;

use super::State;

/// How many points beyond N the evaluation range holds.
///
/// AWS says only that it retrieves more points than N; its published examples retrieve
/// 5 for N = 3.
pub const EXTRA_POINTS: usize = 2;

/// How a value is compared with the threshold; `true` means that it breaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Breaches above the threshold.
    GreaterThan,
    /// Breaches at or above the threshold.
    GreaterThanOrEqual,
    /// Breaches below the threshold.
    LessThan,
    /// Breaches at or below the threshold.
    LessThanOrEqual,
}

impl Comparison {
    /// Whether `value` breaches `threshold`.
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThan => value > threshold,
            Self::GreaterThanOrEqual => value >= threshold,
            Self::LessThan => value < threshold,
            Self::LessThanOrEqual => value <= threshold,
        }
    }
}

/// What a missing point counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingData {
    /// As nothing; without any point the alarm has insufficient data.
    Missing,
    /// As nothing; without any point the alarm keeps its state.
    Ignore,
    /// As a point that breaches.
    Breaching,
    /// As a point that does not breach.
    NotBreaching,
}

/// What a metric alarm compares, and how many points decide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// How a point is compared.
    pub comparison: Comparison,
    /// What it is compared with, in the metric's unit.
    pub value: f64,
    /// N: the number of newest points that are looked at.
    pub evaluation_periods: usize,
    /// M: how many of them must breach.
    pub datapoints_to_alarm: usize,
    /// What missing points count as.
    pub missing_data: MissingData,
}

/// The outcome of one evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The state the alarm has now.
    pub state: State,
    /// Why, for a person.
    pub reason: String,
}

impl Threshold {
    /// How many points an evaluation takes.
    pub fn range(&self) -> usize {
        self.evaluation_periods + EXTRA_POINTS
    }

    /// Evaluates `points`, oldest first, of which the newest [`range`](Self::range) count.
    pub fn decide(&self, points: &[Option<f64>], current: State) -> Decision {
        let range = &points[points.len().saturating_sub(self.range())..];
        let evaluated = Evaluated::new(self, range);
        let (state, cause) = self.rule(&evaluated, current);
        let reason = self.reason(&evaluated, state, cause);
        Decision { state, reason }
    }

    fn rule(&self, evaluated: &Evaluated, current: State) -> (State, Cause) {
        let enough = self.datapoints_to_alarm;
        let breaching = evaluated.breaching();
        if evaluated.points.is_empty() {
            return (self.state_without_data(current), Cause::NoData);
        }
        if breaching >= enough {
            return (State::Alarm, Cause::Points);
        }
        if self.missing_data == MissingData::Breaching && breaching + evaluated.missing >= enough {
            return (State::Alarm, Cause::MissingBreaching);
        }
        let only_breaching = breaching == evaluated.points.len();
        if !only_breaching || self.missing_data == MissingData::NotBreaching {
            return (State::Ok, Cause::Points);
        }
        // Breaching points, gaps and nothing else: AWS calls an alarm now premature,
        // unless the oldest of the points is so old that M of them could have breached.
        if self.missing_data == MissingData::Missing && evaluated.oldest_age >= enough {
            (State::Alarm, Cause::Premature)
        } else {
            (current, Cause::Kept)
        }
    }

    fn state_without_data(&self, current: State) -> State {
        match self.missing_data {
            MissingData::Missing => State::InsufficientData,
            MissingData::Ignore => current,
            MissingData::Breaching => State::Alarm,
            MissingData::NotBreaching => State::Ok,
        }
    }

    fn reason(&self, evaluated: &Evaluated, state: State, cause: Cause) -> String {
        let mut text = match cause {
            Cause::NoData => {
                return format!(
                    "No data in {} periods; missing data is treated as {}.",
                    self.range(),
                    self.missing_data.name()
                );
            }
            Cause::Points | Cause::MissingBreaching | Cause::Premature | Cause::Kept => format!(
                "{} of the last {} points {} {} {}",
                evaluated.breaching(),
                evaluated.points.len(),
                evaluated.values(),
                self.comparison.phrase(),
                self.value
            ),
        };
        let (enough, missing) = (self.datapoints_to_alarm, evaluated.missing);
        // Writing to a String does not fail.
        let _ = match cause {
            Cause::MissingBreaching => write!(text, ", and {missing} missing count as breaching"),
            Cause::Premature => write!(text, ", the oldest at least {enough} periods ago"),
            Cause::Kept => write!(text, "; too little data to leave {state}"),
            Cause::Points | Cause::NoData => Ok(()),
        };
        let _ = write!(text, " ({enough} of {} to alarm).", self.evaluation_periods);
        text
    }
}

/// Which rule decided.
#[derive(Clone, Copy)]
enum Cause {
    NoData,
    Points,
    MissingBreaching,
    Premature,
    Kept,
}

/// The points that an evaluation looks at: the newest N real ones of the range.
struct Evaluated {
    /// Value and whether it breaches, oldest first.
    points: Vec<(f64, bool)>,
    /// How many of N there are none for.
    missing: usize,
    /// Age in periods of the oldest one, 1 for the newest place of the range.
    oldest_age: usize,
}

impl Evaluated {
    fn new(threshold: &Threshold, range: &[Option<f64>]) -> Self {
        let real = range.iter().rev().enumerate();
        let real = real.filter_map(|(age, point)| point.map(|value| (age + 1, value)));
        let mut oldest_age = 0;
        let mut points = Vec::with_capacity(threshold.evaluation_periods);
        for (age, value) in real.take(threshold.evaluation_periods) {
            oldest_age = age;
            let breaches = threshold.comparison.breaches(value, threshold.value);
            points.push((value, breaches));
        }
        points.reverse();
        let missing = threshold.evaluation_periods - points.len();
        Self {
            points,
            missing,
            oldest_age,
        }
    }

    fn breaching(&self) -> usize {
        self.points.iter().filter(|(_, breaches)| *breaches).count()
    }

    fn values(&self) -> String {
        let values: Vec<_> = self
            .points
            .iter()
            .map(|(value, _)| value.to_string())
            .collect();
        format!("[{}]", values.join(", "))
    }
}

impl MissingData {
    /// The policy as CloudWatch spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
        }
    }
}

impl Comparison {
    fn phrase(self) -> &'static str {
        match self {
            Self::GreaterThan => "were above",
            Self::GreaterThanOrEqual => "were at or above",
            Self::LessThan => "were below",
            Self::LessThanOrEqual => "were at or below",
        }
    }
}

#[cfg(test)]
mod tests;
