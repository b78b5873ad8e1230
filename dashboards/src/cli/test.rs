//! `dashboards test`.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::model::Library;
use crate::report::Check;
use crate::scenario::{Coverage, play};
use clap::Args;

use super::output::Output;
use super::{Outcome, Result};

/// Play scenarios: series in, expected states of alarms over time.
///
/// Without PATH the scenarios of the library are played, and every alarm must have one
/// that fires it and one that does not.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} test\n  {command} test some.toml\n  {command} test --format junit > alarms.xml\n\nThe notation is in docs/test-alarms.md."
)]
pub(super) struct Test {
    /// A file with scenarios, or a folder of such files.
    path: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl Test {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let (path, coverage) = match &self.path {
            Some(path) => (path.as_path(), Coverage::Partial),
            None => (Path::new(library.places.scenarios), Coverage::Complete),
        };
        let report = play(path, &library.alarms, coverage)?;
        let checked = || Check::scenarios(&report);
        self.output.write("test", out, &report, checked, |out| {
            Ok(writeln!(out, "{report}")?)
        })?;
        Ok(Outcome::from_findings(!report.passed()))
    }
}
