//! `dashboards lint`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::lint;
use crate::model::Library;
use crate::report::Check;
use clap::Args;

use super::output::Output;
use super::{Outcome, Result};

/// Check dashboards and alarms against the limits of CloudWatch and Grafana, and for what people need.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} lint                   exit 1 if there are findings\n  {command} lint --format github   as annotations of a pull request"
)]
pub(super) struct Lint {
    /// Folder of the alarms' runbooks, if not the library's.
    #[arg(long, value_name = "DIR")]
    runbooks: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl Lint {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        // Without a folder of the library's each alarm says which page it misses.
        if let Some(folder) = &self.runbooks {
            fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let folder = self.runbooks.as_deref();
        let folder = folder.unwrap_or(Path::new(library.places.runbooks));
        let findings = lint::check(library, folder);
        let checked = || {
            let checked = |finding| Check::finding(finding, library.places.rendered);
            findings.iter().map(checked).collect()
        };
        self.output.write("lint", out, &findings, checked, |out| {
            for found in &findings {
                writeln!(out, "{} [{}] {}", found.place, found.rule, found.message)?;
            }
            Ok(writeln!(out, "{} findings", findings.len())?)
        })?;
        Ok(Outcome::from_findings(!findings.is_empty()))
    }
}
