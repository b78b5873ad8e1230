//! Metrics in the shape that their catalogue describes.

use std::f64::consts::TAU;

use fastrand::Rng;
use telemetry::{Definition, DimensionDefinition, Sample, Unit};

use crate::data::Events;
use crate::data::metrics::{Id, Key};
use crate::view::TimeRange;

/// So many observations of a distribution in each step: enough for its percentiles.
const OBSERVATIONS: u32 = 40;
/// So many waves in the time range.
const WAVES: f64 = 3.0;
/// A rate swings by this part of itself.
const SWING: f64 = 0.3;
/// Values of a wave scatter by this part of its height.
const SCATTER: f64 = 0.08;
/// How many standard deviations 99 of 100 values are below.
const NINETY_NINE: f64 = 2.326;

/// Observes a metric by each of its dimension values, in every step of the range.
pub(super) fn draw(
    metric: &'static Definition,
    events: &mut Events,
    range: TimeRange,
    step: i64,
    seed: u64,
) {
    let random = &mut chance(metric, seed);
    let length = real(range.end - range.start);
    for (ids, share) in published(metric, events) {
        let phase = random.f64() * TAU;
        let mut start = range.start - range.start.rem_euclid(step);
        while start < range.end {
            let wave = (phase + TAU * WAVES * real(start - range.start) / length).sin();
            let seen = observe(metric, wave, share, real(step) / 60.0, random);
            for id in &ids {
                let resolution = metric.resolution.seconds();
                events.metrics.add(*id, start, resolution, &seen);
            }
            start += step;
        }
    }
}

/// The metric's own chance, so that others do not change it; what is left of another gauge
/// is left of the very values that the other has.
fn chance(metric: &Definition, seed: u64) -> Rng {
    let Sample::Rest { of, .. } = metric.sample else {
        let name = metric.name.bytes().map(u64::from);
        return Rng::with_seed(
            name.fold(seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte)),
        );
    };
    chance(of, seed)
}

/// For each combination of dimension values: its metrics by every dimension set, and its
/// share of all that occurs. Earlier values occur far more often.
fn published(metric: &'static Definition, events: &mut Events) -> Vec<(Vec<Id>, f64)> {
    let finest = events.scope.keys_of(metric, metric.dimensions(), None);
    let weights: Vec<_> = (1_u32..)
        .take(finest.len())
        .map(|place| f64::from(place).powi(-2))
        .collect();
    let whole: f64 = weights.iter().sum();
    let mut ids = |key: &Key| -> Vec<Id> {
        let by = |set: &&[DimensionDefinition]| {
            let named = |(name, _): &&(String, String)| set.iter().any(|own| own.name == *name);
            let dimensions = key.dimensions.iter().filter(named).cloned().collect();
            events.metrics.open(Key {
                dimensions,
                ..key.clone()
            })
        };
        metric.sets.iter().filter_map(by).collect()
    };
    let shares = weights.iter().map(|weight| weight / whole);
    finest
        .iter()
        .zip(shares)
        .map(|((_, key), share)| (ids(key), share))
        .collect()
}

/// What is observed in some minutes, `wave` being the tide from -1 to 1.
fn observe(
    metric: &Definition,
    wave: f64,
    share: f64,
    minutes: f64,
    random: &mut Rng,
) -> Vec<(f64, f64)> {
    match metric.sample {
        Sample::Rate { per_minute } => {
            let mean = per_minute * share * minutes * (1.0 + SWING * wave);
            match occurrences(mean, random) {
                // It was looked for, and there was none.
                0.0 => vec![(0.0, 1.0)],
                times => vec![(1.0, times)],
            }
        }
        Sample::Wave { low, high } => {
            let level = (1.0 + 0.8 * wave) / 2.0;
            let scattered = |_| {
                let level = (level + SCATTER * normal(random)).clamp(0.0, 1.0);
                let value = low + (high - low) * level;
                let whole = metric.unit == Unit::Count;
                (if whole { value.round() } else { value }, 1.0)
            };
            (0..OBSERVATIONS / 4).map(scattered).collect()
        }
        Sample::Rest { of, whole } => observe(of, wave, share, minutes, random)
            .into_iter()
            .map(|(value, times)| (whole - value, times))
            .collect(),
        Sample::Tail { median, p99 } => {
            let deviation = (p99 / median).ln() / NINETY_NINE;
            let count = (10.0 * share * minutes).ceil();
            let value = |_| (median * (deviation * normal(random)).exp(), count);
            (0..OBSERVATIONS).map(value).collect()
        }
        // A shape that is not known here has no samples.
        _ => Vec::new(),
    }
}

/// How often something occurs that does so `mean` times on average (Poisson).
fn occurrences(mean: f64, random: &mut Rng) -> f64 {
    if mean > 30.0 {
        return (mean + mean.sqrt() * normal(random)).round().max(0.0);
    }
    let (limit, mut product, mut times) = ((-mean).exp(), random.f64(), 0.0);
    while product > limit {
        product *= random.f64();
        times += 1.0;
    }
    times
}

/// From the standard normal distribution (Box and Muller).
fn normal(random: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.f64()).ln()).sqrt();
    radius * (TAU * random.f64()).cos()
}

#[expect(clippy::cast_precision_loss, reason = "seconds and small counts")]
fn real(whole: i64) -> f64 {
    whole as f64
}
