//! `dashboards replay`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use telemetry::Namespace;

use super::live::{Place, block_on};
use super::{Outcome, Result, recording};
use crate::evaluate::{Message, replay};
use crate::live::{self, History};
use crate::model::{Alarm, AlarmKind, Library};
use crate::view::TimeRange;

/// Say which alarms would have fired, when and why: before a threshold is merged, on what has
/// happened.
///
/// On recorded events, or on what CloudWatch has of a stretch of time, which is only read. In an
/// application's own events there is nothing of AWS's metrics: alarms on those are left out there.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} replay events.jsonl\n  aws logs tail GROUP --format short | {command} replay -\n  {command} replay --from 2026-11-24T08:00:00Z --to 2026-11-24T12:00:00Z --environment prod --region eu-west-3\n\nCloudWatch keeps minutes for 15 days, and --from needs cloudwatch:GetMetricData, which costs a cent for 1,000 metrics.\nExit 0 whatever fires; 2 if there is nothing to judge."
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

/// What was heard of alarms, and what they were judged on.
struct Report {
    heard: Vec<Message>,
    /// What there was, in words.
    data: String,
    range: TimeRange,
    /// Why how many alarms were left out.
    left_out: (usize, &'static str),
}

impl Replay {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let report = match (&self.events, self.from, self.to) {
            (Some(events), _, _) => recorded(library, events)?,
            (None, Some(from), Some(to)) => {
                block_on(self.of_cloudwatch(library, from.as_second(), to.as_second()))?
            }
            (None, _, _) => unreachable!("clap asks for one of them"),
        };
        if self.json {
            let heard: Vec<_> = report.heard.iter().map(heard_json).collect();
            serde_json::to_writer_pretty(&mut *out, &heard)?;
            writeln!(out)?;
            return Ok(Outcome::Fine);
        }
        for one in &report.heard {
            writeln!(
                out,
                "{} {} {}: {}",
                time(one.at),
                one.alarm,
                one.state,
                one.reason
            )?;
        }
        let (count, why) = report.left_out;
        writeln!(
            out,
            "{} times somebody would have heard something in {} of {} to {}; {count} alarms {why}",
            report.heard.len(),
            report.data,
            time(report.range.start),
            time(report.range.end),
        )?;
        Ok(Outcome::Fine)
    }

    /// Judges on what CloudWatch has, from before the time on as far as alarms look back.
    async fn of_cloudwatch(&self, library: &Library, start: i64, end: i64) -> Result<Report> {
        let (start, end) = (start - start.rem_euclid(60), end - end.rem_euclid(60));
        if end <= start {
            return Err("--to is not a minute after --from".into());
        }
        let oldest = Timestamp::now().as_second() - KEPT;
        if start < oldest {
            return Err(
                "--from is more than 15 days ago: CloudWatch has no minutes of then".into(),
            );
        }
        let client = live::connect(&self.place.access()).await?;
        let (environment, profile) = (self.place.environment(library), self.place.alarms());
        let of_profile = library
            .alarms
            .iter()
            .filter(|alarm| alarm.profile <= profile);
        let (alarms, rest): (Vec<Alarm>, Vec<Alarm>) = of_profile
            .cloned()
            .partition(|alarm| is_known(alarm, start, oldest));
        let lookback = alarms.iter().map(Alarm::seconds_looked_at).max();
        let first = start - i64::from(lookback.unwrap_or_default());
        let history = History::of(&client, &alarms, &environment, first, end).await?;
        if history.is_empty() {
            let environment = &environment.name;
            return Err(format!("CloudWatch has no value of {environment} in that time").into());
        }
        let heard = replay(&alarms, start, end, &|query, window| {
            history.statistic(query, window)
        });
        Ok(Report {
            heard,
            data: format!("{} metrics", history.len()),
            range: TimeRange { start, end },
            left_out: (
                rest.len(),
                "watch a percentile, which minutes do not make, or look back to more than 15 days ago",
            ),
        })
    }
}

/// Seconds for which CloudWatch keeps values of single minutes.
const KEPT: i64 = 15 * 86_400;

/// Judges on recorded events.
fn recorded(library: &Library, events: &Path) -> Result<Report> {
    let recording = recording(events, library.deployment)?;
    let (alarms, rest): (Vec<Alarm>, Vec<Alarm>) =
        library.alarms.iter().cloned().partition(is_ours);
    let range = recording.range();
    let heard = replay(&alarms, range.start, range.end, &|query, window| {
        recording.statistic(query, window)
    });
    Ok(Report {
        heard,
        data: format!("{} events", recording.len()),
        range,
        left_out: (rest.len(), "watch what only AWS publishes"),
    })
}

/// Whether CloudWatch has every minute since `oldest` that an alarm looks at from `start` on, and
/// minutes say what it watches.
fn is_known(alarm: &Alarm, start: i64, oldest: i64) -> bool {
    start - i64::from(alarm.seconds_looked_at()) >= oldest && History::can_say(alarm)
}

/// Whether it watches nothing of AWS's.
fn is_ours(alarm: &Alarm) -> bool {
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

#[cfg(test)]
mod tests {
    use shop::REQUEST_ERROR;

    use super::*;
    use crate::fixture::API;
    use crate::model::{MissingData, Narrow, Period, Threshold};

    #[test]
    fn an_alarm_is_not_judged_on_minutes_that_cloudwatch_no_longer_has() {
        let errors = REQUEST_ERROR.total().sum();
        let limit = Threshold::above(0.0);
        let alarm = Alarm::metric("errors", errors, limit, MissingData::NotBreaching)
            .every(Period::hours(1))
            .points(1, 4)
            .ticket(API, "");
        // Six hours: four, and two that stand in for missing ones.
        assert!(is_known(&alarm, 6 * 3_600, 0));
        assert!(!is_known(&alarm, 6 * 3_600 - 60, 0));
    }
}
