//! `dashboards verify`.

use std::io::Write;
use std::time::Duration;

use crate::live::{self, Verification};
use crate::model::Library;
use clap::Args;
use serde_json::json;

use super::live::{Place, block_on, progress};
use super::{Outcome, Result};

/// Look whether every metric that panels and alarms read has data; only reads.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} verify --environment prod --region eu-west-3 --api-id a1b2c3d4e5\n  {command} verify --hours 1 --json\n\nNeeds cloudwatch:GetMetricData, which costs a cent for 1,000 metrics."
)]
pub(super) struct Verify {
    #[command(flatten)]
    place: Place,
    /// How far to look back.
    #[arg(long, value_name = "H", default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=360))]
    hours: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let found = block_on(self.look(library))?;
        if self.json {
            self.write_json(&found, out)?;
        } else {
            write_text(&found, out)?;
        }
        let unexpected = found
            .missing
            .iter()
            .any(|missing| missing.expected.is_none());
        Ok(Outcome::from_findings(unexpected))
    }

    async fn look(&self, library: &Library) -> Result<Verification> {
        let client = live::connect(&self.place.access()).await?;
        let bar = progress("metrics asked for")?;
        let (environment, profile) = (self.place.environment(library), self.place.alarms());
        let range = Duration::from_secs(self.hours * 3_600);
        let found = live::verify(
            &client,
            library,
            &environment,
            profile,
            range,
            |asked, of| {
                bar.set_length(of);
                bar.set_position(asked);
            },
        );
        let found = found.await?;
        bar.finish_and_clear();
        Ok(found)
    }

    fn write_json(&self, found: &Verification, out: &mut dyn Write) -> Result<()> {
        let missing = found.missing.iter().map(|missing| {
            json!({"metric": missing.metric, "usedBy": missing.used_by, "expected": missing.expected})
        });
        let missing: Vec<_> = missing.collect();
        let found = json!({"withData": found.with_data, "missing": missing, "hours": self.hours});
        serde_json::to_writer_pretty(&mut *out, &found)?;
        Ok(writeln!(out)?)
    }
}

fn write_text(found: &Verification, out: &mut dyn Write) -> Result<()> {
    for missing in &found.missing {
        let mark = missing
            .expected
            .map_or("MISSING".to_owned(), |why| format!("no data, {why}"));
        writeln!(out, "{mark}: {}", missing.metric)?;
        if missing.expected.is_none() {
            writeln!(out, "  read by {}", missing.used_by.join(", "))?;
        }
    }
    Ok(writeln!(
        out,
        "{} metrics have data, {} have none",
        found.with_data,
        found.missing.len()
    )?)
}
