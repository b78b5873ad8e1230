//! `/requests/{id}`: one request: its calls over time, its event and its log records.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::Console;
use super::format::{duration, number, time};
use super::page::{Page, Section};
use super::requests::status;
use super::{links, waterfall};
use crate::requests::{MAX_REQUESTS, Request};

pub(super) async fn page(State(console): State<Console>, Path(id): Path<String>) -> Response {
    let draw = move |console: &Console| one(console, &id);
    console.draw(Section::Requests, draw).await
}

fn one(console: &Console, id: &str) -> Page {
    let Some(request) = console.observed.requests.find(id) else {
        let reason = format!(
            "No request with the id {id} is among the last {MAX_REQUESTS}, which are kept in memory."
        );
        return Page::not_found(Section::Requests, &reason);
    };
    let name = request.route().unwrap_or("Request");
    let body = html! {
        p.trail { a href="/requests" { "Requests" } }
        div.head { h1 { (name) } (status(&request)) }
        (facts(&request))
        section aria-labelledby="waterfall" {
            h2 #waterfall { "Trace" }
            (waterfall::draw(&request))
        }
        div.columns {
            section aria-labelledby="event" { h2 #event { "Event" } (events(&request)) }
            section aria-labelledby="records" { h2 #records { "Log" } (records(&request)) }
        }
    };
    Page::new(Section::Requests, name, body)
}

fn facts(request: &Request) -> Markup {
    let sensors: Vec<&str> = request.sensors().collect();
    html! {
        dl.facts {
            @if let Some(at) = request.at() { dt { "Ended" } dd { (time(at)) } }
            @if let Some(took) = request.duration() { dt { "Took" } dd { (duration(took)) } }
            dt { "DynamoDB" }
            dd { (request.calls().count()) " calls, " (number(request.capacity())) " capacity units" }
            @if let Some(error) = request.error() { dt { "Error" } dd { code { (error) } } }
            @if let Some(user) = request.user() { dt { "User" } dd { (user) } }
            @if let Some(run) = request.run() {
                dt { "Run" }
                dd {
                    code { (run) } " "
                    a href={ "/requests?run=" (run) } { "its requests" } ", "
                    a href=(links::run(run)) { "its dashboard" }
                }
            }
            @if !sensors.is_empty() { dt { "Sensors" } dd { (sensors.join(", ")) } }
            @if let Some(trace) = request.trace() {
                dt { "Trace" }
                dd { code { (trace) } " " a href={ "/requests?trace=" (trace) } { "its requests" } }
            }
            dt { "Request" } dd { code { (request.id) } }
        }
    }
}

fn events(request: &Request) -> Markup {
    html! {
        @if request.events.is_empty() { p.empty { "The request has not ended yet." } }
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

fn records(request: &Request) -> Markup {
    html! {
        @if request.records.is_empty() { p.empty { "The request logged nothing." } }
        ol.log { @for record in &request.records { (one_record(record)) } }
    }
}

fn one_record(record: &Value) -> Markup {
    let text = |name: &str| record[name].as_str().unwrap_or_default();
    let class = match text("level") {
        "ERROR" => "alarm",
        "WARN" => "warn",
        _ => "",
    };
    html! {
        li {
            span.chip.(class) { (text("level")) } " "
            time { (text("timestamp").get(11..23).unwrap_or_default()) } " "
            (text("message"))
            @if let Some(fields) = record["fields"].as_object() {
                dl.fields-of { @for (name, value) in fields {
                    dt { (name) } dd { @match value { Value::String(text) => (text), other => (other) } }
                } }
            }
        }
    }
}
