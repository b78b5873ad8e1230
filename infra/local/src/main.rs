//! Sentori on a laptop; the library says how it works.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// A reading costs some hundreds of allocations, most of them the SDK's and the embedded
/// DynamoDB's, by threads that free each other's memory.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    sentori::cli::Cli::parse().run().await
}
