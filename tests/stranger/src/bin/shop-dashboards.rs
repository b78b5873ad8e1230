//! Renders, checks and prices the shop's dashboards and alarms.

use std::process::ExitCode;

fn main() -> ExitCode {
    dashboards::cli::run(&stranger::library::library())
}
