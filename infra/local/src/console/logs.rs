//! `/logs`: the newest log records of every program, across requests.

use std::collections::BTreeSet;

use axum::extract::{Query, State};
use axum::response::Response;
use dashboards::draw;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::accept::Accept;
use super::format::time;
use super::live::Live;
use super::page::{Page, Section};
use super::requests::{choice, field};
use super::{Console, Reader, links, range};
use crate::requests::{LEVELS, MAX_RECORDS, Record};

/// How many records a page lists.
const LISTED: usize = 300;

/// What is looked for; empty fields match everything.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    /// Any text in the record.
    q: String,
    /// The least severe level.
    level: String,
    service: String,
    trace: String,
    from: String,
    to: String,
}

impl Filter {
    fn find(&self, console: &Console, reader: Reader) -> Result<Vec<Record>, String> {
        let within = if self.from.is_empty() && self.to.is_empty() {
            None
        } else {
            let from = if self.from.is_empty() {
                "now-1d"
            } else {
                &self.from
            };
            let to = if self.to.is_empty() { "now" } else { &self.to };
            let range = range::parse(from, to, reader.offset)?;
            Some(range.start * 1_000..range.end * 1_000)
        };
        let text = self.q.trim().to_lowercase();
        let matches = |record: &Record| {
            record.is_at_least(&self.level)
                && (self.service.is_empty() || record.service() == Some(&self.service))
                && (self.trace.is_empty() || record.trace() == Some(self.trace.trim()))
                && within
                    .as_ref()
                    .is_none_or(|within| within.contains(&record.at))
                && (text.is_empty() || record.says(&text))
        };
        Ok(console.observed.requests.newest_records(LISTED, matches))
    }
}

pub(super) async fn page(
    State(console): State<Console>,
    Query(filter): Query<Filter>,
    accept: Accept,
    reader: Reader,
) -> Response {
    let draw = move |console: &Console, accept: &Accept| {
        let (found, problem) = match filter.find(console, reader) {
            Ok(found) => (found, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        accept.answer(
            || json!({ "records": found.iter().map(|record| record.value.clone()).collect::<Vec<Value>>(), "problem": problem }),
            || draw_page(console, &filter, &found, problem.as_deref()),
        )
    };
    console.draw(accept, Section::Logs, draw).await
}

fn draw_page(console: &Console, filter: &Filter, found: &[Record], problem: Option<&str>) -> Page {
    let live = Live::default();
    let all = console
        .observed
        .requests
        .newest_records(MAX_RECORDS, |record| record.service().is_some());
    let chosen = Some(filter.service.as_str()).filter(|service| !service.is_empty());
    let services: BTreeSet<&str> = all
        .iter()
        .filter_map(Record::service)
        .chain(chosen)
        .collect();
    let body = html! {
        div.head { h1 { "Logs" } }
        @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
        form.filter method="get" action="/logs" role="search" aria-label="Filter log records" data-at-once {
            (field("q", "Text", &filter.q, "anything in it"))
            div {
                label for="level" { "Level" }
                select #level name="level" {
                    option value="" { "all" }
                    @for level in LEVELS { option value=(level) selected[filter.level == level] { (level) " and worse" } }
                }
            }
            (choice("service", "Service", &filter.service, &services))
            (field("trace", "Trace", &filter.trace, ""))
            (field("from", "From", &filter.from, "now-15m"))
            (field("to", "To", &filter.to, "now"))
            button type="submit" { "Filter" }
            a href="/logs" { "Clear" }
        }
        (live.part("records", "", &list(found)))
        p.note { "At most " (LISTED) " that match, of the last " (MAX_RECORDS) " records, the newest first." }
    };
    Page::new(Section::Logs, "Logs", body).refresh(2, live)
}

/// Records, each with what it says beside its message, and the request it is of.
pub(super) fn list(records: &[Record]) -> Markup {
    html! {
        @if records.is_empty() { p.empty { "No such record." } }
        @else {
            @let ids = draw::ids("log", records.iter().map(|record| (record.at, record.value.to_string())));
            ol.log { @for (record, id) in records.iter().zip(ids) { (one(record, &id)) } }
        }
    }
}

fn one(record: &Record, id: &str) -> Markup {
    let class = match record.level() {
        "FATAL" | "ERROR" => "alarm",
        "WARN" => "warn",
        _ => "",
    };
    html! {
        li id=(id) {
            (time(record.at)) " "
            span.chip.(class) { (record.level()) } " "
            @if let Some(service) = record.service() { span.detail { (service) } " " }
            span.said { (record.message()) } " "
            @if let Some(request) = record.request() { a href={ "/requests/" (request) } { "request" } }
            @else if let Some(trace) = record.trace() { a href=(links::trace(trace)) { "trace" } }
            @if let Some(fields) = record.value["fields"].as_object().filter(|fields| !fields.is_empty()) {
                dl.fields-of { @for (name, value) in fields {
                    dt { (name) } dd { @match value { Value::String(text) => (text), other => (other) } }
                } }
            }
        }
    }
}
