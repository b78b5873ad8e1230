//! `/alarms`: states, why they are so, and how they came to be.

use axum::extract::State;
use axum::response::Response;
use dashboards::draw::{self, Still};
use dashboards::evaluate::{Status, SuppressedBy, Transition, values};
use dashboards::model::alarm::State as AlarmState;
use dashboards::model::alarm::{Alarm, AlarmKind, CompositeAlarm, MetricAlarm, Severity};
use dashboards::model::{Cell, Panel, Placed, Row, Rule};
use dashboards::view::{Point, Series, TimeRange, View};
use maud::{Markup, html};

use super::Console;
use super::format::{ago, now_millis, number, time};
use super::page::{Page, Section};
use crate::alarms::EVERY;

pub(super) async fn page(State(console): State<Console>) -> Response {
    console.draw(Section::Alarms, all).await
}

fn all(console: &Console) -> Page {
    let watched = console.alarms.watched();
    let whole = |(alarm, _): &&Watched<'_>| !console.alarms.is_part(alarm);
    let mut cards: Vec<&Watched<'_>> = watched.iter().filter(whole).collect();
    cards.sort_by_key(|(_, status)| rank(status.as_ref()));
    let unwatched: Vec<&Alarm> = console.alarms.unwatched().collect();
    let body = html! {
        div.head { h1 { "Alarms" } }
        p.note { "Judged every " (EVERY.as_secs()) " s by CloudWatch's rules, on this system's own events." }
        div.cards #alarms data-live {
            @for (alarm, status) in cards { (card(console, &watched, alarm, status.as_ref())) }
        }
        section aria-labelledby="elsewhere" {
            h2 #elsewhere { "Watched on AWS only" }
            p.note { "These alarms watch metrics that AWS publishes, and there is no AWS here." }
            dl.calls { @for alarm in unwatched { dt { code { (alarm.id) } } dd { (alarm.description) } } }
        }
    };
    Page::new(Section::Alarms, "Alarms", body)
        .refresh(10)
        .script("/assets/hover.js")
}

/// An alarm, and its state once it has been judged.
type Watched<'a> = (&'a Alarm, Option<Status>);

/// Firing first, then what cannot be told.
fn rank(status: Option<&Status>) -> u8 {
    match status.map(|status| status.state) {
        Some(AlarmState::Alarm) => 0,
        Some(AlarmState::InsufficientData) | None => 1,
        Some(AlarmState::Ok) => 2,
    }
}

fn card(
    console: &Console,
    watched: &[Watched<'_>],
    alarm: &Alarm,
    status: Option<&Status>,
) -> Markup {
    let state = status.map(|status| status.state).unwrap_or_default();
    html! {
        article.card.(class(state)) id=(alarm.id) {
            header {
                h2 { (alarm.id) }
                (chip(state))
                span.detail { (severity(alarm.severity)) }
                @if let Some(since) = status.and_then(|status| status.history.back()) {
                    span.detail { "since " (time(since.at * 1_000)) ", " (ago(since.at * 1_000)) }
                }
            }
            p { (alarm.description) }
            @if let Some(status) = status {
                p.reason { (status.reason) }
                @if let Some(by) = status.suppressed_by {
                    p.note { "It notifies nobody: " (suppressor(by)) "." }
                }
            }
            @match &alarm.kind {
                AlarmKind::Metric(metric) => { (watches(metric)) (chart(console, alarm, metric)) }
                AlarmKind::Composite(composite) => {
                    (parts(console, watched, composite, status.is_some_and(notifies)))
                }
            }
            (history(alarm, status))
        }
    }
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
        }
    }
}

/// Whether somebody hears of it now.
fn notifies(status: &Status) -> bool {
    status.state == AlarmState::Alarm && status.suppressed_by.is_none()
}

/// The alarms that a composite is about, each with its own state: what made it fire, which is
/// shown at once if it has just `fired`.
fn parts(
    console: &Console,
    watched: &[Watched<'_>],
    alarm: &CompositeAlarm,
    fired: bool,
) -> Markup {
    let find = |id: &str| watched.iter().find(|(alarm, _)| alarm.id == id);
    html! {
        p.note { "Fires when " code { (rule(&alarm.rule)) } }
        ul.parts { @for id in alarm.rule.children() { li {
            @match find(id) {
                Some((alarm, status)) => (part(console, alarm, status.as_ref(), fired)),
                None => { (chip(AlarmState::default())) " " (id) }
            }
        } } }
    }
}

fn part(console: &Console, alarm: &Alarm, status: Option<&Status>, open: bool) -> Markup {
    let state = status.map(|status| status.state).unwrap_or_default();
    html! {
        details id=(alarm.id) open[open] {
            summary { (chip(state)) " " (alarm.id) }
            @if let Some(status) = status { p.reason { (status.reason) } }
            @if let AlarmKind::Metric(metric) = &alarm.kind {
                (watches(metric)) (chart(console, alarm, metric))
            }
            (history(alarm, status))
        }
    }
}

fn rule(rule: &Rule) -> String {
    let all = |rules: &[Rule], word: &str| {
        let parts: Vec<String> = rules.iter().map(self::rule).collect();
        format!("({})", parts.join(word))
    };
    match rule {
        Rule::Is(state, id) => format!("{state}({id})"),
        Rule::And(rules) => all(rules, " AND "),
        Rule::Or(rules) => all(rules, " OR "),
        Rule::Not(inner) => format!("NOT {}", self::rule(inner)),
        Rule::AtLeast(count, state, ids) => {
            format!("AT_LEAST({count}, {state}, ({}))", ids.join(", "))
        }
        Rule::Constant(value) => value.to_string().to_uppercase(),
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
                        (time(change.at * 1_000)) " " (chip(change.from)) " → " (chip(change.to))
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

/// The values that were judged, against the threshold.
fn chart(console: &Console, alarm: &Alarm, metric: &MetricAlarm) -> Markup {
    /// Points of a chart, a minute apart; each is the value over a whole period before it.
    const POINTS: i64 = 60;
    let now = now_millis() / 1_000;
    let ends: Vec<i64> = (0..POINTS).rev().map(|age| now - age * 60).collect();
    let events = console.observed.events();
    let found = values(
        &metric.expression,
        &ends,
        metric.period,
        &|query, window| events.statistic(query, window),
    );
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
    let placed = Placed {
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
    draw::panel(&placed, &View::Series(vec![series]), range, &Still)
}
