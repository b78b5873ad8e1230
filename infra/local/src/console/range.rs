//! The time that a dashboard shows, in Grafana's words: `now-6h`, `now-1d/d`, ISO 8601, or
//! milliseconds since 1970.

use dashboards::model::Period;
use dashboards::view::TimeRange;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

/// The longest that can be asked for, as long as CloudWatch keeps anything.
const LONGEST: i64 = 455 * 86_400;
/// How fine a range that moves with the time moves: to a hundredth of its length, a few pixels of a
/// chart. In between, what has not changed is drawn the same, and need not be sent again.
const STEPS: [i64; 11] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800];

/// Which way a moment such as `now/d` is rounded: a range begins and ends with whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    From,
    To,
}

/// The range from one moment to another. Days begin at midnight in a zone that is so many
/// minutes east of Greenwich.
///
/// # Errors
/// A sentence that names the parameter and says what fits.
pub(super) fn parse(from: &str, to: &str, offset: i32) -> Result<TimeRange, String> {
    parse_at(from, to, offset, Timestamp::now())
}

fn parse_at(from: &str, to: &str, offset: i32, now: Timestamp) -> Result<TimeRange, String> {
    let zone = Offset::from_seconds(offset.saturating_mul(60)).unwrap_or(Offset::UTC);
    let start = moment(from, now, zone, End::From).ok_or_else(|| wrong("from", from))?;
    let end = moment(to, now, zone, End::To).ok_or_else(|| wrong("to", to))?;
    if start >= end {
        return Err(format!("from ({from}) must be before to ({to})."));
    }
    if end - start > LONGEST {
        return Err(
            "from and to are more than 455 days apart, which is how long metrics are kept."
                .to_owned(),
        );
    }
    let moves = to == "now" && from.starts_with("now-") && !from.contains('/');
    Ok(if moves {
        stepped(start, end)
    } else {
        TimeRange { start, end }
    })
}

/// The same length, up to the end of the step that goes on.
fn stepped(start: i64, end: i64) -> TimeRange {
    let length = end - start;
    let fine = STEPS.into_iter().rev().find(|step| step * 100 <= length);
    let step = fine.unwrap_or(1);
    let end = (end + step - 1).div_euclid(step) * step;
    TimeRange {
        start: end - length,
        end,
    }
}

fn wrong(name: &str, text: &str) -> String {
    format!(
        "{name} is {text:?}: give now, now-6h, now-1d/d (s, m, h, d, w, M or y), \
         2026-11-25T20:00:00Z or milliseconds since 1970."
    )
}

/// In seconds since 1970.
fn moment(text: &str, now: Timestamp, zone: Offset, end: End) -> Option<i64> {
    let local = |at: DateTime| Some(zone.to_timestamp(at).ok()?.as_second());
    if let Some(math) = text.strip_prefix("now") {
        return local(relative(math, zone.to_datetime(now), end)?);
    }
    if let Ok(millis) = text.parse::<i64>() {
        let known = Timestamp::from_millisecond(millis).ok()?;
        return (millis >= 0).then(|| known.as_second());
    }
    match text.parse::<Timestamp>() {
        Ok(at) => Some(at.as_second()),
        Err(_) => local(text.parse().ok()?),
    }
}

/// What follows `now`: lengths that are added and taken away, and units to round to.
fn relative(mut math: &str, mut at: DateTime, end: End) -> Option<DateTime> {
    while let Some(operator) = math.chars().next() {
        let rest = math.strip_prefix(operator)?;
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (count, rest) = rest.split_at(digits);
        let unit = rest.chars().next()?;
        math = &rest[unit.len_utf8()..];
        at = match operator {
            '/' if count.is_empty() => rounded(at, unit, end)?,
            '+' | '-' => {
                let count: i64 = if count.is_empty() {
                    1
                } else {
                    count.parse().ok()?
                };
                let length = span(unit, if operator == '-' { -count } else { count })?;
                at.checked_add(length).ok()?
            }
            _ => return None,
        };
    }
    Some(at)
}

fn span(unit: char, count: i64) -> Option<Span> {
    let none = Span::new();
    let span = match unit {
        's' => none.try_seconds(count),
        'm' => none.try_minutes(count),
        'h' => none.try_hours(count),
        'd' => none.try_days(count),
        'w' => none.try_weeks(count),
        'M' => none.try_months(count),
        'y' => none.try_years(count),
        _ => return None,
    };
    span.ok()
}

/// The beginning of the unit that goes on, or its end.
fn rounded(at: DateTime, unit: char, end: End) -> Option<DateTime> {
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    let day = at.date();
    let first = match unit {
        's' => day.at(hour, minute, second, 0),
        'm' => day.at(hour, minute, 0, 0),
        'h' => day.at(hour, 0, 0, 0),
        'd' => midnight(day),
        // Weeks begin on Sunday, as Grafana's do by default.
        'w' => {
            let days = i64::from(day.weekday().since(Weekday::Sunday));
            midnight(day.checked_sub(span('d', days)?).ok()?)
        }
        'M' => midnight(day.first_of_month()),
        'y' => midnight(day.first_of_year()),
        _ => return None,
    };
    match end {
        End::From => Some(first),
        End::To => first.checked_add(span(unit, 1)?).ok(),
    }
}

fn midnight(day: Date) -> DateTime {
    day.at(0, 0, 0, 0)
}

/// The range a dashboard has at first, as `from`.
pub(super) fn default_from(period: Period) -> String {
    format!("now-{period}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    const NOW: &str = "2026-11-25T20:15:30Z";

    fn between(from: &str, to: &str, offset: i32) -> [String; 2] {
        let range = parse_at(from, to, offset, NOW.parse().unwrap()).unwrap();
        [range.start, range.end].map(|at| Timestamp::from_second(at).unwrap().to_string())
    }

    #[test]
    fn grafana_s_ways_to_say_a_moment() {
        let to = "2026-11-25T20:15:30Z";
        for (from, start) in [
            ("now-90s", "2026-11-25T20:14:00Z"),
            ("now-M+1d", "2026-10-26T20:15:30Z"),
            ("now-1y", "2025-11-25T20:15:30Z"),
            ("1795000000000", "2026-11-18T11:06:40Z"),
            ("2026-11-25T20:00:00.000Z", "2026-11-25T20:00:00Z"),
            ("2026-11-25T20:00:00+01:00", "2026-11-25T19:00:00Z"),
            ("2026-11-25 20:00:00", "2026-11-25T20:00:00Z"),
            ("2026-11-25", "2026-11-25T00:00:00Z"),
        ] {
            let [found, end] = between(from, "now+0s", 0);
            assert_eq!((found.as_str(), end.as_str()), (start, to), "{from}");
        }
    }

    #[test]
    fn whole_days_weeks_and_months_are_the_reader_s() {
        for (from, to, offset, start, end) in [
            (
                "now-1d/d",
                "now-1d/d",
                0,
                "2026-11-24T00:00:00Z",
                "2026-11-25T00:00:00Z",
            ),
            (
                "now/d",
                "now/d",
                60,
                "2026-11-24T23:00:00Z",
                "2026-11-25T23:00:00Z",
            ),
            (
                "now/d",
                "now/d",
                330,
                "2026-11-25T18:30:00Z",
                "2026-11-26T18:30:00Z",
            ),
            (
                "now/w",
                "now/w",
                0,
                "2026-11-22T00:00:00Z",
                "2026-11-29T00:00:00Z",
            ),
            (
                "now-1M/M",
                "now-1M/M",
                0,
                "2026-10-01T00:00:00Z",
                "2026-11-01T00:00:00Z",
            ),
            (
                "now/h",
                "now/m",
                0,
                "2026-11-25T20:00:00Z",
                "2026-11-25T20:16:00Z",
            ),
        ] {
            assert_eq!(between(from, to, offset), [start, end], "{from} {offset}");
        }
    }

    #[test]
    fn a_range_that_moves_does_so_in_steps() {
        let length = |from| {
            let range = parse_at(from, "now", 0, NOW.parse().unwrap()).unwrap();
            (range.end % 60, range.end - range.start)
        };
        assert_eq!(length("now-15m"), (30, 900));
        assert_eq!(length("now-1h"), (30, 3_600));
        assert_eq!(length("now-6h"), (0, 21_600));
    }

    #[test]
    fn anything_else_is_named() {
        for text in [
            "",
            "now-",
            "now-h/",
            "now*1h",
            "now-1z",
            "now/1d",
            "-5",
            "yesterday",
            "now-1é",
            "now-99999999999h",
            "2026-13-01",
            "9999999999999999999",
        ] {
            let error = parse(text, "now", 0).unwrap_err();
            assert!(error.starts_with("from is "), "{text}: {error}");
        }
        assert!(parse("now", "now-1h", 0).unwrap_err().contains("before"));
        assert!(parse("0", "now", 0).unwrap_err().contains("455"));
    }
}
