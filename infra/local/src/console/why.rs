//! What happened to a request, in words: for somebody who has only its id.

use std::fmt;

use dashboards::model::State;
use maud::{Markup, Render, html};
use serde_json::Value;
use telemetry::log::escaped;

use super::Console;
use super::details::Details;
use super::format::{counted, date, duration, iso, number, units};
use crate::requests::{Request, Span};

/// What is said; on a page, moments are in the reader's zone and alarms lead to theirs.
pub(super) struct Sentence(Vec<Part>);

enum Part {
    Text(String),
    /// Milliseconds since 1970.
    Moment(i64),
    /// An alarm's id.
    Alarm(String),
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) | Part::Alarm(text) => f.write_str(text),
            Part::Moment(at) => f.write_str(&iso(*at)),
        })
    }
}

impl Render for Sentence {
    fn render(&self) -> Markup {
        html! { @for part in &self.0 { @match part {
            Part::Text(text) => (text),
            Part::Moment(at) => (date(*at)),
            Part::Alarm(id) => a href={ "/alarms#" (id) } { (id) },
        } } }
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self(vec![Part::Text(text)])
    }
}

/// A sentence each.
pub(super) fn sentences(console: &Console, details: &Details) -> Vec<Sentence> {
    let mut told = vec![calls(&details.spans)];
    told.extend(failed_calls(&details.spans));
    told.extend(retries(&details.request));
    told.extend(log(details));
    let mut all = vec![outcome(&details.request)];
    all.extend(error(&details.request).map(Sentence::from));
    all.extend(told.into_iter().map(Sentence::from));
    all.extend(alarms(console, &details.request));
    all
}

/// The sentences for a terminal, one a line, whatever the text in them says.
pub(super) fn lines(console: &Console, details: &Details) -> String {
    let each = sentences(console, details);
    each.iter()
        .map(|sentence| escaped(&sentence.to_string()) + "\n")
        .collect()
}

fn outcome(request: &Request) -> Sentence {
    let route = request.route().unwrap_or("The request");
    let answered = request.status().map_or_else(
        || {
            if request.has_failed() {
                "failed".to_owned()
            } else {
                "ended".to_owned()
            }
        },
        |status| format!("was answered with {status}"),
    );
    let took = request
        .duration()
        .map(|took| format!(" after {}", duration(took)));
    let by = request.service().map(|service| format!(" by {service}"));
    let user = request
        .user()
        .map(|user| format!(" User {user} asked for it."));
    let run = request.run().map(|run| format!(" It is of run {run}."));
    let joined = |parts: [Option<String>; 2]| parts.into_iter().flatten().collect::<String>();
    let mut parts = vec![Part::Text(format!(
        "{route} {answered}{}",
        joined([by, took])
    ))];
    if let Some(at) = request.at() {
        parts.extend([Part::Text(", at ".to_owned()), Part::Moment(at)]);
    }
    parts.push(Part::Text(format!(".{}", joined([user, run]))));
    Sentence(parts)
}

fn error(request: &Request) -> Option<String> {
    let whose = match request.status() {
        Some(500..) => "the server's fault, so it counts against availability",
        Some(400..) => "the caller's fault, so it does not count against availability",
        _ => "a failure",
    };
    Some(format!("Its error is {}: {whose}.", request.error()?))
}

fn calls(spans: &[Span]) -> String {
    let calls: Vec<&Span> = spans.iter().filter(|span| span.is_call()).collect();
    if spans.is_empty() {
        return "Its caller asked for it not to be traced, so its calls are not known.".to_owned();
    }
    if calls.is_empty() {
        return "It called nothing.".to_owned();
    }
    let time: f64 = calls
        .iter()
        .map(|span| span.duration.as_secs_f64() * 1_000.0)
        .sum();
    let capacity: f64 = calls
        .iter()
        .filter_map(|span| span.capacity())
        .fold(0.0, |sum, one| sum + one);
    let names: Vec<&str> = calls.iter().map(|span| span.name.as_str()).collect();
    format!(
        "It made {} ({}) that took {} together and consumed {}.",
        counted(calls.len(), "call"),
        names.join(", "),
        duration(time),
        units(capacity),
    )
}

/// Calls that failed, and how often each was tried.
fn failed_calls(spans: &[Span]) -> Vec<String> {
    let failed = spans
        .iter()
        .filter(|span| span.is_call() && span.error.is_some());
    let mut told: Vec<String> = Vec::new();
    for span in failed {
        let tries = spans
            .iter()
            .filter(|other| other.name == span.name && other.is_call())
            .count();
        let why = span
            .error
            .as_deref()
            .filter(|error| !error.is_empty())
            .unwrap_or("an error");
        let kind = span.attribute("error.type").and_then(Value::as_str);
        let attempts = span
            .attribute("http.request.resend_count")
            .and_then(Value::as_u64);
        let again = match attempts {
            Some(resent @ 1..) => format!(", after {resent} retries"),
            _ if tries > 1 => format!("; it was called {tries} times"),
            _ => String::new(),
        };
        let sentence = format!("{} failed with {}{again}.", span.name, kind.unwrap_or(why));
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    told
}

/// Attempts after the first one, which the SDK makes by itself.
fn retries(request: &Request) -> Option<String> {
    let (again, throttled) = (request.retries(), request.throttles());
    (again > 0.0).then(|| {
        let attempts = if again > 1.0 {
            "more attempts"
        } else {
            "more attempt"
        };
        let throttled = if throttled > 0.0 {
            format!("; DynamoDB throttled {}", number(throttled))
        } else {
            String::new()
        };
        format!("The SDK made {} {attempts}{throttled}.", number(again))
    })
}

fn log(details: &Details) -> Option<String> {
    let severe = details
        .records
        .iter()
        .filter(|record| record.is_at_least("WARN"));
    let said: Vec<String> = severe
        .map(|record| format!("{}: {}", record.level(), record.message()))
        .collect();
    match (details.records.len(), said.as_slice()) {
        (0, _) => None,
        (count, []) => Some(format!(
            "It logged {}, none of them a warning.",
            counted(count, "record")
        )),
        (count, _) => Some(format!(
            "It logged {}: {}.",
            counted(count, "record"),
            said.join("; ")
        )),
    }
}

/// The alarms that a request counts towards: those in whose window it ended before they fired,
/// and those that had fired before and still do.
fn alarms(console: &Console, request: &Request) -> Vec<Sentence> {
    let Some(at) = request.at().map(|at| at / 1_000) else {
        return Vec::new();
    };
    let told = console
        .alarms
        .whole()
        .into_iter()
        .filter_map(|(alarm, status)| {
            let status = status.filter(|_| console.alarms.counts(alarm, request))?;
            let window = at..=at + console.alarms.window(alarm);
            let fired = status.history.iter().rev().find(|change| {
                let still = change.at < at && status.state == State::Alarm;
                change.to == State::Alarm && (still || window.contains(&change.at))
            })?;
            Some(Sentence(vec![
                Part::Text("It counts towards alarm ".to_owned()),
                Part::Alarm(alarm.id.to_string()),
                Part::Text(", which fired at ".to_owned()),
                Part::Moment(fired.at * 1_000),
                Part::Text(format!(": {}.", fired.reason)),
            ]))
        });
    told.collect()
}
