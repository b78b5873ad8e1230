//! Spans over time: a row each, with a bar from its beginning to its end.

use std::time::Duration;

use maud::{Markup, html};

use super::format::{duration, number};
use crate::requests::{Request, Span};

/// The request's own span and its calls.
pub(super) fn draw(request: &Request) -> Markup {
    let Some(own) = request.spans.first() else {
        return html! { p.empty { "Its caller asked for it not to be traced." } };
    };
    html! {
        table.waterfall {
            thead { tr {
                th scope="col" { "Span" }
                th scope="col" { "Begins" }
                th scope="col" { "Takes" }
                th scope="col" { "Capacity" }
                th.bars scope="col" { "0 to " (millis(own.duration)) }
            } }
            tbody { @for span in &request.spans { (row(span, own)) } }
        }
    }
}

fn row(span: &Span, own: &Span) -> Markup {
    let begins = span.start.duration_since(own.start).unwrap_or_default();
    html! {
        tr.failed[span.error.is_some()] {
            th scope="row" {
                details.call[span.is_call] {
                    summary {
                        (span.name)
                        @if let Some(error) = &span.error { " " span.chip.alarm { (error) } }
                    }
                    dl.facts { @for (name, value) in &span.attributes { dt { (name) } dd { (value) } } }
                }
            }
            td.number data-label="Begins" { (millis(begins)) }
            td.number data-label="Takes" { (millis(span.duration)) }
            td.number data-label="Capacity" { @if let Some(units) = span.capacity() { (number(units)) } }
            td.bars { (bar(begins, span.duration, own.duration)) }
        }
    }
}

/// A bar in hundredths of the whole; never too short to be seen.
fn bar(begins: Duration, takes: Duration, whole: Duration) -> Markup {
    const SHORTEST: f64 = 0.4;
    let share = |part: Duration| part.as_secs_f64() / whole.as_secs_f64().max(1e-9) * 100.0;
    let width = share(takes).clamp(SHORTEST, 100.0);
    let x = share(begins).min(100.0 - width);
    html! {
        svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect x=(format!("{x:.2}")) y="1" width=(format!("{width:.2}")) height="8" rx="0.5" {}
        }
    }
}

fn millis(time: Duration) -> String {
    duration(time.as_secs_f64() * 1_000.0)
}
