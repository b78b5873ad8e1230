//! Sentori on a laptop; the library says how it works.

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    sentori::cli::Cli::parse().run().await
}
