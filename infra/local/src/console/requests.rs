//! `/requests`: the newest requests, filtered by run, user, route and outcome.

use axum::extract::{Query, State};
use axum::response::Response;
use catalogue::Route;
use maud::{Markup, html};
use serde::Deserialize;
use telemetry::Dimension;

use super::Console;
use super::format::{duration, number, time};
use super::page::{Page, Section};
use super::runs::short;
use crate::requests::{MAX_REQUESTS, Request};

/// How many requests a page lists.
const LISTED: usize = 100;

/// What is looked for; empty fields match everything.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub(super) struct Filter {
    run: String,
    user: String,
    route: String,
    trace: String,
    errors: Option<String>,
}

impl Filter {
    fn matches(&self, request: &Request) -> bool {
        let is = |wanted: &str, value: Option<&str>| wanted.is_empty() || value == Some(wanted);
        let starts = |wanted: &str, value: Option<&str>| {
            wanted.is_empty() || value.is_some_and(|value| value.starts_with(wanted))
        };
        request.is_complete()
            && starts(self.run.trim(), request.run())
            && is(self.user.trim(), request.user())
            && is(&self.route, request.route())
            && is(self.trace.trim(), request.trace())
            && (self.errors.is_none() || request.has_failed())
    }
}

pub(super) async fn page(State(console): State<Console>, Query(filter): Query<Filter>) -> Response {
    let draw = move |console: &Console| list(console, &filter);
    console.draw(Section::Requests, draw).await
}

fn list(console: &Console, filter: &Filter) -> Page {
    let found = console
        .observed
        .requests
        .newest(LISTED, |request| filter.matches(request));
    let body = html! {
        div.head { h1 { "Requests" } }
        (form(filter))
        div.wide #list data-live tabindex="0" role="region" aria-label="Requests" { (table(filter, &found)) }
        p.note {
            "The newest " (LISTED) " that match, of the last " (MAX_REQUESTS)
            " requests, which are kept in memory."
        }
    };
    Page::new(Section::Requests, "Requests", body).refresh(2)
}

fn form(filter: &Filter) -> Markup {
    html! {
        form.filter method="get" role="search" aria-label="Filter requests" {
            div { label for="run" { "Run" } input #run name="run" value=(filter.run) placeholder="id, or how it begins"; }
            div { label for="user" { "User" } input #user name="user" value=(filter.user); }
            div {
                label for="route" { "Route" }
                select #route name="route" {
                    option value="" { "all" }
                    @for route in Route::ALL {
                        option value=(route.value()) selected[filter.route == route.value()] { (route.value()) }
                    }
                }
            }
            div { label for="trace" { "Trace" } input #trace name="trace" value=(filter.trace); }
            label.check {
                input name="errors" type="checkbox" value="1" checked[filter.errors.is_some()];
                "Errors only"
            }
            button type="submit" { "Filter" }
            a href="/requests" { "Clear" }
        }
    }
}

fn table(filter: &Filter, requests: &[Request]) -> Markup {
    html! {
        @if requests.is_empty() && *filter == Filter::default() {
            p.empty { "No request since the server started. Those before are only on the dashboards." }
        }
        @else if requests.is_empty() { p.empty { "No such request." } }
        @else {
            table {
                thead { tr {
                    @for name in ["Time", "Route", "Status", "Took", "DynamoDB", "Capacity", "User", "Run", "Error"] {
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
    html! {
        tr {
            td { @if let Some(at) = request.at() { (time(at)) } }
            td.main { a href={ "/requests/" (request.id) } { (request.route().unwrap_or("?")) } }
            td.state { (status(request)) }
            td.number { @if let Some(took) = request.duration() { (duration(took)) } }
            td.number { @if calls > 0 { (calls) @if calls == 1 { " call" } @else { " calls" } } }
            td.number data-label="Capacity" { @if calls > 0 { (number(request.capacity())) } }
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
        Some(_) => "ok",
        None => "busy",
    };
    html! { span.chip.(class) { @match request.status() { Some(status) => (status), None => "under way" } } }
}
