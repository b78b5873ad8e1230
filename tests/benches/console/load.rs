//! The API under load, with the console closed, open, and open while spans come in.

use std::time::Duration;

use system_tests::{Api, Measurement, Page, at_rate, median, text};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::spans;

/// Single readings and reads a second; a build for debugging serves fewer.
const WRITES: u32 = if cfg!(debug_assertions) { 20 } else { 500 };
const READS: u32 = if cfg!(debug_assertions) { 10 } else { 100 };
/// As many as run at the same time.
const RUNS: usize = 5;
const SENSORS: u32 = 20;
/// As long as a dashboard waits between two refreshes, so that each is drawn once.
const WINDOW: Duration = Duration::from_secs(5);
const PERCENTILES: [f64; 3] = [50.0, 90.0, 99.0];

/// What else goes on, and what it is called.
const STATES: [(&str, State); 3] = [
    ("closed", State::Closed),
    ("open", State::Open),
    ("open, 1,000 spans/s", State::OpenWithSpans),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Closed,
    Open,
    OpenWithSpans,
}

/// Of readings and of reads.
type Round = [[Measurement; 2]; 3];

/// Runs to send readings to.
pub(crate) async fn runs(api: &Api) -> Vec<String> {
    let mut runs = Vec::new();
    for number in 0..RUNS {
        let started = api.start(&format!("user-{number}"), 3_600);
        runs.push(text(&started.expect(201).await, "id"));
    }
    runs
}

/// Rounds in which the states take turns at going first.
pub(crate) async fn under_load(api: &Api, pages: &[Page], runs: &[String], rounds: usize) {
    println!("\n| requests | console | p50 ms | p90 ms | p99 ms |\n|---|---|--:|--:|--:|");
    let mut found: Vec<Round> = Vec::new();
    for round in 0..rounds {
        let mut measured = [None, None, None];
        for turn in 0..STATES.len() {
            let place = (round + turn) % STATES.len();
            measured[place] = Some(in_state(api, pages, runs, STATES[place].1).await);
        }
        found.push(measured.map(|one| one.expect("measured")));
    }
    for (kind, name) in ["readings", "reads"].into_iter().enumerate() {
        rows(name, &found, kind);
    }
}

async fn in_state(api: &Api, pages: &[Page], runs: &[String], state: State) -> [Measurement; 2] {
    match state {
        State::Closed => load(api, runs).await,
        State::Open => with_open(api, pages, load(api, runs)).await,
        State::OpenWithSpans => {
            let spans = spans::come_in(api, WINDOW);
            let both = async { tokio::join!(load(api, runs), spans).0 };
            with_open(api, pages, both).await
        }
    }
}

/// What `load` finds while somebody has the pages open.
async fn with_open<T>(api: &Api, pages: &[Page], load: impl Future<Output = T>) -> T {
    let (closing, closed) = watch::channel(());
    let mut open = JoinSet::new();
    for (place, page) in (1_u32..).zip(pages) {
        let Some(every) = page.refresh else { continue };
        // They were opened one after the other.
        let first = every * place / u32::try_from(pages.len()).expect("few");
        open.spawn(refresh(
            api.clone(),
            page.clone(),
            every,
            first,
            closed.clone(),
        ));
    }
    let found = load.await;
    drop(closing);
    open.join_all().await;
    found
}

/// Asks for a page as its script does: in intervals, and never twice at a time.
async fn refresh(
    api: Api,
    mut page: Page,
    every: Duration,
    first: Duration,
    mut closed: watch::Receiver<()>,
) {
    let first = tokio::time::Instant::now() + first;
    let mut interval = tokio::time::interval_at(first, every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = interval.tick() => drop(page.refresh(&api).await),
            _ = closed.changed() => return,
        }
    }
}

/// Readings and reads at their rates.
pub(crate) async fn load(api: &Api, runs: &[String]) -> [Measurement; 2] {
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

/// What was found of one kind of requests: in each state, and the shares of the closed console.
fn rows(name: &str, found: &[Round], kind: usize) {
    for (place, (state, _)) in STATES.into_iter().enumerate() {
        let mut all = found[0][place][kind].latency.clone();
        for round in &found[1..] {
            all.add(&round[place][kind].latency)
                .expect("the same bounds");
        }
        let all = Measurement {
            per_second: 0.0,
            latency: all,
        };
        let [p50, p90, p99] = PERCENTILES.map(|percent| all.ms(percent));
        println!("| {name} | {state} | {p50:.2} | {p90:.2} | {p99:.2} |");
    }
    for (place, (state, _)) in STATES.into_iter().enumerate().skip(1) {
        let shares = PERCENTILES.map(|percent| {
            let share =
                |round: &Round| 100.0 * round[place][kind].ms(percent) / round[0][kind].ms(percent);
            let mut shares: Vec<f64> = found.iter().map(share).collect();
            let middle = median(&mut shares);
            format!(
                "{middle:.0}% ({:.0} to {:.0})",
                shares[0],
                shares[shares.len() - 1]
            )
        });
        println!(
            "| {name} | {state}/closed (rounds) | {} |",
            shares.join(" | ")
        );
    }
}
