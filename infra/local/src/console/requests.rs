//! `/requests`: the newest requests, by any of their traits and by free text, as a table and as
//! points over time, each of which leads to its request.

use std::collections::BTreeSet;

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::accept::Accept;
use super::format::{duration, iso, number, time};
use super::live::Live;
use super::page::{Page, Section};
use super::runs::short;
use super::{Console, Reader, points, range};
use crate::requests::{MAX_REQUESTS, Request};

/// How many requests a page lists.
const LISTED: usize = 200;

/// What is looked for; empty fields match everything.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub(super) struct Filter {
    /// Any text in the request's events, spans and ids.
    q: String,
    run: String,
    user: String,
    service: String,
    route: String,
    /// `404`, or `5xx` for all of a hundred.
    status: String,
    /// Milliseconds that it took at least.
    min: String,
    trace: String,
    errors: String,
    /// The id of an alarm that they count towards.
    alarm: String,
    from: String,
    to: String,
    /// `slowest` in place of the newest.
    sort: String,
}

impl Filter {
    fn matches(&self, request: &Request, within: Option<(i64, i64)>) -> bool {
        let is = |wanted: &str, value: Option<&str>| wanted.is_empty() || value == Some(wanted);
        let starts = |wanted: &str, value: Option<&str>| {
            wanted.is_empty() || value.is_some_and(|value| value.starts_with(wanted))
        };
        let trace = request.trace();
        request.is_complete()
            && starts(self.run.trim(), request.run())
            && is(self.user.trim(), request.user())
            && is(&self.service, request.service())
            && is(&self.route, request.route())
            && is(self.trace.trim(), trace.as_deref())
            && self.has_status(request)
            && self.takes_long(request)
            && (self.errors.is_empty() || request.has_failed())
            && within
                .is_none_or(|(from, to)| request.at().is_some_and(|at| (from..to).contains(&at)))
            && (self.q.is_empty() || request.says(&self.q.trim().to_lowercase()))
    }

    fn has_status(&self, request: &Request) -> bool {
        let wanted = self.status.trim().to_lowercase();
        let Some(status) = request.status().map(|status| status.to_string()) else {
            return wanted.is_empty();
        };
        match wanted.strip_suffix("xx") {
            Some(hundred) => status.starts_with(hundred),
            None => wanted.is_empty() || status == wanted,
        }
    }

    fn takes_long(&self, request: &Request) -> bool {
        let least: f64 = self.min.trim().parse().unwrap_or(0.0);
        least <= 0.0 || request.duration().is_some_and(|took| took >= least)
    }

    /// Milliseconds since 1970 between which they ended; none for all.
    fn within(&self, reader: Reader) -> Result<Option<(i64, i64)>, String> {
        if self.from.is_empty() && self.to.is_empty() {
            return Ok(None);
        }
        let from = if self.from.is_empty() {
            "now-1d"
        } else {
            &self.from
        };
        let to = if self.to.is_empty() { "now" } else { &self.to };
        let range = range::parse(from, to, reader.offset)?;
        Ok(Some((range.start * 1_000, range.end * 1_000)))
    }

    fn find(&self, console: &Console, reader: Reader) -> Result<Vec<Request>, String> {
        let within = self.within(reader)?;
        let slowest = self.sort == "slowest";
        let most = if slowest { MAX_REQUESTS } else { LISTED };
        let (requests, alarms) = (&console.observed.requests, &console.alarms);
        let alarm = alarms.named(&self.alarm);
        let counts = |request: &Request| {
            self.alarm.is_empty() || alarm.is_some_and(|alarm| alarms.counts(alarm, request))
        };
        let wanted = |request: &Request| self.matches(request, within) && counts(request);
        let mut found = requests.newest(most, wanted);
        if slowest {
            let took = |request: &Request| request.duration().unwrap_or_default();
            found.sort_by(|one, other| took(other).total_cmp(&took(one)));
            found.truncate(LISTED);
        }
        Ok(found)
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
            || json!({ "requests": found.iter().map(summary).collect::<Vec<_>>(), "problem": problem }),
            || list(console, &filter, &found, problem.as_deref()),
        )
    };
    console.draw(accept, Section::Requests, draw).await
}

/// A request in short, for programs.
pub(super) fn summary(request: &Request) -> Value {
    json!({
        "id": request.id, "at": request.at().map(iso), "service": request.service(), "route": request.route(),
        "status": request.status(), "durationMs": request.duration(), "error": request.error(),
        "failed": request.has_failed(), "user": request.user(), "run": request.run(), "trace": request.trace(),
        "calls": request.calls().count(), "capacityUnits": request.capacity(),
    })
}

fn list(console: &Console, filter: &Filter, found: &[Request], problem: Option<&str>) -> Page {
    let live = Live::default();
    let all = console
        .observed
        .requests
        .newest(MAX_REQUESTS, Request::is_complete);
    let body = html! {
        div.head { h1 { "Requests" } }
        @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
        (form(console, filter, &all))
        (live.part("chart", "", &points::draw(found)))
        (live.region("list", "wide", "Requests", &table(filter, found)))
        p.note {
            "At most " (LISTED) " that match, of the last " (MAX_REQUESTS)
            " requests. " a href="/recording?from=now-1h" { "Download the last hour" } " as a recording for " code { "sentori open" } "."
        }
    };
    Page::new(Section::Requests, "Requests", body).refresh(2, live)
}

fn form(console: &Console, filter: &Filter, all: &[Request]) -> Markup {
    let watched = console.alarms.whole();
    let alarms: BTreeSet<&str> = watched
        .iter()
        .map(|(alarm, _)| alarm.id.as_ref())
        .chain(named(&filter.alarm))
        .collect();
    let services: BTreeSet<&str> = all
        .iter()
        .filter_map(Request::service)
        .chain(named(&filter.service))
        .collect();
    let routes: BTreeSet<&str> = all
        .iter()
        .filter_map(Request::route)
        .chain(named(&filter.route))
        .collect();
    html! {
        form.filter method="get" action="/requests" role="search" aria-label="Filter requests" data-at-once {
            (field("q", "Text", &filter.q, "anything in it"))
            (choice("service", "Service", &filter.service, &services))
            (choice("route", "Route", &filter.route, &routes))
            (field("status", "Status", &filter.status, "404 or 5xx"))
            (field("min", "Slower than (ms)", &filter.min, "100"))
            (field("user", "User", &filter.user, ""))
            (field("run", "Run", &filter.run, "id, or how it begins"))
            (field("trace", "Trace", &filter.trace, ""))
            (choice("alarm", "Counts towards", &filter.alarm, &alarms))
            (field("from", "From", &filter.from, "now-15m"))
            (field("to", "To", &filter.to, "now"))
            div {
                label for="sort" { "Order" }
                select #sort name="sort" {
                    option value="" { "newest" }
                    option value="slowest" selected[filter.sort == "slowest"] { "slowest" }
                }
            }
            label.check {
                input #errors name="errors" type="checkbox" value="1" checked[!filter.errors.is_empty()];
                "Errors only"
            }
            button type="submit" { "Filter" }
            a href="/requests" { "Clear" }
        }
    }
}

fn named(chosen: &str) -> Option<&str> {
    (!chosen.is_empty()).then_some(chosen)
}

/// A field of a filter.
pub(super) fn field(name: &str, label: &str, value: &str, hint: &str) -> Markup {
    html! {
        div {
            label for=(name) { (label) }
            input id=(name) name=(name) value=(value) placeholder=(hint) autocomplete="off" spellcheck="false";
        }
    }
}

/// A choice of a filter.
pub(super) fn choice(name: &str, label: &str, value: &str, values: &BTreeSet<&str>) -> Markup {
    html! {
        div {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                option value="" { "all" }
                @for one in values { option value=(one) selected[*one == value] { (one) } }
            }
        }
    }
}

fn table(filter: &Filter, requests: &[Request]) -> Markup {
    html! {
        @if requests.is_empty() && *filter == Filter::default() {
            p.empty { "No request yet. " a href="/explorer" { "Send one" } ", or run " code { "sentori simulate" } "." }
        }
        @else if requests.is_empty() { p.empty { "No such request." } }
        @else {
            table {
                thead { tr {
                    @for name in ["Time", "Route", "Status", "Took", "Service", "Calls", "Capacity", "User", "Run", "Error"] {
                        th scope="col" { (name) }
                    }
                } }
                tbody { @for request in requests { (row(request)) } }
            }
        }
    }
}

fn row(request: &Request) -> Markup {
    let calls = request.calls().count();
    let capacity = request.capacity();
    html! {
        tr id={ "request-" (request.id) } {
            td { @if let Some(at) = request.at() { (time(at)) } }
            td.main { a href={ "/requests/" (request.id) } { (request.route().unwrap_or("?")) } }
            td.state { (status(request)) }
            td.number { @if let Some(took) = request.duration() { (duration(took)) } }
            td { (request.service().unwrap_or_default()) }
            td.number { @if calls > 0 { (calls) @if calls == 1 { " call" } @else { " calls" } } }
            td.number data-label="Capacity" { @if capacity > 0.0 { (number(capacity)) } }
            td { (request.user().unwrap_or_default()) }
            td { @if let Some(run) = request.run() {
                a href={ "/requests?run=" (run) } title=(run) { (short(run)) }
            } }
            td { (request.error().unwrap_or_default()) }
        }
    }
}

/// The status, coloured by whose fault it is.
pub(super) fn status(request: &Request) -> Markup {
    let class = match request.status() {
        Some(500..) => "alarm",
        Some(400..) => "warn",
        None if request.has_failed() => "alarm",
        _ => "ok",
    };
    let said = match request.status() {
        Some(status) => status.to_string(),
        None if request.has_failed() => "failed".to_owned(),
        None if request.is_complete() => "ok".to_owned(),
        None => "under way".to_owned(),
    };
    html! { span.chip.(class) { (said) } }
}
