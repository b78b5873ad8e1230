//! `dashboards test`.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::model::Library;
use crate::scenario::{Coverage, play};
use clap::Args;

use super::{Outcome, Result};

/// Play scenarios: series in, expected states of alarms over time.
///
/// Without PATH the scenarios of the library are played, and every alarm must have one
/// that fires it and one that does not.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} test\n  {command} test some.toml\n\nThe notation is in docs/test-alarms.md."
)]
pub(super) struct Test {
    /// A file with scenarios, or a folder of such files.
    path: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Test {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let (path, coverage) = match &self.path {
            Some(path) => (path.as_path(), Coverage::Partial),
            None => (Path::new(library.places.scenarios), Coverage::Complete),
        };
        let report = play(path, &library.alarms, coverage)?;
        if self.json {
            serde_json::to_writer_pretty(&mut *out, &report)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{report}")?;
        }
        Ok(Outcome::from_findings(!report.passed()))
    }
}
