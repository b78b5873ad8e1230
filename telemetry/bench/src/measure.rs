//! Times and allocations of a closure, as a Markdown table.

use std::{hint::black_box, time::Instant};

const ROUNDS: usize = 2_001;
const ITERATIONS: u32 = 500;

/// A table in the making.
#[derive(Default)]
pub struct Table {
    rows: Vec<String>,
}

impl Table {
    pub fn new() -> Self {
        Self::default()
    }

    /// Measures a closure that writes one record and answers how many bytes that took.
    pub fn measure(&mut self, name: &str, run: impl FnMut() -> usize) {
        self.measure_batch(name, 1, run);
    }

    /// Measures a closure that writes this many records.
    pub fn measure_batch(&mut self, name: &str, records: u32, mut run: impl FnMut() -> usize) {
        let bytes = run();
        let one = |_| round(&mut run, ITERATIONS / records) / f64::from(records);
        let mut nanoseconds: Vec<f64> = (0..ROUNDS).map(one).collect();
        nanoseconds.sort_by(f64::total_cmp);
        let allocations = allocation_counter::measure(|| {
            black_box(run());
        });
        self.rows.push(format!(
            "| {name} | {bytes} | {:.0} | {:.0} | {} |",
            nanoseconds[0],
            nanoseconds[ROUNDS / 2],
            allocations.count_total
        ));
    }

    pub fn print(&self) {
        println!("| | bytes | best ns | median ns | allocations |");
        println!("|---|---:|---:|---:|---:|");
        for row in &self.rows {
            println!("{row}");
        }
    }
}

/// Nanoseconds of one iteration.
fn round(run: &mut impl FnMut() -> usize, iterations: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..iterations {
        black_box(run());
    }
    start.elapsed().as_nanos() as f64 / f64::from(iterations)
}
