//! What one metric event costs, beside the crates that people use for the same purpose.
//!
//! Everybody writes the same record: 2 dimensions, 3 metrics, 3 properties, to a buffer in
//! memory, clock included. `cargo run --release` prints the table of BENCHMARKS.md.

mod measure;
mod peers;
mod record;
mod request;

use measure::Table;

fn main() {
    let mut record = Table::new("One record: 2 dimensions, 3 metrics, 3 properties");
    record::add_to(&mut record);
    peers::add_to(&mut record);
    record.print();

    let mut request = Table::new("A request: scope, 6 metrics, 4 properties");
    request::add_to(&mut request);
    request.print();
}
