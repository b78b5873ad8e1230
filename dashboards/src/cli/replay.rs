//! `dashboards replay`.

use std::fs::File;
use std::io::{BufRead, BufReader, Write, stdin};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use telemetry::Namespace;

use super::{Outcome, Result};
use crate::evaluate::{Heard, replay};
use crate::model::{Alarm, AlarmKind, Library};
use crate::preview::Recording;

/// Say which alarms would have fired on recorded events, when and why: before a threshold is
/// merged, on what has happened.
///
/// Alarms on metrics that AWS publishes have nothing to watch in an application's events and are
/// left out.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo run -- simulate --record events.jsonl    simulate, and keep the events\n  {command} replay events.jsonl\n  aws logs tail GROUP --format short | {command} replay -\n\nExit 0 whatever fires; 2 if no line is an event."
)]
pub(super) struct Replay {
    /// Event lines that a system has written; `-` reads standard input.
    events: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Replay {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let path = self.events.display();
        let recording = self
            .read(library)
            .map_err(|error| format!("{path}: {error}"))?;
        let (alarms, rest): (Vec<Alarm>, Vec<Alarm>) =
            library.alarms.iter().cloned().partition(is_watched);
        let range = recording.range();
        let heard = replay(&alarms, range.start, range.end, &|query, window| {
            recording.statistic(query, window)
        });
        if self.json {
            let heard: Vec<_> = heard.iter().map(heard_json).collect();
            serde_json::to_writer_pretty(&mut *out, &heard)?;
            writeln!(out)?;
            return Ok(Outcome::Fine);
        }
        for one in &heard {
            writeln!(
                out,
                "{} {} {}: {}",
                time(one.at),
                one.alarm,
                one.state,
                one.reason
            )?;
        }
        writeln!(
            out,
            "{} times somebody would have heard something in {} events of {} to {}; {} alarms watch what only AWS publishes",
            heard.len(),
            recording.len(),
            time(range.start),
            time(range.end),
            rest.len()
        )?;
        Ok(Outcome::Fine)
    }

    fn read(&self, library: &Library) -> Result<Recording> {
        let input: Box<dyn BufRead> = if self.events == Path::new("-") {
            Box::new(stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(&self.events)?))
        };
        Ok(Recording::read(library.deployment, input)?)
    }
}

fn is_watched(alarm: &Alarm) -> bool {
    match &alarm.kind {
        AlarmKind::Composite(_) => true,
        AlarmKind::Metric(metric) => metric
            .expression
            .metrics()
            .iter()
            .all(|query| query.metric.namespace == Namespace::Application),
    }
}

fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or(seconds.to_string(), |time| time.to_string())
}

fn heard_json(heard: &Heard) -> Value {
    json!({
        "at": time(heard.at),
        "alarm": heard.alarm,
        "state": heard.state.name(),
        "reason": heard.reason,
    })
}
