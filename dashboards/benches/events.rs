//! The event store with a million events: how fast it takes them in, how much memory they
//! need, and how long each dashboard takes to answer.
//!
//! ```sh
//! cargo bench -p dashboards --bench events
//! ```

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program that prints tables"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use dashboards::data::{Chosen, Events, Limits, answer};
use dashboards::library::{DEPLOYMENT, library};
use dashboards::model::{Dashboard, Panel};
use dashboards::view::TimeRange;
use fastrand::Rng;
use telemetry::Definition;
use telemetry::catalogue::{
    DYNAMODB_CONSUMED_CAPACITY, DYNAMODB_REQUEST_DURATION, REQUEST, REQUEST_DURATION,
    REQUEST_ERROR, RUN_DURATION, RUN_STARTED, SENSOR_DATA_INGESTED, TEMPERATURE,
};

const EVENTS: usize = 1_000_000;
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
    println!("\n| dashboard, 3 h | panels | ms | slowest panel | ms |\n|---|--:|--:|---|--:|");
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
            .map(|n| line(chunk * CHUNK + n, &mut random))
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
    let mut whole = Vec::new();
    let mut slowest: (Duration, &str) = Default::default();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for panel in dashboard.panels() {
            let took = time(panel, events);
            slowest = slowest.max((took, &panel.title));
        }
        whole.push(start.elapsed());
    }
    whole.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!(
        "| {} | {} | {:.1} | {} | {:.1} |",
        dashboard.title,
        dashboard.panels().count(),
        ms(whole[ROUNDS / 2]),
        slowest.1,
        ms(slowest.0)
    );
}

fn time(panel: &Panel, events: &Events) -> Duration {
    let start = Instant::now();
    std::hint::black_box(answer(panel, events, RANGE, &Chosen::default()));
    start.elapsed()
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

/// The line of a request as the functions write it: nine of ten ingest a reading of one
/// of 300 runs and 20 sensors, the others look at runs, and one in a hundred starts or
/// ends one; one in five hundred fails.
fn line(number: usize, random: &mut Rng) -> String {
    let length = usize::try_from(RANGE.end - RANGE.start).expect("positive");
    let at = RANGE.start * 1_000 + i64::try_from(number * length * 1_000 / EVENTS).expect("small");
    let run = number * 300 / EVENTS;
    let failed = random.usize(..500) == 0;
    let kind = random.usize(..100);
    let duration = 2.0 + 6.0 * random.f64().powi(4) * 8.0;
    let (route, call, own) = match kind {
        0 => (
            "POST /api/runs/start",
            "TransactWriteItems",
            Some((RUN_STARTED.definition(), 1.0)),
        ),
        1 => (
            "POST /api/runs/{id}/finish",
            "TransactWriteItems",
            Some((RUN_DURATION.definition(), 60.0)),
        ),
        2..10 => ("GET /api/runs/running", "BatchGetItem", None),
        _ => ("POST /api/sensors/data", "PutItem", None),
    };
    let mut metrics = String::new();
    let mut members = String::new();
    if kind >= 10 && !failed {
        metrics.push(',');
        metrics += &directive(
            "[[]]",
            &[SENSOR_DATA_INGESTED.definition(), TEMPERATURE.definition()],
        );
        let temperature = f64::from(random.u16(1_800..2_700)) / 100.0;
        let sensor = random.u8(..20);
        let _ = write!(
            members,
            r#","{}":1,"{}":{temperature},"sensor_id":"sensor-{sensor}""#,
            SENSOR_DATA_INGESTED.name(),
            TEMPERATURE.name(),
        );
    }
    if let Some((metric, value)) = own {
        metrics.push(',');
        metrics += &directive("[[]]", &[metric]);
        let _ = write!(members, r#","{}":{value}"#, metric.name);
    }
    if failed {
        members.push_str(r#","error":"unavailable""#);
    }
    let (error, status) = if failed { (1, 503) } else { (0, 201) };
    format!(
        concat!(
            r#"{{"_aws":{{"Timestamp":{at},"CloudWatchMetrics":["#,
            r#"{calls}{metrics},{requests}]}},"Operation":"{call}","Route":"{route}","#,
            r#""{call_duration}":{dynamo},"{call_capacity}":{capacity}{members},"#,
            r#""{request}":1,"{request_error}":{error},"{request_duration}":{duration},"#,
            r#""trace_id":"{trace:032x}","request_id":"{id:08x}-{b:04x}-4{c:03x}-8{c:03x}-{d:012x}","run_id":"9b2d2c9e-3a51-4e57-9d3c-{run:012x}","user":"user-{user}","status":{status}}}"#,
        ),
        at = at,
        calls = directive(
            r#"[["Operation"]]"#,
            &[
                DYNAMODB_REQUEST_DURATION.definition(),
                DYNAMODB_CONSUMED_CAPACITY.definition(),
            ],
        ),
        metrics = metrics,
        requests = directive(
            r#"[[],["Route"]]"#,
            &[
                REQUEST.definition(),
                REQUEST_ERROR.definition(),
                REQUEST_DURATION.definition(),
            ],
        ),
        call_duration = DYNAMODB_REQUEST_DURATION.name(),
        call_capacity = DYNAMODB_CONSUMED_CAPACITY.name(),
        request = REQUEST.name(),
        request_error = REQUEST_ERROR.name(),
        request_duration = REQUEST_DURATION.name(),
        call = call,
        route = route,
        dynamo = duration * 0.6,
        capacity = random.u8(1..4),
        members = members,
        error = error,
        duration = duration,
        trace = random.u128(..),
        id = random.u32(..),
        b = random.u16(..),
        c = random.u16(..4_096),
        d = random.u64(..1 << 48),
        run = run,
        user = run % 30,
        status = status,
    )
}

fn directive(dimensions: &str, metrics: &[&Definition]) -> String {
    let named = |metric: &&Definition| {
        let (name, unit) = (metric.name, metric.unit.cloudwatch());
        format!(r#"{{"Name":"{name}","Unit":"{unit}"}}"#)
    };
    let metrics: Vec<String> = metrics.iter().map(named).collect();
    let metrics = metrics.join(",");
    format!(r#"{{"Namespace":"Sentori/bench","Dimensions":{dimensions},"Metrics":[{metrics}]}}"#)
}
