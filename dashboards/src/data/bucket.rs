//! The observations of one metric in one minute (or second), small and quick to query.
//!
//! The same statistics as [`Samples`](crate::evaluate::Samples) makes, which keeps every
//! observation and sorts them for each percentile.

use std::mem::size_of;

use crate::model::Statistic;

/// Fewer values than this are looked through for an equal one.
const FEW: usize = 8;

/// Observations, each value once or a few times, with how often it occurred.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    /// Its first second, since 1970.
    pub(super) at: i64,
    count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
    values: Vec<f64>,
    /// How often each value occurred; empty if each did once.
    counts: Vec<f64>,
    /// How often each value that is in order, or a lower one, occurred: known of a bucket that is
    /// over, of many values that did not occur once each.
    up_to: Vec<f64>,
    /// So many values from the front are in order; later ones are not yet.
    sorted: usize,
}

impl Bucket {
    pub(super) const fn new(at: i64) -> Self {
        Self {
            at,
            count: 0.0,
            sum: 0.0,
            minimum: f64::INFINITY,
            maximum: f64::NEG_INFINITY,
            values: Vec::new(),
            counts: Vec::new(),
            up_to: Vec::new(),
            sorted: 0,
        }
    }

    /// Adds `count` observations of `value`.
    pub(super) fn add(&mut self, value: f64, count: f64) {
        self.count += count;
        self.sum += value * count;
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
        let known = &self.values[..self.values.len().min(FEW)];
        let known = known.iter().position(|known| *known == value);
        if known.is_some() || count != 1.0 || !self.counts.is_empty() {
            self.counts.resize(self.values.len(), 1.0);
        }
        if let Some(place) = known {
            self.counts[place] += count;
            self.up_to.clear();
            return;
        }
        if count != 1.0 || !self.counts.is_empty() {
            self.counts.push(count);
        }
        self.values.push(value);
        if self.values.len() > 2 * self.sorted + 8 * FEW {
            self.sort();
        }
    }

    /// Puts the values in order, equal ones together, and gives back spare memory.
    pub(super) fn sort(&mut self) {
        let mut pairs: Vec<_> = self.pairs().collect();
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        pairs.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 += later.1;
            }
            same
        });
        self.sorted = pairs.len();
        let once = pairs.iter().all(|(_, count)| *count == 1.0);
        self.values = pairs.iter().map(|(value, _)| *value).collect();
        self.counts.clear();
        if !once {
            self.counts.extend(pairs.iter().map(|(_, count)| *count));
        }
        self.counts.shrink_to_fit();
        self.up_to.clear();
        if self.counts.len() > FEW {
            let mut sum = 0.0;
            self.up_to.extend(self.counts.iter().map(|count| {
                sum += count;
                sum
            }));
        }
        self.up_to.shrink_to_fit();
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        let numbers = [&self.values, &self.counts, &self.up_to].map(Vec::capacity);
        size_of::<Self>() + 8 * numbers.iter().sum::<usize>()
    }

    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> {
        let counts = self.counts.iter().copied().chain(std::iter::repeat(1.0));
        self.values.iter().copied().zip(counts)
    }

    /// How many observations are at most `limit`.
    fn within(&self, limit: f64) -> f64 {
        // Those in order need not be looked at one by one.
        let ordered = self.values[..self.sorted].partition_point(|value| *value <= limit);
        let last = ordered.checked_sub(1);
        let known = last.and_then(|last| self.up_to.get(last).copied());
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53 values")]
        let before = known.unwrap_or_else(|| match self.counts.get(..ordered) {
            None | Some([]) => ordered as f64,
            Some(counts) => counts.iter().sum(),
        });
        let others = (self.sorted..self.values.len()).filter(|place| self.values[*place] <= limit);
        let count = |place: usize| self.counts.get(place).copied().unwrap_or(1.0);
        before + others.map(count).sum::<f64>()
    }
}

/// The statistic of all observations of some buckets; `None` where there are none.
pub(super) fn statistic<'a>(
    buckets: impl Iterator<Item = &'a Bucket> + Clone,
    statistic: Statistic,
) -> Option<f64> {
    let total = |of: fn(&Bucket) -> f64| buckets.clone().map(of).sum::<f64>();
    buckets.clone().next()?;
    Some(match statistic {
        Statistic::Sum => total(|bucket| bucket.sum),
        Statistic::SampleCount => total(|bucket| bucket.count),
        Statistic::Average => total(|bucket| bucket.sum) / total(|bucket| bucket.count),
        Statistic::Minimum => {
            let all = buckets.map(|bucket| bucket.minimum);
            all.fold(f64::INFINITY, f64::min)
        }
        Statistic::Maximum => {
            let all = buckets.map(|bucket| bucket.maximum);
            all.fold(f64::NEG_INFINITY, f64::max)
        }
        Statistic::PercentileRank(limit) => {
            let within: f64 = buckets.clone().map(|bucket| bucket.within(limit)).sum();
            100.0 * within / total(|bucket| bucket.count)
        }
        Statistic::Percentile(percent) => {
            let rank = total(|bucket| bucket.count) * percent / 100.0;
            if buckets.clone().all(|bucket| bucket.counts.is_empty()) {
                return at_rank(buckets, rank);
            }
            return at_weighted_rank(buckets, rank);
        }
    })
}

/// The first value in order at which at least `rank` observations are reached, where
/// each value is one observation.
fn at_rank<'a>(buckets: impl Iterator<Item = &'a Bucket>, rank: f64) -> Option<f64> {
    let mut values = Vec::new();
    for bucket in buckets {
        values.extend_from_slice(&bucket.values);
    }
    let last = values.len().checked_sub(1)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is between 0 and the number of values"
    )]
    let place = (rank.ceil() as usize).saturating_sub(1).min(last);
    Some(*values.select_nth_unstable_by(place, f64::total_cmp).1)
}

/// The same where values occurred more or less often.
fn at_weighted_rank<'a>(buckets: impl Iterator<Item = &'a Bucket>, rank: f64) -> Option<f64> {
    let mut pairs: Vec<_> = buckets.flat_map(Bucket::pairs).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0;
    for (value, count) in &pairs {
        below += count;
        if below >= rank {
            return Some(*value);
        }
    }
    pairs.last().map(|(value, _)| *value)
}
