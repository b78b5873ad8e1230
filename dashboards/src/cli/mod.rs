//! The command line: one module a command.
//!
//! Exit codes: 0 fine, 1 findings, 2 wrong usage or a file that cannot be read.

mod cost;
mod diff;
mod drift;
mod lint;
mod live;
mod output;
mod preview;
mod render;
mod replay;
mod test;
mod verify;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Command as Usage, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::emf_check::EmfCheck;
use crate::model::{Deployment, Library};
use crate::preview::Recording;

/// Dashboards and alarms from typed definitions.
#[derive(Debug, Parser)]
#[command(
    name = "dashboards",
    version,
    after_help = "Files are looked for from the root of the repository: run it there.\n\nExit codes: 0 fine, 1 findings, 2 wrong usage or a file that cannot be read."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Render(render::Render),
    Preview(preview::Preview),
    Replay(replay::Replay),
    Cost(cost::Cost),
    Test(test::Test),
    Drift(drift::Drift),
    Verify(verify::Verify),
    Lint(lint::Lint),
    Diff(diff::Diff),
    EmfCheck(EmfCheck),
}

/// How a command ended, if nothing went wrong.
enum Outcome {
    /// Nothing to complain about.
    Fine,
    /// The command says what.
    Findings,
}

impl Outcome {
    const fn from_findings(any: bool) -> Self {
        if any { Self::Findings } else { Self::Fine }
    }
}

/// What goes wrong is told as it is; there is nothing to recover.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs the command that the process was called with on a library, and prints what it says.
pub fn run(library: &Library) -> ExitCode {
    let matches = usage(library.places.command).get_matches();
    match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments.run(library),
        Err(error) => error.exit(),
    }
}

/// The command line, with the examples as people call it in this repository.
fn usage(command: &'static str) -> Usage {
    let named = |usage: Usage| match usage.get_after_help() {
        Some(text) => {
            let text = text.to_string().replace("{command}", command);
            usage.after_help(text)
        }
        None => usage,
    };
    Arguments::command()
        .bin_name(command)
        .mut_subcommands(named)
}

impl Arguments {
    fn run(self, library: &Library) -> ExitCode {
        let mut out = io::stdout().lock();
        let outcome = match self.command {
            Command::Render(render) => render.run(library, &mut out),
            Command::Preview(preview) => preview.run(library, &mut out),
            Command::Replay(replay) => replay.run(library, &mut out),
            Command::Cost(cost) => cost.run(library, &mut out),
            Command::Test(test) => test.run(library, &mut out),
            Command::Drift(drift) => drift.run(library, &mut out),
            Command::Verify(verify) => verify.run(library, &mut out),
            Command::Lint(lint) => lint.run(library, &mut out),
            Command::Diff(diff) => diff.run(&mut out),
            Command::EmfCheck(check) => emf_check(&check, library, &mut out),
        };
        match outcome {
            Ok(Outcome::Fine) => ExitCode::SUCCESS,
            Ok(Outcome::Findings) => ExitCode::FAILURE,
            // Whoever closed the output, such as `head`, does not want to read more.
            Err(error) if is_closed_output(error.as_ref()) => ExitCode::SUCCESS,
            Err(error) => {
                // Nobody is left to tell if standard error is closed.
                let _ = writeln!(io::stderr(), "error: {error}");
                ExitCode::from(2)
            }
        }
    }
}

fn emf_check(check: &EmfCheck, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
    let (report, clean) = check.run(library)?;
    out.write_all(report.as_bytes())?;
    Ok(Outcome::from_findings(!clean))
}

/// The event lines of a file; `-` is standard input.
fn recording(path: &Path, deployment: Deployment) -> Result<Recording> {
    let read = || -> Result<Recording> {
        let input: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(path)?))
        };
        Ok(Recording::read(deployment, input)?)
    };
    read().map_err(|error| format!("{}: {error}", path.display()).into())
}

fn is_closed_output(error: &(dyn std::error::Error + 'static)) -> bool {
    let of_json = || error.downcast_ref::<serde_json::Error>()?.io_error_kind();
    let kind = error.downcast_ref().map(io::Error::kind).or_else(of_json);
    kind == Some(io::ErrorKind::BrokenPipe)
}
