//! Observations of one metric, and the statistics that CloudWatch makes of them.

use crate::model::Statistic;

/// The observations of a metric in a stretch of time: values, and how often each occurred.
///
/// This is what an EMF event or `PutMetricData` carries as `Values` and `Counts`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    observations: Vec<(f64, f64)>,
}

impl Samples {
    /// No observation at all: a gap.
    pub const fn none() -> Self {
        Self {
            observations: Vec::new(),
        }
    }

    /// Adds `count` observations of `value`.
    pub fn add(&mut self, value: f64, count: f64) {
        self.observations.push((value, count));
    }

    /// Adds the observations of another stretch.
    pub fn merge(&mut self, other: &Self) {
        self.observations.extend_from_slice(&other.observations);
    }

    /// The statistic that a query asks for; `None` where CloudWatch has no point.
    pub fn statistic(&self, statistic: Statistic) -> Option<f64> {
        match statistic {
            Statistic::Sum => self.sum(),
            Statistic::Average => self.average(),
            Statistic::Minimum => self.minimum(),
            Statistic::Maximum => self.maximum(),
            Statistic::SampleCount => (!self.is_empty()).then(|| self.count()),
            Statistic::Percentile(percent) => self.percentile(percent),
            Statistic::PercentileRank(limit) => self.percentile_rank(limit),
        }
    }

    /// Whether there is no observation.
    pub fn is_empty(&self) -> bool {
        self.observations.is_empty()
    }

    /// `SampleCount`: how many observations there are; 0 for none.
    pub fn count(&self) -> f64 {
        self.observations.iter().map(|(_, count)| count).sum()
    }

    /// `Sum`; `None` without observations.
    pub fn sum(&self) -> Option<f64> {
        let weighted = self.observations.iter().map(|(value, count)| value * count);
        (!self.is_empty()).then(|| weighted.sum())
    }

    /// `Average`; `None` without observations.
    pub fn average(&self) -> Option<f64> {
        self.sum().map(|sum| sum / self.count())
    }

    /// `Minimum`; `None` without observations.
    pub fn minimum(&self) -> Option<f64> {
        self.values().reduce(f64::min)
    }

    /// `Maximum`; `None` without observations.
    pub fn maximum(&self) -> Option<f64> {
        self.values().reduce(f64::max)
    }

    /// The smallest value that at least `percent` of 100 observations do not exceed.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let mut sorted = self.observations.clone();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rank = self.count() * percent / 100.0;
        let mut below = 0.0;
        for (value, count) in &sorted {
            below += count;
            if below >= rank {
                return Some(*value);
            }
        }
        // Only rounding leads here: the sum of the counts fell just short of the rank.
        sorted.last().map(|(value, _)| *value)
    }

    /// How many observations are at most `limit`.
    pub fn count_within(&self, limit: f64) -> f64 {
        let within = self
            .observations
            .iter()
            .filter(|(value, _)| *value <= limit);
        within.map(|(_, count)| count).sum()
    }

    /// How many percent of the observations are at most `limit`.
    pub fn percentile_rank(&self, limit: f64) -> Option<f64> {
        (!self.is_empty()).then(|| 100.0 * self.count_within(limit) / self.count())
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.observations.iter().map(|(value, _)| *value)
    }
}

impl From<f64> for Samples {
    fn from(value: f64) -> Self {
        Self {
            observations: vec![(value, 1.0)],
        }
    }
}

/// How many observations a percentile needs to be statistically significant by AWS's
/// rule: 10 on the rarer side of it, so 1,000 for p99.
pub fn significant_count(percent: f64) -> f64 {
    1_000.0 / percent.min(100.0 - percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latencies() -> Samples {
        let mut samples = Samples::none();
        samples.add(900.0, 10.0);
        samples.add(6.0, 990.0);
        samples
    }

    #[test]
    fn statistics_weigh_values_by_their_counts() {
        let samples = latencies();
        assert_eq!(samples.count(), 1000.0);
        assert_eq!(samples.sum(), Some(14_940.0));
        assert_eq!(samples.average(), Some(14.94));
        assert_eq!(
            (samples.minimum(), samples.maximum()),
            (Some(6.0), Some(900.0))
        );
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let samples = latencies();
        let percentiles = [0.0, 50.0, 99.0, 99.1, 100.0].map(|p| samples.percentile(p));
        assert_eq!(percentiles, [6.0, 6.0, 6.0, 900.0, 900.0].map(Some));
        let ranks = [5.0, 6.0, 900.0].map(|limit| samples.percentile_rank(limit));
        assert_eq!(ranks, [0.0, 99.0, 100.0].map(Some));
    }

    #[test]
    fn a_gap_has_no_statistic() {
        let gap = Samples::none();
        assert_eq!(gap.count(), 0.0);
        let statistics = [
            Statistic::Sum,
            Statistic::Average,
            Statistic::Minimum,
            Statistic::Maximum,
            Statistic::SampleCount,
            Statistic::Percentile(50.0),
            Statistic::PercentileRank(50.0),
        ];
        assert_eq!(
            statistics.map(|statistic| gap.statistic(statistic)),
            [None; 7]
        );
    }

    #[test]
    fn significance_is_ten_observations_on_the_rarer_side() {
        assert_eq!(significant_count(99.0), 1_000.0);
        assert_eq!(significant_count(50.0), 20.0);
        assert_eq!(significant_count(10.0), 100.0);
    }
}
