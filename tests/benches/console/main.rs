//! The console of a server that holds a million events: how long each page takes to answer, how
//! many bytes its refresh transfers, and what open pages cost the API under load, without and
//! with spans of other programs coming in.
//!
//! ```sh
//! TMPDIR=/dev/shm cargo bench -p system-tests --bench console
//! cargo bench --profile dev -p system-tests --bench console -- --short    # tries it: few events, one round
//! ```
//!
//! The server is the compiled `sentori serve`, a process of its own. Its folder is where
//! `TMPDIR` says: in memory nothing waits for a disk, which would hide what pages cost.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program that prints tables"
)]

#[path = "../../../dashboards/library/benches/events/lines.rs"]
mod lines;
mod load;
mod pages;
mod spans;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use dashboards::view::TimeRange;
use fastrand::Rng;
use jiff::Timestamp;
use lines::{EVENTS, line};
use system_tests::LocalServer;

/// Seconds of the events, up to now.
const HISTORY: i64 = 3 * 3_600;
const ROUNDS: usize = 11;

#[tokio::main]
async fn main() {
    // Also compiled and started by `cargo test --benches`, which measures nothing.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let short = std::env::args().any(|arg| arg == "--short");
    let (rounds, every) = if short { (1, 50) } else { (ROUNDS, 1) };
    let folder = tempfile::tempdir().expect("a folder");
    fill(&folder.path().join("events"), every).expect("room for the events");
    let server = LocalServer::start(folder.path()).await;
    let runs = load::runs(server.api()).await;
    // The first ones find connections closed and caches cold; then there are requests to list.
    load::load(server.api(), &runs).await;
    let pages = pages::measured(server.api(), &runs).await;
    load::under_load(server.api(), &pages, &runs, rounds).await;
}

/// Writes each `every`th of the events where the server finds those of a process before it, in
/// the file that it does not append to.
fn fill(folder: &Path, every: usize) -> std::io::Result<()> {
    fs::create_dir(folder)?;
    let mut file = BufWriter::new(File::create(folder.join("events.old.jsonl"))?);
    let mut random = Rng::with_seed(1);
    let end = Timestamp::now().as_second();
    let range = TimeRange {
        start: end - HISTORY,
        end,
    };
    for number in (0..EVENTS).step_by(every) {
        writeln!(file, "{}", line(number, "local", range, &mut random))?;
    }
    file.flush()
}
