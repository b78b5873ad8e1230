//! `dashboards diff`.

use std::io::Write;
use std::path::PathBuf;

use crate::diff;
use crate::report::Check;
use clap::Args;

use super::output::Output;
use super::{Outcome, Result};

/// Say what changed in meaning between two folders of rendered files, as Markdown.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples, in a pull request:\n  git worktree add /tmp/base origin/main\n  {command} diff /tmp/base/infra/rendered infra/rendered\n  {command} diff --exit-code --json old new     exit 1 if anything changed in meaning"
)]
pub(super) struct Diff {
    /// The folder before.
    old: PathBuf,
    /// The folder after.
    new: PathBuf,
    /// Exit 1 if anything changed in meaning.
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    output: Output,
}

impl Diff {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome> {
        let (old, new) = (
            diff::Snapshot::read(&self.old)?,
            diff::Snapshot::read(&self.new)?,
        );
        let changes = diff::changes(&old, &new);
        let folder = self.new.display().to_string();
        let checked = || {
            let checked = |change| Check::change(change, &folder);
            changes.iter().map(checked).collect()
        };
        self.output.write("diff", out, &changes, checked, |out| {
            Ok(write!(out, "{}", diff::markdown(&old, &new))?)
        })?;
        Ok(Outcome::from_findings(
            self.exit_code && !changes.is_empty(),
        ))
    }
}
