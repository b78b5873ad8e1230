//! A scenario's series, summed up so that a window of days is as cheap as one of a minute.

use std::cell::RefCell;

use crate::evaluate::Samples;
use crate::model::Statistic;

/// The observations of one metric, a step each, and running totals of what alarms ask for.
#[derive(Debug)]
pub(super) struct Series<'a> {
    steps: &'a [Samples],
    counts: Vec<f64>,
    sums: Vec<f64>,
    /// Running counts of observations up to a limit, made when one is asked for.
    within: RefCell<Vec<(f64, Vec<f64>)>>,
}

impl<'a> Series<'a> {
    pub(super) fn new(steps: &'a [Samples]) -> Self {
        Self {
            steps,
            counts: running(steps, Samples::count),
            sums: running(steps, |samples| samples.sum().unwrap_or(0.0)),
            within: RefCell::default(),
        }
    }

    /// The statistic of the steps from `start` up to, not including, `end`.
    pub(super) fn statistic(&self, start: usize, end: usize, statistic: Statistic) -> Option<f64> {
        let end = end.min(self.steps.len());
        let start = start.min(end);
        let total = |running: &[f64]| running[end] - running[start];
        let count = total(&self.counts);
        if count <= 0.0 {
            return None;
        }
        match statistic {
            Statistic::SampleCount => Some(count),
            Statistic::Sum => Some(total(&self.sums)),
            Statistic::Average => Some(total(&self.sums) / count),
            Statistic::PercentileRank(limit) => {
                Some(100.0 * self.within(limit, total).clamp(0.0, count) / count)
            }
            Statistic::Minimum | Statistic::Maximum | Statistic::Percentile(_) => {
                let mut samples = Samples::none();
                self.steps[start..end]
                    .iter()
                    .for_each(|step| samples.merge(step));
                samples.statistic(statistic)
            }
        }
    }

    fn within(&self, limit: f64, total: impl Fn(&[f64]) -> f64) -> f64 {
        let mut known = self.within.borrow_mut();
        if let Some((_, running)) = known.iter().find(|(known, _)| *known == limit) {
            return total(running);
        }
        let counts = running(self.steps, |samples| samples.count_within(limit));
        let found = total(&counts);
        known.push((limit, counts));
        found
    }
}

/// What was added up before each step, and after the last one.
fn running(steps: &[Samples], of: impl Fn(&Samples) -> f64) -> Vec<f64> {
    let mut total = 0.0;
    let totals = steps.iter().map(|step| {
        total += of(step);
        total
    });
    [0.0].into_iter().chain(totals).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn totals_agree_with_the_observations(
            steps in prop::collection::vec(prop::collection::vec((0_u8..9, 1_u8..5), 0..3), 0..20),
            start in 0_usize..20,
            length in 0_usize..25,
        ) {
            let steps: Vec<Samples> = steps.iter().map(|step| {
                let mut samples = Samples::none();
                step.iter().for_each(|(value, count)| samples.add(f64::from(*value), f64::from(*count)));
                samples
            }).collect();
            let mut merged = Samples::none();
            steps.iter().skip(start).take(length).for_each(|step| merged.merge(step));
            let series = Series::new(&steps);
            let statistics = [
                Statistic::Sum, Statistic::SampleCount, Statistic::Average, Statistic::Minimum,
                Statistic::Maximum, Statistic::Percentile(90.0), Statistic::PercentileRank(4.0),
            ];
            for statistic in statistics {
                let found = series.statistic(start, start + length, statistic);
                prop_assert_eq!(found, merged.statistic(statistic), "{:?}", statistic);
            }
        }
    }
}
