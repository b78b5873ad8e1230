//! Sentori on a laptop; the library says how it works.

use std::process::ExitCode;

use clap::Parser;
use sentori::{Subject, cli::Cli};

#[tokio::main]
async fn main() -> ExitCode {
    Cli::parse().run(Subject::sentori()).await
}
