//! Metrics: for each, a bucket of observations a minute, or a second if it is kept so.

use std::collections::VecDeque;

use hashbrown::HashMap;

use super::bucket::{self, Bucket};
use crate::evaluate::Window;
use crate::model::Statistic;

/// Most metrics that are kept apart; CloudWatch would bill $0.30 a month for each.
pub(super) const MAX_METRICS: usize = 20_000;

/// What makes a metric: the same name with other dimension values is another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) namespace: String,
    pub(super) name: String,
    /// Names and values, ordered by name.
    pub(super) dimensions: Vec<(String, String)>,
}

/// A metric's place in the list.
pub(super) type Id = u32;

/// Every metric, in bounded memory: the oldest minutes go first.
#[derive(Debug)]
pub(super) struct Metrics {
    ids: HashMap<Key, Id>,
    series: Vec<Series>,
    bytes: usize,
    max_bytes: usize,
}

impl Metrics {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            ids: HashMap::new(),
            series: Vec::new(),
            bytes: 0,
            max_bytes,
        }
    }

    /// The metric with this key, if anything was ever observed of it.
    pub(super) fn find(&self, key: &Key) -> Option<Id> {
        self.ids.get(key).copied()
    }

    /// The metric with this key; `None` if it would be one too many.
    pub(super) fn open(&mut self, key: Key) -> Option<Id> {
        if let Some(id) = self.find(&key) {
            return Some(id);
        }
        if self.series.len() == MAX_METRICS {
            return None;
        }
        let id = Id::try_from(self.series.len()).ok()?;
        self.ids.insert(key, id);
        self.series.push(Series::default());
        Some(id)
    }

    /// Adds observations at `second`, to the bucket of `resolution` seconds that it is in.
    pub(super) fn add(&mut self, id: Id, second: i64, resolution: u32, seen: &[(f64, f64)]) {
        let series = &mut self.series[id as usize];
        let before = series.bytes;
        series.add(second - second.rem_euclid(i64::from(resolution)), seen);
        self.bytes = self.bytes - before + series.bytes;
        while self.bytes > self.max_bytes {
            self.drop_oldest_minute();
        }
    }

    /// The statistic of what was observed in the window; `None` if there was nothing.
    pub(super) fn statistic(&self, id: Id, statistic: Statistic, window: Window) -> Option<f64> {
        let buckets = &self.series[id as usize].buckets;
        let start = buckets.partition_point(|bucket| bucket.at < window.start);
        let end = buckets.partition_point(|bucket| bucket.at < window.end);
        bucket::statistic(buckets.range(start..end.max(start)), statistic)
    }

    /// Whether anything was observed in the window.
    pub(super) fn has(&self, key: &Key, window: Window) -> bool {
        let samples = |id| self.statistic(id, Statistic::SampleCount, window);
        self.find(key).and_then(samples).is_some()
    }

    /// Bytes that the observations take.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    fn drop_oldest_minute(&mut self) {
        let first = |series: &Series| series.buckets.front().map(|bucket| bucket.at);
        let Some(oldest) = self.series.iter().filter_map(first).min() else {
            return;
        };
        let end = oldest - oldest.rem_euclid(60) + 60;
        for series in &mut self.series {
            self.bytes -= series.bytes;
            series.drop_before(end);
            self.bytes += series.bytes;
        }
    }
}

/// The buckets of one metric, the oldest first.
#[derive(Debug, Default)]
struct Series {
    buckets: VecDeque<Bucket>,
    bytes: usize,
}

impl Series {
    /// Adds observations to the bucket that starts at `at`.
    fn add(&mut self, at: i64, seen: &[(f64, f64)]) {
        let place = self.place(at);
        if self.buckets.get(place).is_none_or(|bucket| bucket.at != at) {
            if let Some(before) = place.checked_sub(1) {
                // It is over, but for late events.
                self.change(before, Bucket::sort);
            }
            let bucket = Bucket::new(at);
            self.bytes += bucket.bytes();
            self.buckets.insert(place, bucket);
        }
        self.change(place, |bucket| {
            for (value, count) in seen {
                bucket.add(*value, *count);
            }
        });
    }

    /// Where that bucket is or belongs; events come about in order, so near the end.
    fn place(&self, at: i64) -> usize {
        match self.buckets.back() {
            Some(last) if last.at == at => self.buckets.len() - 1,
            Some(last) if last.at > at => self.buckets.partition_point(|bucket| bucket.at < at),
            _ => self.buckets.len(),
        }
    }

    fn change(&mut self, place: usize, change: impl FnOnce(&mut Bucket)) {
        let bucket = &mut self.buckets[place];
        self.bytes -= bucket.bytes();
        change(bucket);
        self.bytes += bucket.bytes();
    }

    fn drop_before(&mut self, end: i64) {
        while self.buckets.front().is_some_and(|bucket| bucket.at < end) {
            self.bytes -= self.buckets.pop_front().map_or(0, |bucket| bucket.bytes());
        }
    }
}
