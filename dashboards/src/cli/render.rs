//! `dashboards render`.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cost::page;
use crate::model::Library;
use crate::render::{self, Change, File};
use clap::Args;
use similar::TextDiff;

use super::{Outcome, Result};

/// Write Grafana dashboards, the Terraform module of the alarms, the metric reference and the
/// tables of the page on cost.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} render            rewrite the rendered files and the tables of the page on cost\n  {command} render --check    exit 1 and show the difference if they are stale"
)]
pub(super) struct Render {
    /// Folder to write to, if not the library's.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Page whose tables are filled, if not the library's.
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Write nothing; exit 1 if the folder or the page holds anything else than would be written.
    #[arg(long)]
    check: bool,
}

impl Render {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let places = &library.places;
        let folder = self.out.as_deref().unwrap_or(Path::new(places.rendered));
        let mut rendered = vec![(folder, render::all(library)?)];
        if !library.tables.is_empty() {
            let page = self.page.as_deref().unwrap_or(Path::new(places.page));
            let docs = page.parent().unwrap_or(Path::new(""));
            rendered.push((docs, vec![filled(page, library)?]));
        }
        let mut stale = 0;
        for (folder, files) in &rendered {
            stale += if self.check {
                check(folder, files, out)?
            } else {
                render::write(folder, files).map_err(|error| at(folder, &error))?
            };
        }
        let files: usize = rendered.iter().map(|(_, files)| files.len()).sum();
        match (self.check, stale) {
            (false, changed) => writeln!(out, "{files} files, {changed} changed")?,
            (true, 0) => writeln!(out, "{files} files, all as rendered")?,
            (true, stale) => writeln!(out, "{stale} stale files: run `{} render`", places.command)?,
        }
        Ok(Outcome::from_findings(self.check && stale > 0))
    }
}

/// The page as it should be, by its name in its folder.
fn filled(page: &Path, library: &Library) -> Result<File> {
    let text = std::fs::read_to_string(page).map_err(|error| at(page, &error))?;
    let content = page::fill(&text, library).map_err(|error| at(page, &error))?;
    let name = page.file_name().unwrap_or_default();
    let path = name.to_string_lossy().into_owned();
    Ok(File { path, content })
}

/// Shows how a folder differs from its files; returns in how many.
fn check(folder: &Path, files: &[File], out: &mut dyn Write) -> Result<usize> {
    let changes = render::compare(folder, files).map_err(|error| at(folder, &error))?;
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
    Ok(changes.len())
}

fn at(path: &Path, error: &dyn std::error::Error) -> String {
    format!("{}: {error}", path.display())
}
