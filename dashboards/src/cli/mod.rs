//! The command line: one module a command.
//!
//! Exit codes: 0 fine, 1 findings, 2 wrong usage or a file that cannot be read.

mod cost;
mod diff;
mod drift;
mod lint;
mod live;
mod preview;
mod render;
mod test;
mod verify;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Dashboards and alarms from typed definitions.
#[derive(Debug, Parser)]
#[command(
    name = "dashboards",
    bin_name = "cargo dashboards",
    version,
    after_help = "Files are looked for from the root of the repository: run it there.\n\nExit codes: 0 fine, 1 findings, 2 wrong usage or a file that cannot be read."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Render(render::Render),
    Preview(preview::Preview),
    Cost(cost::Cost),
    Test(test::Test),
    Drift(drift::Drift),
    Verify(verify::Verify),
    Lint(lint::Lint),
    Diff(diff::Diff),
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

impl Arguments {
    /// Runs the command and prints what it says.
    pub(crate) fn run(self) -> ExitCode {
        let mut out = io::stdout().lock();
        let outcome = match self.command {
            Command::Render(render) => render.run(&mut out),
            Command::Preview(preview) => preview.run(&mut out),
            Command::Cost(cost) => cost.run(&mut out),
            Command::Test(test) => test.run(&mut out),
            Command::Drift(drift) => drift.run(&mut out),
            Command::Verify(verify) => verify.run(&mut out),
            Command::Lint(lint) => lint.run(&mut out),
            Command::Diff(diff) => diff.run(&mut out),
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

fn is_closed_output(error: &(dyn std::error::Error + 'static)) -> bool {
    let of_json = || error.downcast_ref::<serde_json::Error>()?.io_error_kind();
    let kind = error.downcast_ref().map(io::Error::kind).or_else(of_json);
    kind == Some(io::ErrorKind::BrokenPipe)
}
