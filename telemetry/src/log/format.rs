//! The two formats of a record.

use std::fmt::{self, Write};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use super::{escape, record::Record};
use crate::{context, env::Env, event, property::REQUEST_ID};

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// One JSON object a line: `timestamp`, `level`, `message`, `target`, `trace_id` and
    /// `request_id` of a request, the properties that are
    /// [logged](crate::Property::logged), other fields under `fields`.
    Json,
    /// One line for people.
    Text {
        /// Whether levels have colours.
        color: bool,
    },
}

impl Format {
    /// For people at a terminal: coloured if stderr is one and `NO_COLOR` is not set.
    pub(crate) fn terminal(env: Env<'_>) -> Self {
        use std::io::IsTerminal as _;
        Self::Text {
            color: std::io::stderr().is_terminal() && env("NO_COLOR").is_none(),
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    message: &'a str,
    target: &'a str,
    #[serde(flatten)]
    ids: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    fields: &'a Map<String, Value>,
}

/// What says where a record belongs: the ids of the request, and the properties of its
/// event that are [logged](crate::Property::logged). The event gets the request's id with it,
/// since there is something now that the id finds.
fn ids() -> Map<String, Value> {
    let mut ids = Map::new();
    context::with(|request| {
        ids.insert("trace_id".to_owned(), request.trace_text.clone().into());
        ids.insert("request_id".to_owned(), request.id.clone().into());
        REQUEST_ID.set(&request.id);
    });
    let members = event::logged_properties();
    if let Some(members) = members.strip_prefix(',') {
        let properties: Option<Map<_, _>> = serde_json::from_str(&format!("{{{members}}}")).ok();
        ids.extend(properties.unwrap_or_default());
    }
    ids
}

impl<S, N> FormatEvent<S, N> for Format
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        let level = metadata.level().as_str();
        self.write(&mut out, level, metadata.target(), &Record::of(event))
    }
}

impl Format {
    /// The line of a record at a level that `tracing` does not have and that nobody filters
    /// by: what is said at Lambda's FATAL arrives whatever the function's log level is.
    pub(crate) fn fatal(self, target: &str, message: &str) -> String {
        let mut line = String::new();
        // Writing to memory does not fail.
        let _ = self.write(&mut line, "FATAL", target, &Record::saying(message));
        line
    }

    fn write(
        self,
        out: &mut impl Write,
        level: &str,
        target: &str,
        record: &Record,
    ) -> fmt::Result {
        match self {
            Self::Json => json(out, level, target, record)?,
            Self::Text { color } => text(out, level, target, record, color)?,
        }
        out.write_char('\n')
    }
}

fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

fn json(out: &mut impl Write, level: &str, target: &str, record: &Record) -> fmt::Result {
    let line = Line {
        timestamp: now(),
        level,
        message: &record.message,
        target,
        ids: &ids(),
        fields: &record.fields,
    };
    escape::json(out, &serde_json::to_string(&line).map_err(|_| fmt::Error)?)
}

fn text(
    out: &mut impl Write,
    level: &str,
    target: &str,
    record: &Record,
    color: bool,
) -> fmt::Result {
    match color.then(|| ansi(level)) {
        Some(ansi) => write!(out, "{} \u{1b}[{ansi}m{level:>5}\u{1b}[0m ", now())?,
        None => write!(out, "{} {level:>5} ", now())?,
    }
    write!(out, "{target}: ")?;
    escape::text(out, &record.message)?;
    for (name, value) in &record.fields {
        // JSON's quotes keep a value with blanks from looking like several fields.
        write!(out, " {name}=")?;
        escape::text(out, &value.to_string())?;
    }
    for (name, id) in &ids() {
        write!(out, " {name}=")?;
        match id {
            Value::String(id) => escape::text(out, id)?,
            other => write!(out, "{other}")?,
        }
    }
    Ok(())
}

/// The colour of a level, as a parameter of `SGR`.
fn ansi(level: &str) -> u8 {
    match level {
        "WARN" => 33,
        "INFO" => 32,
        "DEBUG" => 34,
        "TRACE" => 35,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{IsTerminal as _, stderr};

    use super::*;

    #[test]
    fn a_terminal_has_colours_unless_a_person_wants_none() {
        let color = stderr().is_terminal();
        assert_eq!(Format::terminal(&|_| None), Format::Text { color });
        let none = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
        assert_eq!(Format::terminal(&none), Format::Text { color: false });
    }
}
