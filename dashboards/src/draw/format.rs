//! Values as text, as Grafana's formatter of the unit writes them.

use jiff::Timestamp;
use telemetry::Unit;

use crate::model::{DisplayUnit, Panel, words};

/// How values of a panel are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    pub(super) unit: DisplayUnit,
    /// Digits after the decimal point, if not as many as make three in all.
    decimals: Option<usize>,
}

/// Names of multiples, each `base` times the one before.
struct Multiples {
    base: f64,
    names: &'static [&'static str],
}

const SHORT: Multiples = Multiples {
    base: 1_000.0,
    names: &["", " K", " Mil", " Bil", " Tri", " Quadr"],
};
const METRIC: Multiples = Multiples {
    base: 1_000.0,
    names: &["", "K", "M", "B", "T"],
};
const BYTES: Multiples = Multiples {
    base: 1_024.0,
    names: &[" B", " KiB", " MiB", " GiB", " TiB", " PiB"],
};
const BITS: Multiples = Multiples {
    base: 1_024.0,
    names: &[" b", " Kib", " Mib", " Gib", " Tib", " Pib"],
};
/// How many seconds a unit of time has, the longest first.
const TIMES: [(f64, &str); 9] = [
    (31_536_000.0, " years"),
    (604_800.0, " weeks"),
    (86_400.0, " days"),
    (3_600.0, " hours"),
    (60.0, " mins"),
    (1.0, " s"),
    (1e-3, " ms"),
    (1e-6, " µs"),
    (1e-9, " ns"),
];

impl Format {
    pub(super) fn of(panel: &Panel) -> Self {
        Self {
            unit: panel.shown_unit(),
            decimals: panel.decimals.map(usize::from),
        }
    }

    pub(super) const fn unit(unit: DisplayUnit) -> Self {
        Self {
            unit,
            decimals: None,
        }
    }

    /// A value on its own, such as a stat.
    pub(super) fn value(self, value: f64) -> String {
        self.write(value, |scaled| digits(scaled, self.decimals))
    }

    /// A value on an axis whose values are `step` apart: as many digits as tell them apart.
    pub(super) fn tick(self, value: f64, step: f64) -> String {
        self.write(value, |scaled| {
            let scale = if value == 0.0 { 0.0 } else { scaled / value };
            // Ticks in another unit than the next one need not align with it.
            let whole = scale < 1.0 && scaled.fract() == 0.0;
            let decimals = if whole { 0 } else { decimals(step * scale) };
            digits(scaled, Some(decimals))
        })
    }

    fn write(self, value: f64, digits: impl Fn(f64) -> String) -> String {
        let suffixed = |(scaled, suffix): (f64, &str)| format!("{}{suffix}", digits(scaled));
        match self.unit {
            DisplayUnit::Of(Unit::Milliseconds) => suffixed(milliseconds(value)),
            DisplayUnit::Of(Unit::Seconds) => suffixed(time(value)),
            DisplayUnit::Of(Unit::Microseconds) => suffixed(microseconds(value)),
            DisplayUnit::Of(Unit::Bytes) => suffixed(BYTES.scale(value)),
            DisplayUnit::Of(Unit::BytesPerSecond) => suffixed(BYTES.scale(value)) + "/s",
            DisplayUnit::Of(Unit::Bits) => suffixed(BITS.scale(value)),
            DisplayUnit::Of(Unit::BitsPerSecond) => suffixed(BITS.scale(value)) + "/s",
            DisplayUnit::Of(Unit::Custom(name)) => {
                format!("{} {}", suffixed(METRIC.scale(value)), words(name))
            }
            DisplayUnit::Of(Unit::Percent) => suffixed((value, "%")),
            DisplayUnit::Of(Unit::Celsius) => suffixed((value, " °C")),
            DisplayUnit::Of(Unit::RelativeHumidity) => suffixed((value, "%H")),
            DisplayUnit::Of(Unit::Hectopascals) => suffixed((value, " hPa")),
            DisplayUnit::Of(Unit::CountPerSecond) | DisplayUnit::PerSecond => {
                suffixed(METRIC.scale(value)) + " c/s"
            }
            DisplayUnit::Of(_) => suffixed(SHORT.scale(value)),
            DisplayUnit::Ratio => suffixed((value * 100.0, "%")),
            DisplayUnit::Times => suffixed((value, "x")),
            DisplayUnit::Dollars => {
                let sign = if value < 0.0 { "-" } else { "" };
                format!("{sign}${}", suffixed(METRIC.scale(value.abs())))
            }
            #[expect(clippy::cast_possible_truncation, reason = "it saturates")]
            DisplayUnit::Time => moment(value as i64),
            DisplayUnit::None => digits(value),
        }
    }
}

impl Multiples {
    fn scale(&self, value: f64) -> (f64, &'static str) {
        let (mut scaled, mut names) = (value, self.names);
        while let [_, rest @ ..] = names
            && !rest.is_empty()
            && scaled.abs() >= self.base
        {
            scaled /= self.base;
            names = rest;
        }
        (scaled, names.first().copied().unwrap_or_default())
    }
}

fn time(seconds: f64) -> (f64, &'static str) {
    let fits = |(length, _): &(f64, &str)| seconds.abs() >= *length;
    match TIMES.into_iter().find(fits) {
        Some((length, suffix)) => (seconds / length, suffix),
        None => (seconds, " s"),
    }
}

/// Grafana leaves parts of a millisecond as they are.
fn milliseconds(value: f64) -> (f64, &'static str) {
    if value.abs() < 1_000.0 {
        (value, " ms")
    } else {
        time(value / 1_000.0)
    }
}

fn microseconds(value: f64) -> (f64, &'static str) {
    if value.abs() < 1_000.0 {
        (value, " µs")
    } else {
        milliseconds(value / 1_000.0)
    }
}

/// Three digits in all if not told otherwise; whole numbers stay whole.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 12"
)]
fn digits(value: f64, decimals: Option<usize>) -> String {
    let magnitude = value.abs().log10().floor();
    if value != 0.0 && !(-9.0..15.0).contains(&magnitude) {
        return format!("{value:.2e}");
    }
    let automatic = if value.fract() == 0.0 {
        0
    } else {
        (2.0 - magnitude).max(0.0) as usize
    };
    let text = format!("{value:.0$}", decimals.unwrap_or(automatic));
    match text.strip_prefix('-') {
        Some(zero) if !zero.contains(|digit: char| digit.is_ascii_digit() && digit != '0') => {
            zero.to_owned()
        }
        _ => text,
    }
}

/// How many decimals a step has, of those that matter.
fn decimals(step: f64) -> usize {
    const MOST: u16 = 12;
    let whole = |decimals: &u16| {
        let scaled = step.abs() * 10_f64.powi(i32::from(*decimals));
        (scaled - scaled.round()).abs() < 1e-3 && scaled > 0.5
    };
    (0..MOST).find(whole).unwrap_or(MOST).into()
}

/// A moment in UTC, from milliseconds since 1970.
pub fn moment(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(
        |_| milliseconds.to_string(),
        |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(unit: impl Into<DisplayUnit>, value: f64) -> String {
        Format::unit(unit.into()).value(value)
    }

    #[test]
    fn units_are_written_as_in_grafana() {
        assert_eq!(value(Unit::Count, 0.0), "0");
        assert_eq!(value(Unit::Count, 1_234.0), "1.23 K");
        assert_eq!(value(Unit::Count, -2e6), "-2 Mil");
        assert_eq!(value(Unit::Milliseconds, 0.5), "0.500 ms");
        assert_eq!(value(Unit::Milliseconds, 12.345), "12.3 ms");
        assert_eq!(value(Unit::Milliseconds, 1_500.0), "1.50 s");
        assert_eq!(value(Unit::Seconds, 0.02), "20 ms");
        assert_eq!(value(Unit::Seconds, 90.0), "1.50 mins");
        assert_eq!(value(Unit::Microseconds, 0.0), "0 µs");
        assert_eq!(value(Unit::Microseconds, 250.0), "250 µs");
        assert_eq!(value(Unit::Microseconds, 1_500.0), "1.50 ms");
        assert_eq!(value(Unit::Bytes, 2_048.0), "2 KiB");
        assert_eq!(value(Unit::BytesPerSecond, 2_048.0), "2 KiB/s");
        assert_eq!(value(Unit::Bits, 2_048.0), "2 Kib");
        assert_eq!(value(Unit::BitsPerSecond, 2_048.0), "2 Kib/s");
        assert_eq!(value(Unit::CountPerSecond, 2.0), "2 c/s");
        assert_eq!(value(Unit::Custom("euros"), 4_200.0), "4.20K euros");
        assert_eq!(
            value(Unit::Custom("megawatt_hours"), -3.5),
            "-3.50 megawatt hours"
        );
        assert_eq!(value(Unit::Celsius, 22.5), "22.5 °C");
        assert_eq!(value(DisplayUnit::Ratio, 0.0123), "1.23%");
        assert_eq!(value(DisplayUnit::PerSecond, 0.25), "0.250 c/s");
        assert_eq!(value(DisplayUnit::Dollars, -1_200.0), "-$1.20K");
        assert_eq!(value(DisplayUnit::Times, 14.4), "14.4x");
        assert_eq!(value(DisplayUnit::Time, 0.0), "1970-01-01 00:00:00");
    }

    #[test]
    fn digits_are_few_and_signs_mean_something() {
        assert_eq!(digits(-0.000_4, Some(2)), "0.00");
        assert_eq!(digits(1e300, None), "1.00e300");
        assert_eq!(digits(1e-12, None), "1.00e-12");
        assert_eq!(digits(99.99, Some(1)), "100.0");
    }

    #[test]
    fn ticks_differ_and_have_no_zeros_at_the_end() {
        let tick = |unit: DisplayUnit, value, step| Format::unit(unit).tick(value, step);
        let milliseconds = DisplayUnit::Of(Unit::Milliseconds);
        assert_eq!(tick(milliseconds, 1_500.0, 500.0), "1.5 s");
        assert_eq!(tick(milliseconds, 1_000.0, 250.0), "1 s");
        assert_eq!(tick(milliseconds, 100.0, 50.0), "100 ms");
        assert_eq!(tick(DisplayUnit::Ratio, 0.999, 0.000_5), "99.90%");
        assert_eq!(
            tick(DisplayUnit::Of(Unit::Celsius), 22.75, 0.25),
            "22.75 °C"
        );
        assert_eq!(tick(DisplayUnit::Ratio, 0.0, 0.025), "0%");
    }
}
