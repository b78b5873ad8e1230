//! Axes: from values and moments to shares of a chart's height and width.

use telemetry::Unit;

use super::ticks::{self, Base};
use crate::model::DisplayUnit;
use crate::view::TimeRange;

/// The values that a chart's height holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Scale {
    /// Holds all values and the bounds, with some air as in Grafana: values that are
    /// never negative stand on zero if they come near it.
    pub(super) fn fit(
        values: impl Iterator<Item = f64>,
        (floor, ceiling): (Option<f64>, Option<f64>),
    ) -> Self {
        const AIR: f64 = 0.1;
        let values = values.chain(floor).chain(ceiling).map(drawable);
        let extremes = values.fold(None, |seen: Option<(f64, f64)>, value| {
            let (low, high) = seen.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        });
        let (low, high) = extremes.unwrap_or((0.0, 1.0));
        let air = if high - low <= high.abs().max(low.abs()) * 1e-9 {
            if high == 0.0 { 1.0 } else { high.abs() }
        } else {
            (high - low) * AIR
        };
        let below = if low >= 0.0 && low - air <= 0.0 {
            0.0
        } else {
            low - air
        };
        let above = if high <= 0.0 && high + air >= 0.0 && low < 0.0 {
            0.0
        } else {
            high + air
        };
        Self {
            low: below,
            high: above,
        }
    }

    /// How far above the bottom a value is, 0 to 1 if it is within.
    pub(super) fn share(self, value: f64) -> f64 {
        (drawable(value) - self.low) / (self.high - self.low)
    }

    /// Where areas begin: zero, or the edge that is nearest to it.
    pub(super) fn base(self) -> f64 {
        0_f64.clamp(self.low, self.high)
    }

    pub(super) fn ticks(self, most: u32, unit: DisplayUnit) -> Vec<f64> {
        let base = match unit {
            DisplayUnit::Of(
                Unit::Bytes | Unit::BytesPerSecond | Unit::Bits | Unit::BitsPerSecond,
            ) => Base::Bytes,
            DisplayUnit::Of(Unit::Seconds) => Base::Time(1.0),
            DisplayUnit::Of(Unit::Milliseconds) => Base::Time(1e3),
            DisplayUnit::Of(Unit::Microseconds) => Base::Time(1e6),
            DisplayUnit::Ratio => Base::Ten(0.01),
            _ => Base::Ten(1.0),
        };
        ticks::values(self.low, self.high, most, base)
    }
}

/// A value that differences and quotients of values can stand: far beyond what anybody measures.
pub(super) fn drawable(value: f64) -> f64 {
    const MOST: f64 = 1e200;
    if value.abs() < 1.0 / MOST || value.is_nan() {
        return 0.0;
    }
    value.clamp(-MOST, MOST)
}

/// How far from the left a moment is, 0 to 1 if it is within the range.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
pub(super) fn across(range: TimeRange, at: i64) -> f64 {
    let span = (range.end as f64 - range.start as f64).max(1.0);
    (at as f64 - range.start as f64) / span
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(values: &[f64]) -> (f64, f64) {
        let scale = Scale::fit(values.iter().copied(), (None, None));
        (scale.low, scale.high)
    }

    #[test]
    fn there_is_air_around_values() {
        assert_eq!(fit(&[20.0, 30.0]), (19.0, 31.0));
        assert_eq!(fit(&[1.0, 11.0]), (0.0, 12.0));
        assert_eq!(fit(&[-10.0, 0.0]), (-11.0, 0.0));
    }

    #[test]
    fn flat_lines_have_an_axis() {
        assert_eq!(fit(&[5.0, 5.0]), (0.0, 10.0));
        assert_eq!(fit(&[0.0]), (0.0, 1.0));
        assert_eq!(fit(&[-5.0]), (-10.0, 0.0));
        assert_eq!(fit(&[]), (0.0, 1.1));
    }

    #[test]
    fn bounds_are_within() {
        let scale = Scale::fit([0.1].into_iter(), (None, Some(5.0)));
        assert!(scale.share(5.0) < 1.0);
        assert!(scale.low <= 0.0);
    }

    #[test]
    fn the_largest_numbers_have_a_place() {
        let scale = Scale::fit([f64::MAX, f64::MIN, 1e-310].into_iter(), (None, None));
        assert!((scale.share(0.0) - 0.5).abs() < 1e-9);
        assert!(
            scale
                .ticks(5, DisplayUnit::None)
                .iter()
                .all(|tick| tick.is_finite())
        );
    }
}
