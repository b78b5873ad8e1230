//! Renders, checks and prices dashboards and alarms.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    cli::Arguments::parse().run()
}
