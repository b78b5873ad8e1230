//! Numbers and times for people. Times are UTC, as in the API, the events and the logs.

use jiff::Timestamp;
use maud::{Markup, html};

/// Milliseconds since 1970 now.
pub(super) fn now_millis() -> i64 {
    Timestamp::now().as_millisecond()
}

/// A moment, in milliseconds since 1970: the time, with the date for machines and on hover.
pub(super) fn time(millis: i64) -> Markup {
    let Ok(at) = Timestamp::from_millisecond(millis) else {
        return html! { "?" };
    };
    html! {
        time datetime=(format!("{at:.3}")) title=(at.strftime("%Y-%m-%d %H:%M:%S UTC")) {
            (at.strftime("%H:%M:%S"))
        }
    }
}

/// A number of things.
pub(super) fn counted(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// So many capacity units.
pub(super) fn units(capacity: f64) -> String {
    match number(capacity).as_str() {
        "1" => "1 capacity unit".to_owned(),
        units => format!("{units} capacity units"),
    }
}

/// A moment with its date.
pub(super) fn date(millis: i64) -> Markup {
    html! { time datetime=(iso(millis)) data-show="date" { (dashboards::draw::moment(millis)) } }
}

pub(super) use crate::requests::iso;

/// A length of time: `950 ms`, `4.2 s`, `2 min 5 s`, `3 h 4 min`, `2 d 3 h`.
pub(super) fn duration(millis: f64) -> String {
    let seconds = millis / 1_000.0;
    if millis < 10.0 {
        return format!("{millis:.1} ms");
    }
    if millis < 1_000.0 {
        return format!("{millis:.0} ms");
    }
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    #[expect(clippy::cast_possible_truncation, reason = "a length to read")]
    let seconds = seconds as i64;
    let (large, small) = match seconds {
        ..3_600 => ((seconds / 60, "min"), (seconds % 60, "s")),
        3_600..86_400 => ((seconds / 3_600, "h"), (seconds % 3_600 / 60, "min")),
        _ => ((seconds / 86_400, "d"), (seconds % 86_400 / 3_600, "h")),
    };
    match small.0 {
        0 => format!("{} {}", large.0, large.1),
        _ => format!("{} {} {} {}", large.0, large.1, small.0, small.1),
    }
}

/// A number without more digits than it needs.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_at_most_two_units() {
        let texts = [
            0.25,
            12.4,
            950.0,
            4_200.0,
            60_000.0,
            125_000.0,
            11_040_000.0,
            183_600_000.0,
        ];
        assert_eq!(
            texts.map(duration),
            [
                "0.2 ms",
                "12 ms",
                "950 ms",
                "4.2 s",
                "1 min",
                "2 min 5 s",
                "3 h 4 min",
                "2 d 3 h"
            ]
        );
    }

    #[test]
    fn numbers_have_no_idle_digits() {
        assert_eq!([0.5, 12.0, 1.0 / 3.0].map(number), ["0.5", "12", "0.333"]);
    }
}
