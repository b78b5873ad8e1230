//! Renders, checks and prices Sentori's dashboards and alarms.

use std::process::ExitCode;

fn main() -> ExitCode {
    dashboards::cli::run(&library::library())
}
