//! The command `emf-check`, for whatever program has a [`Library`]: would CloudWatch take these
//! event lines, and are they what its catalogue says?

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use telemetry::emf::check::{Check, Report};

use crate::model::Library;

/// Check event lines: would CloudWatch take them, and are they the catalogue's?
#[derive(Clone, Debug, Args)]
#[command(after_help = NOTES)]
pub struct EmfCheck {
    /// The file with event lines [default: standard input]
    file: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

const NOTES: &str = "\
Lines that are no events, such as log records, are counted and passed over.
Exit status: 0 if nothing is wrong, 1 if there are findings, 2 if FILE cannot be read.";

impl EmfCheck {
    /// The report on the lines, as it is printed, and whether nothing is wrong.
    ///
    /// # Errors
    ///
    /// If the lines cannot be read; it says which file they are in.
    pub fn run(&self, library: &Library) -> io::Result<(String, bool)> {
        let path = self.file.as_deref().filter(|path| *path != Path::new("-"));
        let report = check(path, library).map_err(|error| {
            let name = path.map_or("standard input".into(), Path::to_string_lossy);
            io::Error::new(error.kind(), format!("cannot read {name}: {error}"))
        })?;
        let text = if self.json {
            serde_json::to_string(&report)? + "\n"
        } else {
            report.to_string()
        };
        Ok((text, report.is_clean()))
    }
}

fn check(path: Option<&Path>, library: &Library) -> io::Result<Report> {
    let lines: Box<dyn BufRead> = match path {
        Some(path) => Box::new(BufReader::new(File::open(path)?)),
        None => Box::new(io::stdin().lock()),
    };
    Check::new(library.catalogue, now())
        .of_application(library.deployment.namespace)
        .read(lines)
}

/// Milliseconds since the epoch.
fn now() -> i64 {
    let since = SystemTime::UNIX_EPOCH.elapsed();
    since.map_or(0, |since| since.as_millis().try_into().unwrap_or(i64::MAX))
}
