//! `sentori emf-check`: would CloudWatch take these event lines, and are they the catalogue's?

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;
use telemetry::emf::check::{Check, Report};

use crate::terminal::{note, say};

/// Exit status when the lines could not be read.
const UNREADABLE: u8 = 2;

#[derive(Clone, Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct EmfCheckArgs {
    /// The file with event lines [default: standard input]
    file: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

const NOTES: &str = "\
Lines that are no events, such as log records, are counted and passed over.
Exit status: 0 if nothing is wrong, 1 if there are findings, 2 if FILE cannot be read.";

/// Checks the lines and prints the report.
pub(crate) fn run(args: &EmfCheckArgs) -> ExitCode {
    let path = args.file.as_deref().filter(|path| *path != Path::new("-"));
    match check(path) {
        Ok(report) => {
            say(&text(&report, args.json));
            ExitCode::from(u8::from(!report.is_clean()))
        }
        Err(error) => {
            let name = path.map_or("standard input".into(), Path::to_string_lossy);
            note(&format!("sentori: cannot read {name}: {error}\n"));
            ExitCode::from(UNREADABLE)
        }
    }
}

fn check(path: Option<&Path>) -> io::Result<Report> {
    let lines: Box<dyn BufRead> = match path {
        Some(path) => Box::new(BufReader::new(File::open(path)?)),
        None => Box::new(io::stdin().lock()),
    };
    Check::new(catalogue::SENTORI, now())
        .of_application("Sentori")
        .read(lines)
}

fn text(report: &Report, json: bool) -> String {
    if json {
        let json = serde_json::to_string(report);
        json.map(|text| text + "\n").unwrap_or_default()
    } else {
        report.to_string()
    }
}

/// Milliseconds since the epoch.
fn now() -> i64 {
    let since = SystemTime::UNIX_EPOCH.elapsed();
    since.map_or(0, |since| since.as_millis().try_into().unwrap_or(i64::MAX))
}
