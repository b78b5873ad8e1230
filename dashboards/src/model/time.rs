//! Periods: over how long CloudWatch sums up values into one point.

use std::fmt;

/// A length of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u32);

impl Period {
    /// So many seconds.
    pub const fn seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// So many minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes * 60)
    }

    /// So many hours.
    pub const fn hours(hours: u32) -> Self {
        Self(hours * 3_600)
    }

    /// So many days.
    pub const fn days(days: u32) -> Self {
        Self(days * 86_400)
    }

    /// The length in seconds.
    pub const fn as_seconds(self) -> u32 {
        self.0
    }

    /// Whether CloudWatch accepts it: 10, 20, 30 or a multiple of 60 seconds.
    pub const fn is_allowed(self) -> bool {
        matches!(self.0, 10 | 20 | 30) || (self.0 > 0 && self.0.is_multiple_of(60))
    }
}

/// In the largest unit that leaves no rest: `90s`, `5m`, `6h`, `3d`, as in Grafana,
/// Prometheus and Logs Insights.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (length, unit) = match self.0 {
            s if s > 0 && s.is_multiple_of(86_400) => (s / 86_400, 'd'),
            s if s > 0 && s.is_multiple_of(3_600) => (s / 3_600, 'h'),
            s if s > 0 && s.is_multiple_of(60) => (s / 60, 'm'),
            s => (s, 's'),
        };
        write!(f, "{length}{unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn largest_whole_unit() {
        let text = |period: Period| period.to_string();
        assert_eq!(text(Period::seconds(90)), "90s");
        assert_eq!(text(Period::minutes(5)), "5m");
        assert_eq!(text(Period::minutes(360)), "6h");
        assert_eq!(text(Period::days(3)), "3d");
    }

    #[test]
    fn periods_that_cloudwatch_accepts() {
        assert!(Period::seconds(10).is_allowed());
        assert!(Period::minutes(7).is_allowed());
        assert!(!Period::seconds(15).is_allowed());
        assert!(!Period::seconds(0).is_allowed());
    }
}
