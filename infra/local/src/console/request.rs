//! `/requests/{id}`: one request: its trace over time, its event and its log records; and what
//! happened in words.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use opentelemetry::trace::TraceId;
use serde_json::{Value, json};

use super::format::{duration, iso, time, units};
use super::page::{Page, Section};
use super::requests::{status, summary};
use super::wanted::{Wanted, without_suffix};
use super::{Console, links, logs, waterfall, why};
use crate::requests::{MAX_REQUESTS, Record, Request, Span};

/// How many log records of a request are shown.
const RECORDS: usize = 200;

/// Everything that is known of a request.
pub(super) struct Whole {
    pub(super) request: Request,
    /// Those of its whole trace, if it has one.
    pub(super) spans: Vec<Span>,
    /// The oldest first.
    pub(super) records: Vec<Record>,
}

impl Whole {
    pub(super) fn find(console: &Console, id: &str) -> Option<Self> {
        let requests = &console.observed.requests;
        let request = requests.find(id)?;
        let trace = request.trace();
        let spans = match trace.as_deref().map(TraceId::from_hex) {
            Some(Ok(trace)) => requests.trace(trace),
            _ => request.spans.clone(),
        };
        let of_it = |record: &Record| match record.request() {
            Some(other) => other == id,
            None => record.trace().is_some() && record.trace() == trace.as_deref(),
        };
        let mut records = requests.newest_records(RECORDS, of_it);
        records.reverse();
        Some(Self {
            request,
            spans,
            records,
        })
    }
}

fn unknown(id: &str) -> Page {
    let reason =
        format!("No request with the id {id} is among the last {MAX_REQUESTS}, which are kept.");
    Page::not_found(Section::Requests, &reason)
}

pub(super) async fn page(
    State(console): State<Console>,
    Path(id): Path<String>,
    wanted: Wanted,
) -> Response {
    let draw = move |console: &Console, wanted: &Wanted| {
        let id = without_suffix(&id);
        match Whole::find(console, id) {
            Some(whole) => wanted.answer(|| data(&whole), || one(console, &whole)),
            None => wanted.page(&unknown(id)),
        }
    };
    console.draw(wanted, Section::Requests, draw).await
}

/// `/requests/{id}/why`: what happened, in words, for a terminal.
pub(super) async fn why(
    State(console): State<Console>,
    Path(id): Path<String>,
    wanted: Wanted,
) -> Response {
    let draw = move |console: &Console, wanted: &Wanted| match Whole::find(console, &id) {
        Some(whole) => why::lines(console, &whole).into_response(),
        None => wanted.page(&unknown(&id)),
    };
    console.draw(wanted, Section::Requests, draw).await
}

fn data(whole: &Whole) -> Value {
    let mut all = summary(&whole.request);
    all["spans"] = whole.spans.iter().map(span).collect();
    all["events"] = Value::from(whole.request.events.clone());
    all["records"] = whole
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

fn one(console: &Console, whole: &Whole) -> Page {
    let request = &whole.request;
    let name = request.route().unwrap_or("Request");
    let body = html! {
        p.trail { a href="/requests" { "Requests" } }
        div.head { h1 { (name) } (status(request)) }
        (facts(console, whole))
        section aria-labelledby="why" {
            h2 #why { "In words" }
            ul.why { @for sentence in why::sentences(console, whole) { li { (sentence) } } }
        }
        section aria-labelledby="waterfall" {
            h2 #waterfall { "Trace" }
            (waterfall::draw(&whole.spans))
        }
        div.columns {
            section aria-labelledby="event" { h2 #event { "Event" } (events(request)) }
            section aria-labelledby="records" { h2 #records { "Log" }
                @if whole.records.is_empty() { p.empty { "It logged nothing." } }
                @else { (logs::list(&whole.records)) }
            }
        }
    };
    Page::new(Section::Requests, name, body)
}

fn facts(console: &Console, whole: &Whole) -> Markup {
    let request = &whole.request;
    let sensors: Vec<&str> = request.sensors().collect();
    let trace = request.trace();
    html! {
        dl.facts {
            @if let Some(at) = request.at() { dt { "Ended" } dd { (time(at)) } }
            @if let Some(took) = request.duration() { dt { "Took" } dd { (duration(took)) } }
            @if let Some(service) = request.service() {
                dt { "Service" } dd { a href=(links::query("/requests", &[("service", service)])) { (service) } }
            }
            dt { "Calls" }
            dd { (request.calls().count()) ", " (units(request.capacity())) " of DynamoDB" }
            @if let Some(error) = request.error() { dt { "Error" } dd { code { (error) } } }
            @if let Some(user) = request.user() { dt { "User" } dd { (user) } }
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
