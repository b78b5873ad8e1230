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
        Self(minutes.saturating_mul(60))
    }

    /// So many hours.
    pub const fn hours(hours: u32) -> Self {
        Self(hours.saturating_mul(3_600))
    }

    /// So many days.
    pub const fn days(days: u32) -> Self {
        Self(days.saturating_mul(86_400))
    }

    /// The length in seconds.
    pub const fn as_seconds(self) -> u32 {
        self.0
    }

    /// The period that Grafana chooses for metrics over this much time up to now: about 2,000
    /// points, and none finer than CloudWatch still has.
    pub fn step(self) -> Self {
        const DAY: u32 = 86_400;
        let kept: &[u32] = match self.0 {
            length if length > 455 * DAY => &[21_600],
            length if length > 63 * DAY => &[3_600, 21_600],
            length if length > 15 * DAY => &[300, 900, 3_600, 21_600],
            _ => &[60, 300, 900, 3_600, 21_600],
        };
        let fits = |step: &&u32| u64::from(**step) * 2_000 >= u64::from(self.0);
        Self(kept.iter().find(fits).copied().unwrap_or(DAY))
    }

    /// The interval that Grafana chooses for this much time and so many points at most, but
    /// none shorter than `least`: its `$__interval`.
    pub fn interval(self, points: u32, least: Self) -> Self {
        /// The longest exact interval, in milliseconds, that becomes this one, in seconds.
        const ROUNDED: [(u64, u32); 17] = [
            (12_500, 10),
            (17_500, 15),
            (25_000, 20),
            (45_000, 30),
            (90_000, 60),
            (210_000, 120),
            (450_000, 300),
            (750_000, 600),
            (1_050_000, 900),
            (1_500_000, 1_200),
            (2_700_000, 1_800),
            (5_400_000, 3_600),
            (9_000_000, 7_200),
            (16_200_000, 10_800),
            (32_400_000, 21_600),
            (86_400_000, 43_200),
            (604_800_000, 86_400),
        ];
        let exact = u64::from(self.0) * 1_000 / u64::from(points.max(1));
        let rounded = ROUNDED.iter().find(|(below, _)| exact < *below);
        least.max(Self(rounded.map_or(604_800, |(_, seconds)| *seconds)))
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
    fn a_period_that_nobody_can_mean_is_the_longest() {
        for longest in [Period::minutes, Period::hours, Period::days] {
            assert_eq!(longest(u32::MAX).as_seconds(), u32::MAX);
        }
    }

    #[test]
    fn largest_whole_unit() {
        let text = |period: Period| period.to_string();
        assert_eq!(text(Period::seconds(90)), "90s");
        assert_eq!(text(Period::minutes(5)), "5m");
        assert_eq!(text(Period::minutes(360)), "6h");
        assert_eq!(text(Period::days(3)), "3d");
    }

    /// What `calculateInterval` of `@grafana/data` 13.2 answers for 100 points.
    #[test]
    fn intervals_are_those_of_grafana() {
        let interval = |seconds| Period(seconds).interval(100, Period(10)).to_string();
        let lengths = [60, 1_000, 3_000, 3_600, 7_200, 86_400];
        assert_eq!(
            lengths.map(interval),
            ["10s", "10s", "30s", "30s", "1m", "15m"]
        );
    }

    #[test]
    fn periods_that_cloudwatch_accepts() {
        assert!(Period::seconds(10).is_allowed());
        assert!(Period::minutes(7).is_allowed());
        assert!(!Period::seconds(15).is_allowed());
        assert!(!Period::seconds(0).is_allowed());
    }
}
