//! The event store with a million events: how fast it takes them in, how much memory they
//! need, and how long each dashboard takes to answer and to draw.
//!
//! ```sh
//! cargo bench -p library --bench events
//! ```

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program that prints tables"
)]

mod lines;

use std::time::{Duration, Instant};

use dashboards::data::{Events, Limits, VariableValues, answer};
use dashboards::draw::{self, NoLinks};
use dashboards::model::Dashboard;
use dashboards::view::TimeRange;
use fastrand::Rng;
use library::{DEPLOYMENT, library};
use lines::{EVENTS, line};

/// Lines are made so many at a time, outside the measured time.
const CHUNK: usize = 10_000;
const RANGE: TimeRange = TimeRange {
    start: 1_800_000_000,
    end: 1_800_000_000 + 3 * 3_600,
};
const ROUNDS: usize = 7;

fn main() {
    // Also compiled and started by `cargo test --benches`, which measures nothing.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let events = fill();
    println!(
        "\n| dashboard, 3 h | panels | answered, ms | and drawn, ms | KiB | slowest panel | ms |"
    );
    println!("|---|--:|--:|--:|--:|---|--:|");
    for dashboard in library().dashboards {
        row(&dashboard, &events);
    }
}

fn fill() -> Events {
    let limits = Limits {
        metrics: 1 << 30,
        log: 1 << 31,
    };
    let mut events = Events::new(DEPLOYMENT, "bench", limits);
    let mut random = Rng::with_seed(1);
    let (mut spent, mut bytes, before) = (Duration::ZERO, 0, resident());
    for chunk in 0..EVENTS / CHUNK {
        let lines: Vec<_> = (0..CHUNK)
            .map(|n| line(chunk * CHUNK + n, "bench", RANGE, &mut random))
            .collect();
        let start = Instant::now();
        for line in &lines {
            events.record(line.as_bytes()).expect("well formed");
        }
        spent += start.elapsed();
        bytes += lines.iter().map(String::len).sum::<usize>();
    }
    let each = |bytes: usize| bytes / EVENTS;
    let used = events.bytes();
    println!("| an event | |\n|---|--:|");
    println!("| bytes of its line | {} |", each(bytes));
    println!(
        "| ns to take it in | {} |",
        spent.as_nanos() / EVENTS as u128
    );
    println!("| bytes in the log | {} |", each(used.log));
    println!("| bytes in metrics | {} |", each(used.metrics));
    println!("| bytes of the process | {} |", each(resident() - before));
    events
}

fn row(dashboard: &Dashboard, events: &Events) {
    let (mut answered, mut drawn) = (Vec::new(), Vec::new());
    let mut slowest: (Duration, &str) = Default::default();
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut views = Vec::new();
        for panel in dashboard.panels() {
            let start = Instant::now();
            views.push(answer(panel, events, RANGE, &VariableValues::default()));
            slowest = slowest.max((start.elapsed(), &panel.title));
        }
        answered.push(start.elapsed());
        let html = draw::dashboard(dashboard, &views, RANGE, &NoLinks);
        drawn.push(start.elapsed());
        bytes = html.into_string().len();
    }
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let [answered, drawn] = [answered, drawn].map(|mut times| {
        times.sort_unstable();
        ms(times[ROUNDS / 2])
    });
    println!(
        "| {} | {} | {answered:.1} | {drawn:.1} | {} | {} | {:.1} |",
        dashboard.title,
        dashboard.panels().count(),
        bytes / 1_024,
        slowest.1,
        ms(slowest.0)
    );
}

/// Resident bytes of this process.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = pages
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.expect("a number") * 4_096
}
