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
use crate::{catalogue, event, trace::current};

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line: `timestamp`, `level`, `message`, `target`, `trace_id`,
    /// `request_id`, `run_id` and `function` where there are any, other fields under `fields`.
    Json,
    /// One line for people.
    Text {
        /// Whether levels have colours.
        color: bool,
    },
}

impl Format {
    /// For people at a terminal: coloured if stderr is one and `NO_COLOR` is not set.
    pub(crate) fn terminal(env: crate::init::Env<'_>) -> Self {
        use std::io::IsTerminal as _;
        Self::Text {
            color: std::io::stderr().is_terminal() && env("NO_COLOR").is_none(),
        }
    }
}

/// The ids of the request that a record belongs to.
#[derive(Default, Serialize)]
struct Ids {
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<String>,
}

impl Ids {
    fn current() -> Self {
        let ids = current::with(|request| Self {
            trace_id: Some(request.trace_text.clone()),
            request_id: Some(request.id.clone()),
            ..Self::default()
        });
        Self {
            run_id: event::property(catalogue::RUN_ID),
            function: event::property(catalogue::FUNCTION),
            ..ids.unwrap_or_default()
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let ids = [
            ("trace_id", &self.trace_id),
            ("request_id", &self.request_id),
            ("run_id", &self.run_id),
            ("function", &self.function),
        ];
        ids.into_iter()
            .filter_map(|(name, id)| Some((name, id.as_deref()?)))
    }
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    message: &'a str,
    target: &'a str,
    #[serde(flatten)]
    ids: Ids,
    #[serde(skip_serializing_if = "Map::is_empty")]
    fields: &'a Map<String, Value>,
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
        ids: Ids::current(),
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
    for (name, id) in Ids::current().iter() {
        write!(out, " {name}=")?;
        escape::text(out, id)?;
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
