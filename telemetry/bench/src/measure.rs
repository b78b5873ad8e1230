//! Times and allocations of closures, as a Markdown table.

use std::{hint::black_box, time::Instant};

const ROUNDS: usize = 2_001;
const ITERATIONS: u32 = 500;

/// Contestants that take turns, so that a slow moment of the machine is everybody's.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    bytes: usize,
    allocations: u64,
    /// Nanoseconds of one record, of each round.
    nanoseconds: Vec<f64>,
    round: Box<dyn FnMut() -> f64>,
}

impl Table {
    /// Adds a closure that writes one record and answers how many bytes that took.
    pub fn add(&mut self, name: &str, mut run: impl FnMut() -> usize + 'static) {
        let bytes = run();
        let allocations = allocation_counter::measure(|| {
            black_box(run());
        });
        self.rows.push(Row {
            name: name.to_owned(),
            bytes,
            allocations: allocations.count_total,
            nanoseconds: Vec::with_capacity(ROUNDS),
            round: Box::new(move || round(&mut run)),
        });
    }

    /// Runs all rounds and prints what they took; the first row is the measure of others.
    pub fn run(mut self) {
        for _ in 0..ROUNDS {
            for row in &mut self.rows {
                row.nanoseconds.push((row.round)());
            }
        }
        println!("| | bytes | best ns | median ns | times the first | allocations |");
        println!("|---|---:|---:|---:|---:|---:|");
        let first = median(&mut self.rows[0].nanoseconds);
        for row in &mut self.rows {
            let median = median(&mut row.nanoseconds);
            println!(
                "| {} | {} | {:.0} | {median:.0} | {:.2} | {} |",
                row.name,
                row.bytes,
                row.nanoseconds[0],
                median / first,
                row.allocations
            );
        }
    }
}

/// Sorts the values and answers the middle one.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Nanoseconds of one iteration.
fn round(run: &mut impl FnMut() -> usize) -> f64 {
    let start = Instant::now();
    for _ in 0..ITERATIONS {
        black_box(run());
    }
    start.elapsed().as_nanos() as f64 / f64::from(ITERATIONS)
}
