//! `dashboards lint`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use dashboards::library::{EXCLUSIONS, library};
use dashboards::lint;

use super::{Outcome, Result};

/// Check dashboards and alarms against the limits of CloudWatch and Grafana, and for what people need.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cargo dashboards lint --json    findings for a machine; exit 1 if there are any"
)]
pub(crate) struct Lint {
    /// Folder of the alarms' runbooks.
    #[arg(long, value_name = "DIR", default_value = "docs/runbooks")]
    runbooks: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Lint {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome> {
        let folder = self.runbooks.display();
        std::fs::read_dir(&self.runbooks).map_err(|error| format!("{folder}: {error}"))?;
        let findings = lint::check(&library(), EXCLUSIONS, &self.runbooks);
        if self.json {
            serde_json::to_writer_pretty(&mut *out, &findings)?;
            writeln!(out)?;
        } else {
            for found in &findings {
                writeln!(out, "{} [{}] {}", found.place, found.rule, found.message)?;
            }
            writeln!(out, "{} findings", findings.len())?;
        }
        Ok(Outcome::from_findings(!findings.is_empty()))
    }
}
