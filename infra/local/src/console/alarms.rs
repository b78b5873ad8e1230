//! `/alarms`: states, why they are so, and how they came to be.

use axum::extract::State;
use axum::response::Response;
use dashboards::draw::{self, NoLinks};
use dashboards::evaluate::{Status, SuppressedBy, Transition};
use dashboards::model::State as AlarmState;
use dashboards::model::alarm::{Alarm, AlarmKind, MetricAlarm, MissingData, Severity};
use dashboards::model::{Cell, GridItem, Panel, Row};
use dashboards::view::{Point, Series, TimeRange, View};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::accept::Accept;
use super::format::{date, iso, now_millis, number};
use super::live::Live;
use super::page::{Page, Section};
use super::{Console, links};
use crate::alarms::notifies;

pub(super) async fn page(State(console): State<Console>, accept: Accept) -> Response {
    let draw =
        |console: &Console, accept: &Accept| accept.answer(|| data(console), || all(console));
    console.draw(accept, Section::Alarms, draw).await
}

/// Every alarm that is judged here: what it watches, its state and how that came to be.
pub(super) fn data(console: &Console) -> Value {
    let one = |(alarm, status): AlarmStatus<'_>| {
        let status = status.unwrap_or_default();
        let change = |change: &Transition| {
            let Transition {
                at,
                from,
                to,
                reason,
            } = change;
            json!({ "at": iso(at * 1_000), "from": from.name(), "to": to.name(), "reason": reason })
        };
        json!({
            "id": alarm.id, "description": alarm.description, "severity": severity(alarm.severity),
            "state": status.state.name(), "reason": status.reason, "notifies": notifies(&status),
            "partOfAnother": console.alarms.is_part(alarm),
            "suppressedBy": status.suppressed_by.map(suppressor),
            "runbook": format!("/runbooks/{}", alarm.runbook), "dashboard": links::dashboard(alarm.dashboard),
            "history": status.history.iter().map(change).collect::<Vec<_>>(),
        })
    };
    let all: Vec<Value> = console.alarms.watched().into_iter().map(one).collect();
    let not_judged = console.alarms.unwatched();
    let not_judged =
        not_judged.map(|alarm| json!({ "id": alarm.id, "description": alarm.description }));
    json!({ "alarms": all, "notJudged": not_judged.collect::<Vec<_>>() })
}

fn all(console: &Console) -> Page {
    let watched = console.alarms.watched();
    let whole = |(alarm, _): &&AlarmStatus<'_>| !console.alarms.is_part(alarm);
    let mut cards: Vec<&AlarmStatus<'_>> = watched.iter().filter(whole).collect();
    cards.sort_by_key(|(_, status)| rank(status.as_ref()));
    let unwatched: Vec<&Alarm> = console.alarms.unwatched().collect();
    let live = Live::default();
    let order: Vec<&str> = cards.iter().map(|(alarm, _)| alarm.id.as_ref()).collect();
    let each = html! {
        @for (alarm, status) in &cards {
            @let card = card(console, &watched, alarm, status.as_ref());
            (live.card(&alarm.id, class(state(status.as_ref())), &card))
        }
    };
    let body = html! {
        div.head { h1 { "Alarms" } }
        p.note { "Judged as CloudWatch does and as often: once a minute, or once an hour if more than a day counts. They watch this system's own events, and what it knows itself of what AWS would publish about it." }
        (live.frame("alarms", "cards", &order, &each))
        section aria-labelledby="elsewhere" {
            h2 #elsewhere { "Not judged here" }
            p.note { "These alarms watch what only AWS knows, and there is no AWS here." }
            dl.calls { @for alarm in unwatched { dt { code { (alarm.id) } } dd { (alarm.description) } } }
        }
    };
    Page::new(Section::Alarms, "Alarms", body)
        .refresh(10, live)
        .script("/assets/charts.js")
}

/// An alarm, and its state once it has been judged.
type AlarmStatus<'a> = (&'a Alarm, Option<Status>);

/// Firing first, then what cannot be told.
fn rank(status: Option<&Status>) -> u8 {
    match state(status) {
        AlarmState::Alarm => 0,
        AlarmState::InsufficientData => 1,
        AlarmState::Ok => 2,
    }
}

fn card(
    console: &Console,
    watched: &[AlarmStatus<'_>],
    alarm: &Alarm,
    status: Option<&Status>,
) -> Markup {
    html! {
        header {
            h2 { (alarm.id) }
            (chip(state(status)))
            span.detail { (severity(alarm.severity)) }
            @if let Some(since) = status.and_then(|status| status.history.back()) {
                span.detail { "since " (date(since.at * 1_000)) }
            }
        }
        p { (alarm.description) }
        (leads(console, alarm, status))
        @if let Some(status) = status {
            p.reason { (status.reason) }
            @if let Some(by) = status.suppressed_by {
                p.note { "It notifies nobody: " (suppressor(by)) "." }
            }
        }
        @match &alarm.kind {
            AlarmKind::Metric(metric) => { (watches(metric)) (chart(console, alarm, metric, status)) }
            AlarmKind::Composite(composite) => {
                p.note { "Fires when " code { (composite.rule) } }
                (parts(console, watched, alarm, status.is_some_and(notifies)))
            }
            _ => {}
        }
        (history(alarm, status))
    }
}

fn state(status: Option<&Status>) -> AlarmState {
    status.map(|status| status.state).unwrap_or_default()
}

/// Where to go from an alarm: what to do, where to look, and the requests of its window.
fn leads(console: &Console, alarm: &Alarm, status: Option<&Status>) -> Markup {
    html! {
        p.leads {
            a href={ "/runbooks/" (alarm.runbook) } { "Runbook" } " "
            a href=(links::dashboard(alarm.dashboard)) { "Dashboard" } " "
            a href=(requests(console, alarm, status)) { "Its requests" }
        }
    }
}

/// The requests that it judges; of one that has fired, those that made it fire.
fn requests(console: &Console, alarm: &Alarm, status: Option<&Status>) -> String {
    let length = console.alarms.window(alarm);
    let fired = status.filter(|status| status.state == AlarmState::Alarm);
    let (from, to) = match fired.and_then(|status| status.history.back()) {
        Some(change) => (iso((change.at - length) * 1_000), "now".to_owned()),
        None => (format!("now-{length}s"), "now".to_owned()),
    };
    links::query(
        "/requests",
        &[("alarm", alarm.id.to_string()), ("from", from), ("to", to)],
    )
}

fn suppressor(by: SuppressedBy) -> &'static str {
    match by {
        SuppressedBy::WaitPeriod => "the alarm that would say more may still fire",
        SuppressedBy::Alarm => "another alarm says more",
        SuppressedBy::ExtensionPeriod => "the alarm that said more has only just recovered",
    }
}

fn watches(alarm: &MetricAlarm) -> Markup {
    html! {
        p.note {
            "Fires when " (alarm.datapoints_to_alarm) " of " (alarm.evaluation_periods)
            " points of " (alarm.period) " are " (alarm.threshold.comparison.symbol()) " "
            (number(alarm.threshold.value)) "."
            @if alarm.missing == MissingData::Breaching { " A missing one counts as well." }
        }
    }
}

/// The alarms that a composite is about, each with its own state: what made it fire, which is
/// shown at once if it has just `fired`.
fn parts(console: &Console, watched: &[AlarmStatus<'_>], alarm: &Alarm, fired: bool) -> Markup {
    let find = |id: &str| watched.iter().find(|(alarm, _)| alarm.id == id);
    html! {
        ul.parts { @for part in console.alarms.parts(alarm) { li {
            @match find(&part.id) {
                Some((alarm, status)) => (self::part(console, alarm, status.as_ref(), fired)),
                None => { span.chip { "not judged here" } " " (part.id) }
            }
        } } }
    }
}

fn part(console: &Console, alarm: &Alarm, status: Option<&Status>, open: bool) -> Markup {
    html! {
        details id=(alarm.id) open[open] {
            summary { (chip(state(status))) " " (alarm.id) }
            @if let Some(status) = status { p.reason { (status.reason) } }
            @if let AlarmKind::Metric(metric) = &alarm.kind {
                (watches(metric)) (chart(console, alarm, metric, status))
            }
            (history(alarm, status))
        }
    }
}

fn history(alarm: &Alarm, status: Option<&Status>) -> Markup {
    let changes: Vec<&Transition> = status.iter().flat_map(|one| &one.history).rev().collect();
    html! {
        @if !changes.is_empty() {
            details id={ "history-" (alarm.id) } {
                summary { "History (" (changes.len()) ")" }
                ol.log { @for change in changes {
                    li {
                        (date(change.at * 1_000)) " " (chip(change.from)) " → " (chip(change.to))
                        p.reason { (change.reason) }
                    }
                } }
            }
        }
    }
}

fn class(state: AlarmState) -> &'static str {
    match state {
        AlarmState::Ok => "ok",
        AlarmState::Alarm => "alarm",
        AlarmState::InsufficientData => "warn",
    }
}

fn chip(state: AlarmState) -> Markup {
    html! { span.chip.(class(state)) { (state.name().replace('_', " ")) } }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Page => "page",
        Severity::Ticket => "ticket",
        Severity::Heartbeat => "heartbeat",
    }
}

/// The values against the threshold up to when they were judged, so that it is drawn the same
/// until they are judged again.
fn chart(
    console: &Console,
    alarm: &Alarm,
    metric: &MetricAlarm,
    status: Option<&Status>,
) -> Markup {
    /// Points of a chart, a minute apart; each is the value over a whole period before it.
    const POINTS: i64 = 60;
    let judged = status.and_then(|status| status.evaluated);
    let recorded = console.recorded.map(|range| range.end);
    let now = judged.or(recorded).unwrap_or_else(|| now_millis() / 1_000);
    let ends: Vec<i64> = (0..POINTS).rev().map(|age| now - age * 60).collect();
    let events = console.observed.events();
    let found = events.values(&metric.expression, &ends, metric.period);
    drop(events);
    let points = ends.iter().zip(found);
    let series = Series {
        label: alarm.id.to_string(),
        place: 0,
        points: points.map(|(at, value)| Point { at: *at, value }).collect(),
    };
    let range = TimeRange {
        start: now - POINTS * 60,
        end: now + 1,
    };
    let panel = Panel::time_series(alarm.id.clone())
        .draw("", metric.expression.clone())
        .threshold(metric.threshold);
    let row = Row {
        title: alarm.id.clone(),
        panels: Vec::new(),
        collapsed: false,
    };
    let placed = GridItem {
        id: 0,
        cell: Cell {
            x: 0,
            y: 0,
            w: 8,
            h: 8,
        },
        row: &row,
        panel: Some(&panel),
    };
    draw::panel(&placed, &View::Series(vec![series]), range, &NoLinks)
}
