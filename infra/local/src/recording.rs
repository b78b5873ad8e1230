//! A recording: everything of a time range in one file, to be opened elsewhere.
//!
//! A line of JSON each. The first one says what it is; the others are what telemetry writes
//! anyway: event lines (they have `_aws`), log records (they have a `timestamp`), and OTLP's
//! JSON for spans, for other programs' metrics and records (`resourceSpans`,
//! `resourceMetrics`, `resourceLogs`), as a collector's file exporter writes it. Changes of an
//! alarm's state are ours (`alarm`). So a file of another tool opens as well, and a line of a
//! later version is passed over.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::Path;

use dashboards::view::TimeRange;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::observations::Observations;
use crate::otlp::spans;
use crate::requests::iso;

/// The version that a header says.
const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Deserialize, Serialize)]
struct Header {
    recording: u32,
    environment: String,
    /// Seconds since 1970.
    from: i64,
    to: i64,
}

/// Writes everything between two moments.
///
/// # Errors
/// If the writer fails.
pub(crate) fn write(
    observed: &Observations,
    range: TimeRange,
    out: &mut impl Write,
) -> io::Result<()> {
    let header = Header {
        recording: VERSION,
        environment: observed.environment().to_owned(),
        from: range.start,
        to: range.end,
    };
    line(out, &header)?;
    let within = |at: i64| (range.start * 1_000..range.end * 1_000).contains(&at);
    for text in observed.events().lines(range) {
        writeln!(out, "{text}")?;
    }
    // The events have this program's own records already.
    let mut foreign = observed.requests.newest_records(usize::MAX, |record| {
        within(record.at) && record.value["service"].is_string()
    });
    foreign.reverse();
    for record in foreign {
        line(out, &record.value)?;
    }
    let mut requests = observed
        .requests
        .newest(usize::MAX, |request| request.at().is_some_and(within));
    requests.reverse();
    for request in requests.iter().filter(|request| !request.spans.is_empty()) {
        line(out, &spans::write(&request.spans))?;
    }
    let metrics = observed
        .received()
        .between(range.start * 1_000, range.end * 1_000);
    if !metrics.resource_metrics.is_empty() {
        line(out, &metrics)?;
    }
    for change in observed
        .changes()
        .iter()
        .filter(|change| within(change.at * 1_000))
    {
        line(out, change)?;
    }
    Ok(())
}

/// Everything since a moment, in seconds since 1970.
#[must_use]
pub fn recorded(observed: &Observations, since: i64) -> Vec<u8> {
    let range = TimeRange {
        start: since,
        end: Timestamp::now().as_second() + 1,
    };
    let mut file = Vec::new();
    // Writing to memory does not fail.
    let _ = write(observed, range, &mut file);
    file
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The environment that a recording is of; nothing if the file says none.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn environment(path: &Path) -> Result<Option<String>, Error> {
    let mut first = String::new();
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    BufReader::new(file)
        .read_line(&mut first)
        .map_err(|source| unreadable(path, source))?;
    let header: Option<Header> = serde_json::from_str(&first).ok();
    Ok(header.map(|header| header.environment))
}

/// Takes a recording in; the range that it covers.
///
/// # Errors
/// If the file cannot be read, or nothing in it is part of a recording.
pub(crate) fn read(path: &Path, observed: &Observations) -> Result<TimeRange, Error> {
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    let mut header = None;
    let mut taken = 0_usize;
    observed.requests.replaying(true);
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(|source| unreadable(path, source))?;
        match serde_json::from_slice::<Header>(&line) {
            Ok(found) => header = Some(found),
            Err(_) => taken += usize::from(observed.replay(&line)),
        }
    }
    observed.requests.replaying(false);
    if header.is_none() && taken == 0 {
        return Err(Error::NoRecording {
            path: path.to_owned(),
        });
    }
    let said = header.map(|header| TimeRange {
        start: header.from,
        end: header.to,
    });
    said.or_else(|| observed.span())
        .ok_or_else(|| Error::NoRecording {
            path: path.to_owned(),
        })
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::ReadRecording {
        path: path.to_owned(),
        source,
    }
}

/// What a file with everything between two moments is called.
pub(crate) fn file_name(range: TimeRange) -> String {
    let start = iso(range.start * 1_000).replace(':', "-");
    format!("sentori-{}.jsonl", start.get(..19).unwrap_or_default())
}
