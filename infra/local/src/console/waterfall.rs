//! Spans over time: a row each, below the span that it is part of, with a bar from its
//! beginning to its end. Programs are told apart by their name, and by colour.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use maud::{Markup, html};
use opentelemetry::trace::SpanId;
use serde_json::Value;

use super::format::{duration, number};
use crate::requests::Span;

/// The spans of a trace.
pub(super) fn draw(spans: &[Span]) -> Markup {
    let (Some(start), Some(end)) = (
        spans.iter().map(|span| span.start).min(),
        spans.iter().map(|span| span.start + span.duration).max(),
    ) else {
        return html! { p.empty { "Its caller asked for it not to be traced." } };
    };
    let whole = end.duration_since(start).unwrap_or_default();
    let mut services: Vec<&str> = Vec::new();
    for span in spans {
        if !services.contains(&&*span.service) {
            services.push(&span.service);
        }
    }
    let colour = |span: &Span| {
        services
            .iter()
            .position(|one| *one == &*span.service)
            .unwrap_or_default()
            % 8
    };
    html! {
        div.wide tabindex="0" role="region" aria-label="Spans over time" {
            table.waterfall {
                thead { tr {
                    th scope="col" { "Span" }
                    @if services.len() > 1 { th scope="col" { "Service" } }
                    th scope="col" { "Begins" }
                    th scope="col" { "Takes" }
                    th scope="col" { "Capacity" }
                    th.bars scope="col" { "0 to " (millis(whole)) }
                } }
                tbody { @for (depth, span) in ordered(spans) {
                    (row(span, depth, (services.len() > 1).then(|| colour(span)), start, whole))
                } }
            }
        }
    }
}

/// Each span after the one that it is part of, and how deep it is.
fn ordered(spans: &[Span]) -> Vec<(usize, &Span)> {
    let mut below: HashMap<SpanId, Vec<&Span>> = HashMap::new();
    let known = |id: SpanId| spans.iter().any(|span| span.id == id);
    let mut stack: Vec<(usize, &Span)> = Vec::new();
    for span in spans {
        if span.parent != span.id && known(span.parent) {
            below.entry(span.parent).or_default().push(span);
        } else {
            stack.push((0, span));
        }
    }
    stack.reverse();
    let mut ordered = Vec::new();
    while let Some((depth, span)) = stack.pop() {
        ordered.push((depth, span));
        // Each is taken out, so that spans that are part of each other end it.
        let children = below.remove(&span.id).unwrap_or_default();
        stack.extend(children.into_iter().rev().map(|child| (depth + 1, child)));
    }
    ordered
}

fn row(
    span: &Span,
    depth: usize,
    colour: Option<usize>,
    start: SystemTime,
    whole: Duration,
) -> Markup {
    let begins = span.start.duration_since(start).unwrap_or_default();
    html! {
        tr.failed[span.error.is_some()] {
            th scope="row" {
                details class={ "call deep" (depth.min(6)) } {
                    summary {
                        (span.name)
                        @if let Some(error) = &span.error { " " span.chip.alarm { (if error.is_empty() { "error" } else { error }) } }
                    }
                    dl.facts {
                        @for (name, value) in &span.attributes { dt { (name) } dd { (text(value)) } }
                        @for moment in &span.moments {
                            dt { (moment.name) }
                            dd { @for (name, value) in &moment.attributes { (name) ": " (text(value)) br; } }
                        }
                    }
                }
            }
            @if let Some(colour) = colour { td { span class={ "service s" (colour) } { span { (span.service) } } } }
            td.number data-label="Begins" { (millis(begins)) }
            td.number data-label="Takes" { (millis(span.duration)) }
            td.number data-label="Capacity" { @if let Some(units) = span.capacity() { (number(units)) } }
            td class={ "bars" @if let Some(colour) = colour { " s" (colour) } } { (bar(begins, span.duration, whole)) }
        }
    }
}

/// An attribute as people read it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
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
