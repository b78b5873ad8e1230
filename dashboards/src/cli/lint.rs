//! `dashboards lint`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::lint;
use crate::model::Library;
use clap::Args;

use super::{Outcome, Result};

/// Check dashboards and alarms against the limits of CloudWatch and Grafana, and for what people need.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  {command} lint --json    findings for a machine; exit 1 if there are any"
)]
pub(super) struct Lint {
    /// Folder of the alarms' runbooks, if not the library's.
    #[arg(long, value_name = "DIR")]
    runbooks: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Lint {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let folder = self.runbooks.as_deref();
        let folder = folder.unwrap_or(Path::new(library.places.runbooks));
        fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let findings = lint::check(library, folder);
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
