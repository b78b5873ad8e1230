//! The live check: do event lines say what the catalogue says, by CloudWatch's rules?
//!
//! CloudWatch drops what it does not understand without telling the function. This reads
//! the lines that really flow, from a file, a pipe or a log export, and reports what would
//! be dropped or would end up in a metric that no dashboard shows. It shares no code with
//! the encoder, so that neither hides a mistake of the other.

mod envelope;
mod event;
mod finding;
mod limits;
mod meaning;
mod members;

use std::{
    collections::BTreeMap,
    io::{self, BufRead, Read},
};

pub use finding::{Finding, Rule};

use crate::catalogue::Catalogue;

/// Longest line that is read: CloudWatch Logs takes events of up to 1 MB.
const MAX_LINE: u64 = 1024 * 1024;
/// So many findings are kept; more are counted only.
const MAX_FINDINGS: usize = 1000;

/// Checks event lines against a catalogue.
#[derive(Debug)]
pub struct Check {
    catalogue: Catalogue,
    application: Option<&'static str>,
    now: i64,
    seen: BTreeMap<&'static str, u64>,
    report: Report,
}

/// What a check found; [`Display`](std::fmt::Display) writes it for people.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Report {
    /// Lines that were read.
    pub lines: u64,
    /// Lines that are events with metrics.
    pub events: u64,
    /// Lines that are something else, such as log records.
    pub others: u64,
    /// What is wrong, in the order of the lines; at most 1,000.
    pub findings: Vec<Finding>,
    /// Findings beyond those.
    pub more_findings: u64,
    /// How many values each metric had.
    pub seen: BTreeMap<&'static str, u64>,
    /// Metrics of the catalogue that no event had.
    pub never_seen: Vec<&'static str>,
}

impl Report {
    /// Whether nothing is wrong. A metric that was never seen is not wrong by itself:
    /// nothing may have happened that it counts.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl Check {
    /// A check at the time `now`, in milliseconds since the epoch; CloudWatch refuses
    /// events of more than 14 days ago or 2 hours ahead.
    pub fn new(catalogue: Catalogue, now: i64) -> Self {
        Self {
            catalogue,
            application: None,
            now,
            seen: BTreeMap::new(),
            report: Report::default(),
        }
    }

    /// The same, and the namespace has to be of this application: `Shop` of `Shop/dev`.
    #[must_use]
    pub fn of_application(self, application: &'static str) -> Self {
        Self {
            application: Some(application),
            ..self
        }
    }

    /// Checks every line until the end.
    ///
    /// # Errors
    ///
    /// If the reader fails. A line that is too long or not text is a finding.
    pub fn read(mut self, mut reader: impl BufRead) -> io::Result<Report> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let limited = reader
                .by_ref()
                .take(MAX_LINE + 1)
                .read_until(b'\n', &mut line)?;
            if limited == 0 {
                return Ok(self.finish());
            }
            let whole = line.ends_with(b"\n") || line.len() as u64 <= MAX_LINE;
            if whole {
                self.line(&line);
            } else {
                self.report.lines += 1;
                reader.skip_until(b'\n')?;
                self.find(Rule::LineLength, None, "is longer than 1 MB".to_owned());
            }
        }
    }

    /// Checks one line.
    pub fn line(&mut self, line: &[u8]) {
        self.report.lines += 1;
        let line = line.trim_ascii();
        match str::from_utf8(line) {
            Ok("") => {}
            Ok(text) => self.text(text),
            Err(_) => self.find(Rule::Json, None, "is not UTF-8".to_owned()),
        }
    }

    /// The report on all lines so far.
    pub fn finish(mut self) -> Report {
        if self.report.events == 0 {
            let message = "no event was found: is this the log of a function?".to_owned();
            self.find(Rule::NoEvent, None, message);
        }
        let names = self.catalogue.metrics.iter().map(|metric| metric.name);
        let never = names.filter(|name| !self.seen.contains_key(name));
        self.report.never_seen = never.collect();
        self.report.seen = self.seen;
        self.report
    }

    fn text(&mut self, text: &str) {
        let text = text.trim_start_matches('\u{feff}');
        let found = envelope::events(text);
        if found.events.is_empty() {
            match found.broken {
                Some(error) => self.find(Rule::Json, None, format!("is not JSON: {error}")),
                None => self.report.others += 1,
            }
        }
        for event in &found.events {
            self.event(event);
        }
    }

    fn event(&mut self, text: &str) {
        self.report.events += 1;
        let members = match members::parse(text) {
            Ok(members) => members,
            Err(error) => return self.find(Rule::Json, None, format!("is not JSON: {error}")),
        };
        let Some(aws) = members.get("_aws") else {
            return;
        };
        if text.len() > super::MAX_LINE_BYTES {
            let message = format!("has {} bytes, more than 256 KB", text.len());
            self.find(Rule::LineLength, None, message);
        }
        match event::Event::parse(aws) {
            Ok(event) => {
                self.limits(&event, &members);
                self.meaning(&event, &members);
            }
            Err(message) => self.find(Rule::Structure, None, message),
        }
    }

    /// Reports something wrong with the current line.
    fn find(&mut self, rule: Rule, metric: Option<&str>, message: String) {
        if self.report.findings.len() == MAX_FINDINGS {
            self.report.more_findings += 1;
            return;
        }
        self.report.findings.push(Finding {
            line: self.report.lines,
            rule,
            metric: metric.map(str::to_owned),
            message,
        });
    }
}
