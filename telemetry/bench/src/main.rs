//! What one metric event costs, beside the crates that people use for the same purpose.
//!
//! Everybody writes the same record: 2 dimensions, 3 metrics, 3 properties, clock
//! included. `cargo run --release` prints the table of BENCHMARKS.md; what the lines look
//! like goes to stderr. What telemetry adds to a request: `../benches/request.rs`.

mod measure;
mod peers;
mod record;

use measure::Table;

fn main() {
    let mut table = Table::default();
    record::add_to(&mut table);
    peers::add_to(&mut table);
    table.run();
}
