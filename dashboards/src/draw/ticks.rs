//! Where an axis has lines: at numbers and moments that people count by.

use jiff::Timestamp;

use crate::view::TimeRange;

/// Lengths of time that people count by, in seconds.
const LENGTHS: [i64; 24] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
    86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
];

/// What the numbers of an axis count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Base {
    /// Tens of this much.
    Ten(f64),
    /// Powers of two.
    Bytes,
    /// Time, of which this much makes a second.
    Time(f64),
}

/// At most `most` values from `low` to `high`, at even distances.
pub(super) fn values(low: f64, high: f64, most: u32, base: Base) -> Vec<f64> {
    let step = step((high - low) / f64::from(most.max(1)), base);
    let first = (low / step).ceil();
    // A hair of room for a last tick that rounding has pushed over the edge.
    let within = |value: &f64| *value <= high + step * 1e-6;
    (0..=most)
        .map(|place| (first + f64::from(place)) * step)
        .take_while(within)
        .collect()
}

/// The shortest step that is at least as long as `least`.
fn step(least: f64, base: Base) -> f64 {
    match base {
        Base::Ten(unit) => decimal(least / unit) * unit,
        Base::Bytes => least.max(1.0).log2().ceil().exp2(),
        Base::Time(second) if least > second => {
            let seconds = least / second;
            #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
            let mut lengths = LENGTHS.iter().map(|length| *length as f64);
            let length = lengths.find(|length| *length >= seconds);
            length.unwrap_or_else(|| decimal(seconds)) * second
        }
        Base::Time(second) => decimal(least / second) * second,
    }
}

/// 1, 2, 2.5 or 5 times a power of ten.
fn decimal(least: f64) -> f64 {
    let magnitude = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * magnitude);
    let fits = |step: &f64| *step >= least * (1.0 - 1e-9);
    steps.into_iter().find(fits).unwrap_or(least)
}

/// A moment on the time axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: i64,
    pub(super) label: String,
}

/// At most `most` moments within the range, at even distances, in UTC.
pub(super) fn moments(range: TimeRange, most: u32) -> Vec<Moment> {
    let span = range.end.saturating_sub(range.start).max(1);
    let most = i64::from(most.max(1));
    let least = span / most + i64::from(span % most > 0);
    let listed = LENGTHS.into_iter().find(|length| *length >= least);
    let step = listed.unwrap_or(least);
    let pattern = match step {
        86_400.. => "%m/%d",
        _ if span > 86_400 => "%m/%d %H:%M",
        60.. => "%H:%M",
        _ => "%H:%M:%S",
    };
    let first = range.start.div_euclid(step).saturating_mul(step);
    (0..=most + 1)
        .map(|place| first.saturating_add(step.saturating_mul(place)))
        .filter(|at| (range.start..range.end).contains(at))
        .map(|at| Moment {
            at,
            label: label(at, pattern),
        })
        .collect()
}

fn label(at: i64, pattern: &str) -> String {
    let moment = Timestamp::from_second(at);
    moment.map_or_else(|_| at.to_string(), |at| at.strftime(pattern).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_that_people_count_by() {
        let tens = |low, high| values(low, high, 5, Base::Ten(1.0));
        assert_eq!(tens(0.0, 10.0), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(tens(0.0, 11.0), [0.0, 2.5, 5.0, 7.5, 10.0]);
        assert_eq!(tens(-3.0, 1.0), [-3.0, -2.0, -1.0, 0.0, 1.0]);
        let bytes = values(0.0, 5_000.0, 5, Base::Bytes);
        assert_eq!(bytes, [0.0, 1_024.0, 2_048.0, 3_072.0, 4_096.0]);
        let milliseconds = values(0.0, 240_000.0, 5, Base::Time(1_000.0));
        assert_eq!(
            milliseconds,
            [0.0, 60_000.0, 120_000.0, 180_000.0, 240_000.0]
        );
    }

    #[test]
    fn moments_that_people_count_by() {
        let labels = |start, end| -> Vec<String> {
            let moments = moments(TimeRange { start, end }, 6).into_iter();
            moments.map(|moment| moment.label).collect()
        };
        assert_eq!(
            labels(0, 10_800),
            ["00:00", "00:30", "01:00", "01:30", "02:00", "02:30"]
        );
        assert_eq!(
            labels(7, 60),
            ["00:00:10", "00:00:20", "00:00:30", "00:00:40", "00:00:50"]
        );
        assert_eq!(
            labels(0, 3 * 86_400),
            [
                "01/01 00:00",
                "01/01 12:00",
                "01/02 00:00",
                "01/02 12:00",
                "01/03 00:00",
                "01/03 12:00"
            ]
        );
        assert_eq!(
            labels(0, 5 * 86_400),
            ["01/01", "01/02", "01/03", "01/04", "01/05"]
        );
    }

    proptest! {
        #[test]
        fn ticks_are_even_within_and_not_too_many(low in -1e9_f64..1e9, span in 1e-3_f64..1e9, most in 2_u32..12) {
            for base in [Base::Ten(1.0), Base::Ten(0.01), Base::Time(1_000.0), Base::Time(1.0)] {
                let ticks = values(low, low + span, most, base);
                prop_assert!(ticks.len() <= most as usize + 1);
                prop_assert!(ticks.iter().all(|tick| tick.is_finite() && *tick >= low - span * 1e-6 && *tick <= low + span * 1.000_01));
                let steps: Vec<f64> = ticks.windows(2).map(|pair| pair[1] - pair[0]).collect();
                prop_assert!(steps.windows(2).all(|pair| (pair[0] - pair[1]).abs() < span * 1e-5));
            }
        }

        #[test]
        fn moments_are_within(start in -4_000_000_000_i64..4_000_000_000, span in 0_i64..4_000_000_000, most in 1_u32..12) {
            let range = TimeRange { start, end: start + span };
            let moments = moments(range, most);
            prop_assert!(moments.len() <= most as usize + 1);
            prop_assert!(moments.iter().all(|moment| moment.at >= start && moment.at < range.end));
        }
    }
}
