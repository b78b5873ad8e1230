//! `dashboards diff`.

use std::io::Write;
use std::path::PathBuf;

use crate::diff;
use clap::Args;

use super::{Outcome, Result};

/// Say what changed in meaning between two folders of rendered files, as Markdown.
#[derive(Debug, Args)]
#[command(
    after_help = "Example, in a pull request:\n  git worktree add /tmp/base origin/main\n  {command} diff /tmp/base/infra/rendered infra/rendered"
)]
pub(super) struct Diff {
    /// The folder before.
    old: PathBuf,
    /// The folder after.
    new: PathBuf,
}

impl Diff {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome> {
        let (old, new) = (
            diff::Rendered::read(&self.old)?,
            diff::Rendered::read(&self.new)?,
        );
        write!(out, "{}", diff::markdown(&old, &new))?;
        Ok(Outcome::Fine)
    }
}
