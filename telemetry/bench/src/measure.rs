//! Times and allocations of a closure, as a Markdown table.

use std::{hint::black_box, time::Instant};

const ROUNDS: usize = 31;
const ITERATIONS: u32 = 20_000;

/// A table in the making.
pub struct Table {
    title: &'static str,
    rows: Vec<String>,
}

impl Table {
    pub fn new(title: &'static str) -> Self {
        Self {
            title,
            rows: Vec::new(),
        }
    }

    /// Measures a closure that answers how many bytes it wrote.
    pub fn measure(&mut self, name: &str, mut run: impl FnMut() -> usize) {
        let bytes = run();
        let mut nanoseconds: Vec<f64> = (0..ROUNDS).map(|_| round(&mut run)).collect();
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
        println!("\n{}\n", self.title);
        println!("| | bytes | best ns | median ns | allocations |");
        println!("|---|---:|---:|---:|---:|");
        for row in &self.rows {
            println!("{row}");
        }
    }
}

/// Nanoseconds of one iteration, from one round of many.
fn round(run: &mut impl FnMut() -> usize) -> f64 {
    let start = Instant::now();
    for _ in 0..ITERATIONS {
        black_box(run());
    }
    start.elapsed().as_nanos() as f64 / f64::from(ITERATIONS)
}
