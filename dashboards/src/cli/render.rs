//! `dashboards render`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use dashboards::library::library;
use dashboards::render::{self, Change};
use similar::TextDiff;

use super::{Outcome, Result};

/// Write Grafana dashboards, the Terraform module of the alarms and the metric reference.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo dashboards render            rewrite infra/rendered\n  cargo dashboards render --check    exit 1 and show the difference if it is stale"
)]
pub(crate) struct Render {
    /// Folder to write to.
    #[arg(long, value_name = "DIR", default_value = "infra/rendered")]
    out: PathBuf,
    /// Write nothing; exit 1 if the folder holds anything else than would be written.
    #[arg(long)]
    check: bool,
}

impl Render {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome> {
        let files = render::all(&library())?;
        if self.check {
            return self.check(&files, out);
        }
        let changed = render::write(&self.out, &files).map_err(|error| at(&self.out, &error))?;
        let folder = self.out.display();
        writeln!(out, "{} files in {folder}, {changed} changed", files.len())?;
        Ok(Outcome::Fine)
    }

    fn check(&self, files: &[render::File], out: &mut dyn Write) -> Result<Outcome> {
        let changes = render::compare(&self.out, files).map_err(|error| at(&self.out, &error))?;
        for change in &changes {
            match change {
                Change::Extra(path) => writeln!(out, "{path}: is not rendered any more")?,
                Change::Stale { path, old, new } => {
                    let diff = TextDiff::from_lines(old, new);
                    let (old, new) = (format!("{path} (as it is)"), format!("{path} (rendered)"));
                    write!(out, "{}", diff.unified_diff().header(&old, &new))?;
                }
            }
        }
        let folder = self.out.display();
        match changes.len() {
            0 => writeln!(out, "{} files in {folder}, all as rendered", files.len())?,
            stale => writeln!(out, "{stale} stale files: run `cargo dashboards render`")?,
        }
        Ok(Outcome::from_findings(!changes.is_empty()))
    }
}

fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
