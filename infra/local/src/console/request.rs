//! `/requests/{id}`: one request: its trace over time, its event and its log records; and what
//! happened in words.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::accept::{Accept, without_suffix};
use super::details::Details;
use super::format::{date, duration, iso, units};
use super::page::{Page, Section};
use super::requests::{status, summary};
use super::{Console, links, logs, waterfall, why};
use crate::requests::{MAX_REQUESTS, Request, Span};

fn unknown(id: &str) -> Page {
    let reason =
        format!("No request with the id {id} is among the last {MAX_REQUESTS}, which are kept.");
    Page::not_found(Section::Requests, &reason)
}

pub(super) async fn page(
    State(console): State<Console>,
    Path(id): Path<String>,
    accept: Accept,
) -> Response {
    let draw = move |console: &Console, accept: &Accept| {
        let id = without_suffix(&id);
        match Details::find(console, id) {
            Some(details) => accept.answer(|| data(&details), || one(console, &details)),
            None => accept.page(&unknown(id)),
        }
    };
    console.draw(accept, Section::Requests, draw).await
}

/// `/requests/{id}/why`: what happened, in words, for a terminal.
pub(super) async fn why(
    State(console): State<Console>,
    Path(id): Path<String>,
    accept: Accept,
) -> Response {
    let draw = move |console: &Console, accept: &Accept| match Details::find(console, &id) {
        Some(details) => why::lines(console, &details).into_response(),
        None => accept.page(&unknown(&id)),
    };
    console.draw(accept, Section::Requests, draw).await
}

fn data(details: &Details) -> Value {
    let mut all = summary(&details.request);
    all["spans"] = details.spans.iter().map(span).collect();
    all["events"] = Value::from(details.request.events.clone());
    all["records"] = details
        .records
        .iter()
        .map(|record| record.value.clone())
        .collect();
    all
}

fn span(span: &Span) -> Value {
    let since = span
        .start
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let attributes: serde_json::Map<String, Value> = span.attributes.iter().cloned().collect();
    json!({
        "traceId": span.trace.to_string(), "spanId": span.id.to_string(), "parentSpanId": span.parent.to_string(),
        "service": &*span.service, "name": span.name, "kind": format!("{:?}", span.kind).to_lowercase(),
        "start": iso(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)), "durationMs": span.duration.as_secs_f64() * 1_000.0,
        "attributes": attributes, "error": span.error,
    })
}

fn one(console: &Console, details: &Details) -> Page {
    let request = &details.request;
    let name = request.route().unwrap_or("Request");
    let body = html! {
        p.trail { a href="/requests" { "Requests" } }
        div.head { h1 { (name) } (status(request)) }
        (facts(console, details))
        section aria-labelledby="why" {
            h2 #why { "In words" }
            ul.why { @for sentence in why::sentences(console, details) { li { (sentence) } } }
        }
        section aria-labelledby="waterfall" {
            h2 #waterfall { "Trace" }
            (waterfall::draw(&details.spans))
        }
        div.columns {
            section aria-labelledby="event" { h2 #event { "Event" } (events(request)) }
            section aria-labelledby="records" { h2 #records { "Log" }
                @if details.records.is_empty() { p.empty { "It logged nothing." } }
                @else { (logs::list(&details.records)) }
            }
        }
    };
    Page::new(Section::Requests, name, body)
}

fn facts(console: &Console, details: &Details) -> Markup {
    let request = &details.request;
    let sensors: Vec<_> = request.sensors().into_iter().collect();
    let trace = request.trace();
    html! {
        dl.facts {
            @if let Some(at) = request.at() { dt { "Ended" } dd { (date(at)) } }
            @if let Some(took) = request.duration() { dt { "Took" } dd { (duration(took)) } }
            @if let Some(service) = request.service() {
                dt { "Service" } dd { a href=(links::query("/requests", &[("service", service)])) { (service) } }
            }
            dt { "Calls" }
            dd { (request.calls().count()) ", " (units(request.capacity())) " of DynamoDB" }
            @if let Some(error) = request.error() { dt { "Error" } dd { code { (error) } } }
            @if let Some(user) = request.user() { dt { "User" } dd { a href=(links::query("/requests", &[("user", user)])) { (user) } } }
            @if let Some(run) = request.run() {
                dt { "Run" }
                dd {
                    code { (run) } " "
                    a href={ "/requests?run=" (run) } { "its requests" } ", "
                    @if let Some(dashboard) = links::of(&console.library.dashboards, console.observed.subject().fields.run, run) {
                        a href=(dashboard) { "its dashboard" } ", "
                    }
                    a href={ "/logs?q=" (run) } { "its log" }
                }
            }
            @if !sensors.is_empty() { dt { "Sensors" } dd { (sensors.join(", ")) } }
            @if let Some(trace) = &trace {
                dt { "Trace" }
                dd { code { (trace) } " " a href=(links::trace(trace)) { "its requests" } }
            }
            dt { "Request" } dd { code { (request.id) } }
            @if let Some(replay) = replay(request) {
                dt { "Again" } dd { a href=(replay) { "Send it again, or with a fault of DynamoDB" } }
            }
        }
    }
}

/// The explorer with the same call, if it is known how it was sent.
fn replay(request: &Request) -> Option<String> {
    let path = request.spans.first()?.attribute("url.path")?.as_str()?;
    path.starts_with("/api/")
        .then(|| links::query("/explorer", &[("request", &request.id)]))
}

fn events(request: &Request) -> Markup {
    html! {
        @if request.events.is_empty() { p.empty { "It wrote no event: its spans are of another program." } }
        @for (place, event) in request.events.iter().enumerate() {
            @if place == 0 { pre tabindex="0" { code { (pretty(event)) } } }
            @else {
                details { summary { "Line " (place + 1) } pre tabindex="0" { code { (pretty(event)) } } }
            }
        }
    }
}

fn pretty(event: &Value) -> String {
    serde_json::to_string_pretty(event).unwrap_or_default()
}
