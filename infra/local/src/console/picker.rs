//! What is chosen above a dashboard: its time and the values of its variables. Both are forms
//! that work without scripts; with them, a choice applies at once.

use dashboards::draw;
use dashboards::model::{NumberVariable, Variable};
use maud::{Markup, html};

use super::selection::Selection;

/// Ranges to choose from, in Grafana's notation, and how people call them.
const RANGES: [(&str, &str); 12] = [
    ("5m", "5 minutes"),
    ("15m", "15 minutes"),
    ("30m", "30 minutes"),
    ("1h", "1 hour"),
    ("3h", "3 hours"),
    ("6h", "6 hours"),
    ("12h", "12 hours"),
    ("1d", "1 day"),
    ("2d", "2 days"),
    ("7d", "7 days"),
    ("30d", "30 days"),
    ("1M", "1 month"),
];
/// Whole days and weeks: from and to.
const WHOLE: [(&str, &str, &str); 4] = [
    ("now/d", "now/d", "Today"),
    ("now-1d/d", "now-1d/d", "Yesterday"),
    ("now/w", "now/w", "This week"),
    ("now-1M/M", "now-1M/M", "Last month"),
];

/// Chooses the range; the buttons beside it move it.
pub(super) fn range(selection: &Selection) -> Markup {
    html! {
        div.ranges data-start=(selection.range.start) data-end=(selection.range.end) {
            button.quiet type="button" data-range="earlier" aria-label="Half a range earlier" { "‹" }
            details.picker #range {
                summary { span.hidden { "Time range: " } (spoken(selection)) }
                div.choices {
                    form method="get" action=(selection.path) aria-label="Time range" {
                        (hidden(selection, &["variables", "viewPanel"]))
                        label for="from" { "From" }
                        input #from name="from" value=(typed(&selection.from)) autocomplete="off" spellcheck="false";
                        label for="to" { "To" }
                        input #to name="to" value=(typed(&selection.to)) autocomplete="off" spellcheck="false";
                        p.hint { "now-6h, now-1d/d, or 2026-11-25 20:00:00 in the zone that is shown" }
                        button.primary type="submit" { "Apply" }
                    }
                    ul aria-label="Ranges up to now" {
                        @for (length, name) in RANGES {
                            @let from = format!("now-{length}");
                            li { a href=(selection.between(&from, "now"))
                                aria-current=[(selection.to == "now" && selection.from == from).then_some("true")] { "Last " (name) } }
                        }
                        @for (from, to, name) in WHOLE {
                            li { a href=(selection.between(from, to))
                                aria-current=[(selection.to == to && selection.from == from).then_some("true")] { (name) } }
                        }
                    }
                }
            }
            button.quiet type="button" data-range="later" aria-label="Half a range later" { "›" }
            button.quiet type="button" data-range="out" { "Zoom out" }
            button.quiet #share type="button" { "Share" }
        }
    }
}

/// The range as people say it.
fn spoken(selection: &Selection) -> Markup {
    if selection.to == "now" {
        let known = RANGES
            .iter()
            .find(|(length, _)| selection.from.strip_prefix("now-") == Some(length));
        if let Some((_, name)) = known {
            return html! { "Last " (name) };
        }
    }
    let whole = WHOLE
        .iter()
        .find(|(from, to, _)| selection.from == *from && selection.to == *to);
    if let Some((_, _, name)) = whole {
        return html! { (name) };
    }
    html! { (moment(&selection.from)) " to " (moment(&selection.to)) }
}

/// A moment of an address: in the reader's zone if it is an absolute one.
fn moment(text: &str) -> Markup {
    match absolute(text) {
        Some(at) => super::format::date(at),
        None => html! { (text) },
    }
}

fn typed(text: &str) -> String {
    absolute(text).map_or_else(|| text.to_owned(), draw::moment)
}

/// Milliseconds since 1970, unless the moment moves with the time.
fn absolute(text: &str) -> Option<i64> {
    if let Ok(millis) = text.parse() {
        return Some(millis);
    }
    Some(text.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}

/// What a form keeps of the address: `variables` are all of them.
pub(super) fn hidden(selection: &Selection, names: &[&str]) -> Markup {
    let kept = |name: &str| {
        names.contains(&name) || names.contains(&"variables") && name.starts_with("var-")
    };
    html! {
        @for (name, value) in selection.parameters() {
            @if kept(&name) { input type="hidden" name=(name) value=(value); }
        }
    }
}

/// Chooses values of a variable; none of them is all.
pub(super) fn variable(variable: Variable, chosen: &[String], offered: &[String]) -> Markup {
    let name = format!("var-{}", variable.name);
    let shown = match chosen {
        [] => "All".to_owned(),
        [one] => one.clone(),
        several => format!("{} chosen", several.len()),
    };
    html! {
        details.picker id={ "pick-" (name) } {
            summary { span.name { (variable.label) } " " span.chosen title=(chosen.join(", ")) { (shown) } }
            div.choices role="group" aria-label=(variable.label) {
                @if offered.is_empty() { p.hint { "Nothing was seen in this time." } }
                @for value in offered {
                    label.check {
                        input type="checkbox" name=(name) value=(value) id={ (name) "=" (value) } checked[chosen.contains(value)];
                        span { (value) }
                    }
                }
            }
        }
    }
}

/// Chooses one of the numbers of a variable.
pub(super) fn number(variable: &NumberVariable, chosen: usize) -> Markup {
    let name = format!("var-{}", variable.name);
    let id = format!("pick-{name}");
    html! {
        label.number {
            (variable.label)
            select id=(id) name=(name) {
                @for (place, (text, _)) in variable.options.iter().enumerate() {
                    option value=(text) selected[place == chosen] { (text) }
                }
            }
        }
    }
}
