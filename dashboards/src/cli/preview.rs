//! `dashboards preview`.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use crate::model::Library;
use crate::preview::{self, Recording, Source};
use clap::Args;

use super::{Outcome, Result, recording};

/// Draw every dashboard as it will look in Grafana: one page, and an SVG of each.
///
/// Without --events, the data is what the catalogue says that metrics look like. The same
/// data gives the same files.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} preview                          draw sample data into target/preview\n  {command} preview --events events.jsonl    draw what a function has written to stdout\n\nExit 1 if the page is drawn but lines of --events are no events."
)]
pub(super) struct Preview {
    /// Folder to write to.
    #[arg(long, value_name = "DIR", default_value = "target/preview")]
    out: PathBuf,
    /// Event lines that a system has written; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
}

impl Preview {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let source = match &self.events {
            None => Source::Samples,
            Some(path) => {
                let recording = recording(path, library.deployment)?;
                Source::Recorded(Box::new(recording))
            }
        };
        let files = preview::files(library, &source);
        let folder = self.out.display();
        fs::create_dir_all(&self.out).map_err(|error| format!("{folder}: {error}"))?;
        for file in &files {
            let path = self.out.join(&file.path);
            fs::write(&path, &file.content)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
        writeln!(
            out,
            "{} dashboards in {folder}: open {}",
            files.len() - 1,
            self.out.join("index.html").display()
        )?;
        match source {
            Source::Samples => Ok(Outcome::Fine),
            Source::Recorded(recording) => report(&recording, out),
        }
    }
}

fn report(recording: &Recording, out: &mut dyn Write) -> Result<Outcome> {
    const MOST: usize = 5;
    for refused in recording.refused.iter().take(MOST) {
        writeln!(out, "line {}: {}", refused.line, refused.reason)?;
    }
    let refused = recording.refused.len();
    writeln!(
        out,
        "{} events, {refused} lines that are none",
        recording.len()
    )?;
    Ok(Outcome::from_findings(refused > 0))
}
