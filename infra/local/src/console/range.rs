//! The time that a dashboard shows, in Grafana's words: `now-6h`, or milliseconds since 1970.

use dashboards::model::Period;
use dashboards::view::TimeRange;

use super::format::now_millis;

/// The longest that can be asked for, as long as CloudWatch keeps anything.
const LONGEST: i64 = 455 * 86_400;

/// The range from one moment to another.
///
/// # Errors
/// A sentence that names the parameter and says what fits.
pub(super) fn parse(from: &str, to: &str) -> Result<TimeRange, String> {
    let now = now_millis() / 1_000;
    let start = moment(from, now).ok_or_else(|| wrong("from", from))?;
    let end = moment(to, now).ok_or_else(|| wrong("to", to))?;
    if start >= end {
        return Err(format!("from ({from}) must be before to ({to})."));
    }
    if end - start > LONGEST {
        return Err(
            "from and to are more than 455 days apart, which is how long metrics are kept."
                .to_owned(),
        );
    }
    Ok(TimeRange { start, end })
}

fn wrong(name: &str, text: &str) -> String {
    format!("{name} is {text:?}: give now, now-6h (s, m, h, d or w) or milliseconds since 1970.")
}

/// In seconds since 1970.
fn moment(text: &str, now: i64) -> Option<i64> {
    match text.strip_prefix("now") {
        Some("") => Some(now),
        Some(offset) => Some(now - length(offset.strip_prefix('-')?)?),
        None => {
            let millis: i64 = text.parse().ok().filter(|millis| *millis >= 0)?;
            Some(millis / 1_000)
        }
    }
}

fn length(text: &str) -> Option<i64> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    let count: u32 = count.parse().ok()?;
    i64::from(count).checked_mul(seconds)
}

/// The range a dashboard has at first, as `from`.
pub(super) fn default_from(period: Period) -> String {
    format!("now-{period}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grafana_s_ways_to_say_a_moment() {
        assert_eq!(moment("now", 1_000), Some(1_000));
        assert_eq!(moment("now-90s", 1_000), Some(910));
        assert_eq!(moment("now-2w", 2_000_000), Some(2_000_000 - 1_209_600));
        assert_eq!(moment("1800000000000", 0), Some(1_800_000_000));
    }

    #[test]
    fn anything_else_is_named() {
        for text in [
            "",
            "now-",
            "now-h",
            "now+1h",
            "now-1y",
            "-5",
            "yesterday",
            "now-1é",
            "now-99999999999h",
        ] {
            let error = parse(text, "now").unwrap_err();
            assert!(error.starts_with("from is "), "{text}: {error}");
        }
        assert!(parse("now", "now-1h").unwrap_err().contains("before"));
        assert!(parse("0", "now").unwrap_err().contains("455"));
    }
}
