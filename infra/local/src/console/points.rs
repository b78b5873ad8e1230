//! Requests as points: when each ended, and how long it took, on a scale of powers of ten.
//! A failed one is a cross, so that nothing is told by colour alone.

use maud::{Markup, html};

use super::format::{duration, time};
use crate::requests::Request;

/// Milliseconds at the bottom and at the top of the chart; what is beyond is at its edge.
const LOWEST: f64 = 0.1;
const HIGHEST: f64 = 100_000.0;
const LINES: [(f64, &str); 5] = [
    (1.0, "1 ms"),
    (10.0, "10 ms"),
    (100.0, "100 ms"),
    (1_000.0, "1 s"),
    (10_000.0, "10 s"),
];

/// The chart; nothing of fewer than two requests. The table below it says the same.
pub(super) fn draw(requests: &[Request]) -> Markup {
    let known: Vec<(&Request, i64, f64)> = requests
        .iter()
        .filter_map(|request| Some((request, request.at()?, request.duration()?)))
        .collect();
    let moments = || known.iter().map(|(_, at, _)| *at);
    let (Some(first), Some(last)) = (moments().min(), moments().max()) else {
        return html! {};
    };
    if first == last {
        return html! {};
    }
    html! {
        figure.scatter {
            svg aria-hidden="true" width="100%" height="160" {
                @for (level, name) in LINES {
                    line.grid x1="0" x2="100%" y1=(percent(y(level))) y2=(percent(y(level))) {}
                    text.tick x="4" y=(percent(y(level))) dy="-3" { (name) }
                }
                @for (request, at, took) in &known { (point(request, share(*at, first, last), *took)) }
            }
            figcaption { "From " (time(first)) " to " (time(last)) ", " (known.len()) " requests by how long they took; a cross has failed. Each leads to its request." }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place to draw at")]
fn share(at: i64, first: i64, last: i64) -> f64 {
    (at - first) as f64 / (last - first) as f64
}

/// From 1 at the bottom to 0 at the top.
fn y(millis: f64) -> f64 {
    let place = (millis.clamp(LOWEST, HIGHEST) / LOWEST).log10();
    1.0 - place / (HIGHEST / LOWEST).log10()
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

fn point(request: &Request, x: f64, took: f64) -> Markup {
    let (x, y) = (percent(0.06 + x * 0.93), percent(y(took)));
    let title = format!("{} {}", request.route().unwrap_or("?"), duration(took));
    html! {
        a href={ "/requests/" (request.id) } tabindex="-1" {
            title { (title) }
            @if request.has_failed() {
                svg.failed x=(x) y=(y) overflow="visible" { path d="M-4 -4L4 4M-4 4L4 -4" {} }
            } @else {
                circle cx=(x) cy=(y) r="3.5" {}
            }
        }
    }
}
