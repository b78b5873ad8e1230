//! Throughput and latency of something that is done again and again.
#![expect(clippy::expect_used, reason = "benchmarks report by failing")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::runtime::Handle;
use tokio::task::{JoinSet, spawn_blocking};

/// What a measurement found.
#[derive(Debug)]
pub struct Measurement {
    /// How often it was done per second.
    pub per_second: f64,
    /// In microseconds.
    pub latency: Histogram<u64>,
}

impl Measurement {
    /// A percentile of the latency, in milliseconds.
    #[must_use]
    pub fn ms(&self, percentile: f64) -> f64 {
        Duration::from_micros(self.latency.value_at_percentile(percentile)).as_secs_f64() * 1000.0
    }
}

/// Does `action` `times` times from `concurrency` tasks, each after a warm-up
/// of a tenth of its share. `action` is given its number, from 0.
///
/// # Panics
/// If `action` does.
pub async fn measure<F>(
    concurrency: u32,
    times: u32,
    action: impl Fn(u32) -> F + Send + Sync + 'static,
) -> Measurement
where
    F: Future<Output = ()> + Send,
{
    let action = Arc::new(action);
    let next = Arc::new(AtomicU32::new(0));
    let warm_up = times / 10;
    work(concurrency, warm_up, &next, &action).await;
    let began = Instant::now();
    let latency = work(concurrency, warm_up + times, &next, &action).await;
    let per_second = f64::from(times) / began.elapsed().as_secs_f64();
    Measurement {
        per_second,
        latency,
    }
}

/// Begins `action` `rate` times a second for `time`, however long the ones before take, as
/// independent clients do. The latency counts from the moment at which each was due.
///
/// # Panics
/// If `action` does.
pub async fn at_rate<F>(
    rate: u32,
    time: Duration,
    action: impl Fn(u32) -> F + Send + 'static,
) -> Measurement
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = Handle::current();
    // The runtime's own timers are no finer than a millisecond.
    let pacing = spawn_blocking(move || {
        let mut under_way = JoinSet::new();
        let began = Instant::now();
        for number in 0.. {
            let after = Duration::from_secs(u64::from(number)) / rate;
            if after >= time {
                break;
            }
            let due = began + after;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let action = action(number);
            let timed = async move {
                action.await;
                due.elapsed()
            };
            under_way.spawn_on(timed, &runtime);
        }
        (began, under_way)
    });
    let (began, under_way) = pacing.await.expect("paced");
    let mut latency = histogram();
    for took in under_way.join_all().await {
        record(&mut latency, took);
    }
    #[expect(clippy::cast_precision_loss, reason = "a number of calls")]
    let per_second = latency.len() as f64 / began.elapsed().as_secs_f64();
    Measurement {
        per_second,
        latency,
    }
}

/// Does numbers `next` to `end`.
async fn work<F, A>(
    concurrency: u32,
    end: u32,
    next: &Arc<AtomicU32>,
    action: &Arc<A>,
) -> Histogram<u64>
where
    A: Fn(u32) -> F + Send + Sync + 'static,
    F: Future<Output = ()> + Send,
{
    let mut workers = JoinSet::new();
    for _ in 0..concurrency {
        let (next, action) = (Arc::clone(next), Arc::clone(action));
        workers.spawn(async move {
            let mut latency = histogram();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= end {
                    return latency;
                }
                let began = Instant::now();
                action(number).await;
                record(&mut latency, began.elapsed());
            }
        });
    }
    let mut all = histogram();
    for latency in workers.join_all().await {
        all.add(latency).expect("the same bounds");
    }
    next.store(end, Ordering::Relaxed);
    all
}

fn record(latency: &mut Histogram<u64>, took: Duration) {
    latency.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("valid bounds")
}

/// Sorts the values and returns the middle one.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
