//! The console of a server that holds a million events: how long each page takes to answer,
//! and what open pages cost the API under load.
//!
//! ```sh
//! TMPDIR=/dev/shm cargo bench -p system-tests --bench console
//! ```
//!
//! The server is the compiled `sentori serve`, a process of its own. Its folder is where
//! `TMPDIR` says: in memory nothing waits for a disk, which would hide what pages cost.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program that prints tables"
)]

#[path = "../../dashboards/library/benches/events/lines.rs"]
mod lines;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use dashboards::view::TimeRange;
use fastrand::Rng;
use jiff::Timestamp;
use library::library;
use lines::{EVENTS, line};
use system_tests::{Api, Measured, Served, at_rate, median, text};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

/// Seconds of the events, up to now.
const HISTORY: i64 = 3 * 3_600;
/// Answers of each page.
const ANSWERS: usize = 7;
/// Single readings and reads a second.
const WRITES: u32 = 500;
const READS: u32 = 100;
/// As many as run at the same time.
const RUNS: usize = 5;
const SENSORS: u32 = 20;
/// As long as a dashboard waits between two refreshes, so that each is drawn once.
const WINDOW: Duration = Duration::from_secs(5);
const ROUNDS: usize = 11;
const PERCENTILES: [f64; 3] = [50.0, 90.0, 99.0];

#[tokio::main]
async fn main() {
    // Also compiled and started by `cargo test --benches`, which measures nothing.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fill(&folder.path().join("events")).expect("room for the events");
    let server = Served::start(folder.path()).await;
    let pages = pages(server.api()).await;
    println!("\n| requests | console | p50 ms | p90 ms | p99 ms |\n|---|---|--:|--:|--:|");
    under_load(server.api(), &pages).await;
}

/// Writes the events where the server finds those of a process before it, in the file that
/// it does not append to.
fn fill(folder: &Path) -> std::io::Result<()> {
    fs::create_dir(folder)?;
    let mut file = BufWriter::new(File::create(folder.join("events.old.jsonl"))?);
    let mut random = Rng::with_seed(1);
    let end = Timestamp::now().as_second();
    let range = TimeRange {
        start: end - HISTORY,
        end,
    };
    for number in 0..EVENTS {
        writeln!(file, "{}", line(number, "local", range, &mut random))?;
    }
    file.flush()
}

/// A page, and how often its script asks for it.
#[derive(Clone, Debug)]
struct Page {
    path: String,
    refresh: Duration,
}

/// Every dashboard, and the pages that show requests and alarms; prints how long each takes.
async fn pages(api: &Api) -> Vec<Page> {
    println!("| page | KiB | median ms | slowest ms |\n|---|--:|--:|--:|");
    let dashboards = library().dashboards.into_iter().map(|one| one.link);
    let dashboards = dashboards.map(|link| format!("/d/{}/{}", link.uid, link.slug));
    let others = ["/requests", "/alarms"].map(str::to_owned);
    let mut pages = Vec::new();
    for path in dashboards.chain(others) {
        pages.push(page(api, path).await);
    }
    pages
}

async fn page(api: &Api, path: String) -> Page {
    let mut times = Vec::new();
    let mut html = String::new();
    for _ in 0..ANSWERS {
        let began = Instant::now();
        html = get(api, &path).await;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    let middle = median(&mut times);
    let (kib, slowest) = (html.len() / 1_024, times[ANSWERS - 1]);
    println!("| `{path}` | {kib} | {middle:.0} | {slowest:.0} |");
    let (_, rest) = html.split_once("data-refresh=\"").expect("it is refreshed");
    let (seconds, _) = rest.split_once('"').expect("an attribute");
    Page {
        path,
        refresh: Duration::from_secs(seconds.parse().expect("a number")),
    }
}

async fn get(api: &Api, path: &str) -> String {
    let reply = api.get(path).header("accept", "text/html").send().await;
    assert_eq!(reply.status, 200, "{path}");
    String::from_utf8(reply.body.to_vec()).expect("text")
}

/// Rounds with the pages closed and open, which take turns at going first.
async fn under_load(api: &Api, pages: &[Page]) {
    let mut runs = Vec::new();
    for number in 0..RUNS {
        let run = api
            .start(&format!("user-{number}"), 3_600)
            .expect(201)
            .await;
        runs.push(text(&run, "id"));
    }
    // The first ones find connections closed and caches cold.
    load(api, &runs).await;
    let mut found: Vec<[[Measured; 2]; 2]> = Vec::new();
    for round in 0..ROUNDS {
        let closed_first = round % 2 == 0;
        let [mut closed, mut open] = [None, None];
        for is_open in [!closed_first, closed_first] {
            if is_open {
                open = Some(with_open(api, pages, load(api, &runs)).await);
            } else {
                closed = Some(load(api, &runs).await);
            }
        }
        found.push([closed.expect("measured"), open.expect("measured")]);
    }
    for (place, name) in ["readings", "reads"].into_iter().enumerate() {
        rows(name, &found, place);
    }
}

/// What `load` finds while somebody has the pages open.
async fn with_open<T>(api: &Api, pages: &[Page], load: impl Future<Output = T>) -> T {
    let (closing, closed) = watch::channel(());
    let mut open = JoinSet::new();
    for (place, page) in (1_u32..).zip(pages) {
        // They were opened one after the other.
        let first = page.refresh * place / u32::try_from(pages.len()).expect("few");
        open.spawn(refresh(api.clone(), page.clone(), first, closed.clone()));
    }
    let found = load.await;
    drop(closing);
    open.join_all().await;
    found
}

/// Asks for a page as its script does: in intervals, and never twice at a time.
async fn refresh(api: Api, page: Page, first: Duration, mut closed: watch::Receiver<()>) {
    let first = tokio::time::Instant::now() + first;
    let mut interval = tokio::time::interval_at(first, page.refresh);
    interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = interval.tick() => get(&api, &page.path).await,
            _ = closed.changed() => return,
        };
    }
}

/// Readings and reads at their rates.
async fn load(api: &Api, runs: &[String]) -> [Measured; 2] {
    let (to_write, to_read) = ((api.clone(), runs.to_vec()), (api.clone(), runs.to_vec()));
    let writes = at_rate(WRITES, WINDOW, move |n| {
        let (api, runs) = &to_write;
        let place = n as usize % runs.len();
        let sensor = format!("sensor-{}", n % SENSORS);
        let call = api.record(&format!("user-{place}"), &runs[place], &sensor, 20.5);
        async { drop(call.expect(201).await) }
    });
    let reads = at_rate(READS, WINDOW, move |n| {
        let (api, runs) = &to_read;
        let call = match n % 2 {
            0 => api.get("/api/runs/running"),
            _ => {
                let run = &runs[n as usize % runs.len()];
                api.get(&format!("/api/sensors/data?runId={run}&limit=50"))
            }
        };
        async { drop(call.expect(200).await) }
    });
    let (writes, reads) = tokio::join!(writes, reads);
    [writes, reads]
}

/// What was found of one kind of requests: with the pages closed, open, and the share.
fn rows(name: &str, found: &[[[Measured; 2]; 2]], kind: usize) {
    for (place, state) in ["closed", "open"].into_iter().enumerate() {
        let mut all = found[0][place][kind].latency.clone();
        for round in &found[1..] {
            all.add(&round[place][kind].latency)
                .expect("the same bounds");
        }
        let all = Measured {
            per_second: 0.0,
            latency: all,
        };
        let [p50, p90, p99] = PERCENTILES.map(|percent| all.ms(percent));
        println!("| {name} | {state} | {p50:.2} | {p90:.2} | {p99:.2} |");
    }
    let shares = PERCENTILES.map(|percent| {
        let share = |[closed, open]: &[[Measured; 2]; 2]| {
            100.0 * open[kind].ms(percent) / closed[kind].ms(percent)
        };
        let mut shares: Vec<f64> = found.iter().map(share).collect();
        let middle = median(&mut shares);
        format!(
            "{middle:.0}% ({:.0} to {:.0})",
            shares[0],
            shares[ROUNDS - 1]
        )
    });
    println!("| {name} | open/closed (rounds) | {} |", shares.join(" | "));
}
