//! `dashboards replay`.

use std::fs::File;
use std::io::{BufRead, BufReader, Write, stdin};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use telemetry::Namespace;

use super::live::{Place, block_on};
use super::{Outcome, Result};
use crate::evaluate::{Message, replay};
use crate::live::{self, History};
use crate::model::{Alarm, AlarmKind, Library};
use crate::preview::Recording;
use crate::view::TimeRange;

/// Say which alarms would have fired, when and why: before a threshold is merged, on what has
/// happened.
///
/// On recorded events, or on what CloudWatch has of a stretch of time, which is only read. In an
/// application's own events there is nothing of AWS's metrics: alarms on those are left out there.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo run -- simulate --record events.jsonl    simulate, and keep the events\n  {command} replay events.jsonl\n  aws logs tail GROUP --format short | {command} replay -\n  {command} replay --from 2026-11-24T08:00:00Z --to 2026-11-24T12:00:00Z --environment prod --region eu-west-3\n\nCloudWatch keeps minutes for 15 days, and --from needs cloudwatch:GetMetricData, which costs a cent for 1,000 metrics.\nExit 0 whatever fires; 2 if there is nothing to judge."
)]
pub(super) struct Replay {
    /// Event lines that a system has written; `-` reads standard input.
    #[arg(required_unless_present = "from", conflicts_with = "from")]
    events: Option<PathBuf>,
    /// Ask CloudWatch for what was from this time on.
    #[arg(long, value_name = "TIME", requires = "to")]
    from: Option<Timestamp>,
    /// And up to this one.
    #[arg(long, value_name = "TIME", requires = "from")]
    to: Option<Timestamp>,
    #[command(flatten)]
    place: Place,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What alarms were judged on.
struct Judged {
    heard: Vec<Message>,
    /// What there was, in words.
    data: String,
    range: TimeRange,
    /// Why how many alarms were left out.
    left_out: (usize, &'static str),
}

impl Replay {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let judged = match (&self.events, self.from, self.to) {
            (Some(events), _, _) => recorded(library, events)?,
            (None, Some(from), Some(to)) => {
                block_on(self.of_cloudwatch(library, from.as_second(), to.as_second()))?
            }
            (None, _, _) => unreachable!("clap asks for one of them"),
        };
        if self.json {
            let heard: Vec<_> = judged.heard.iter().map(heard_json).collect();
            serde_json::to_writer_pretty(&mut *out, &heard)?;
            writeln!(out)?;
            return Ok(Outcome::Fine);
        }
        for one in &judged.heard {
            writeln!(
                out,
                "{} {} {}: {}",
                time(one.at),
                one.alarm,
                one.state,
                one.reason
            )?;
        }
        let (count, why) = judged.left_out;
        writeln!(
            out,
            "{} times somebody would have heard something in {} of {} to {}; {count} alarms {why}",
            judged.heard.len(),
            judged.data,
            time(judged.range.start),
            time(judged.range.end),
        )?;
        Ok(Outcome::Fine)
    }

    /// Judges on what CloudWatch has, from before the time on as far as alarms look back.
    async fn of_cloudwatch(&self, library: &Library, start: i64, end: i64) -> Result<Judged> {
        let (start, end) = (start - start.rem_euclid(60), end - end.rem_euclid(60));
        if end <= start {
            return Err("--to is not a minute after --from".into());
        }
        if Timestamp::now().as_second() - start > KEPT {
            return Err(
                "--from is more than 15 days ago: CloudWatch has no minutes of then".into(),
            );
        }
        let client = live::connect(&self.place.access()).await?;
        let (deployed, profile) = (self.place.deployed(library), self.place.profile());
        let of_profile = library
            .alarms
            .iter()
            .filter(|alarm| alarm.profile <= profile);
        let (alarms, rest): (Vec<Alarm>, Vec<Alarm>) =
            of_profile.cloned().partition(History::can_say);
        let lookback = alarms.iter().map(Alarm::seconds_looked_at).max();
        let first = start - i64::from(lookback.unwrap_or_default());
        let history = History::of(&client, &alarms, &deployed, first, end).await?;
        if history.is_empty() {
            let environment = &deployed.environment;
            return Err(format!("CloudWatch has no value of {environment} in that time").into());
        }
        let heard = replay(&alarms, start, end, &|query, window| {
            history.statistic(query, window)
        });
        Ok(Judged {
            heard,
            data: format!("{} metrics", history.len()),
            range: TimeRange { start, end },
            left_out: (rest.len(), "watch a percentile, which minutes do not make"),
        })
    }
}

/// Seconds for which CloudWatch keeps values of single minutes.
const KEPT: i64 = 15 * 86_400;

/// Judges on recorded events.
fn recorded(library: &Library, events: &Path) -> Result<Judged> {
    let recording =
        read(library, events).map_err(|error| format!("{}: {error}", events.display()))?;
    let (alarms, rest): (Vec<Alarm>, Vec<Alarm>) =
        library.alarms.iter().cloned().partition(is_watched);
    let range = recording.range();
    let heard = replay(&alarms, range.start, range.end, &|query, window| {
        recording.statistic(query, window)
    });
    Ok(Judged {
        heard,
        data: format!("{} events", recording.len()),
        range,
        left_out: (rest.len(), "watch what only AWS publishes"),
    })
}

fn read(library: &Library, events: &Path) -> Result<Recording> {
    let input: Box<dyn BufRead> = if events == Path::new("-") {
        Box::new(stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(events)?))
    };
    Ok(Recording::read(library.deployment, input)?)
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

fn heard_json(heard: &Message) -> Value {
    json!({
        "at": time(heard.at),
        "alarm": heard.alarm,
        "state": heard.state.name(),
        "reason": heard.reason,
    })
}
