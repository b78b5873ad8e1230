//! A run that is fed lives, and one that is silent does not hold its place for long: whatever the
//! run, the readings and the moments of the ticks.

use std::{cell::Cell, ops::Range, time::Duration};

use axum::Router;
use handlers::{AppState, domain::Timestamp, run_api, sensor_api, tick};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::json;

use crate::support::{Embedded, get, post};

const GRACE: u64 = 120;
const TICK: u64 = 60;

/// A run, when it is sent readings, and when a tick comes, in seconds.
#[derive(Clone, Debug)]
struct Life {
    duration: u64,
    interval: u64,
    readings: Vec<Reading>,
    first_tick: u64,
}

#[derive(Clone, Debug)]
struct Reading {
    /// Since the one before.
    gap: u64,
    /// Between the measurement and its arrival.
    age: u64,
}

impl Life {
    fn patience(&self) -> u64 {
        (4 * self.interval).max(300)
    }
}

/// Lives whose readings are never further apart than the grace or two intervals.
fn lives() -> impl Strategy<Value = Life> {
    let run = (prop_oneof![1..300u64, 300..20_000u64], 1..300u64, 0..TICK);
    run.prop_flat_map(|(duration, interval, first_tick)| {
        let longest = GRACE.max(2 * interval);
        let age = prop_oneof![3 => Just(0), 1 => 0..90_000u64];
        let reading = (1..longest, age).prop_map(|(gap, age)| Reading { gap, age });
        prop::collection::vec(reading, 1..60).prop_map(move |readings| Life {
            duration,
            interval,
            readings,
            first_tick,
        })
    })
}

/// A life as it is lived.
struct Lived {
    embedded: Embedded,
    run_state: AppState,
    sensor_state: AppState,
    runs: Router,
    sensors: Router,
    id: String,
    /// Seconds since the start.
    now: u64,
    next_tick: u64,
}

impl Lived {
    async fn start(embedded: Embedded, life: &Life) -> Self {
        let (run_state, sensor_state) = (embedded.state(), embedded.state());
        let runs = run_api(run_state.clone());
        let body = json!({ "duration": life.duration, "interval": life.interval });
        let (status, run) = post("/api/runs/start", body).send(&runs).await;
        assert_eq!(status, 201, "{run}");
        Self {
            embedded,
            sensors: sensor_api(sensor_state.clone()),
            run_state,
            sensor_state,
            runs,
            id: run["id"].as_str().unwrap().to_owned(),
            now: 0,
            next_tick: life.first_tick,
        }
    }

    /// Lets time pass, ticks included.
    async fn wait(&mut self, seconds: u64) {
        let until = self.now + seconds;
        while self.next_tick <= until {
            self.advance_to(self.next_tick);
            tick(&self.run_state).await.unwrap();
            self.next_tick += TICK;
        }
        self.advance_to(until);
    }

    fn advance_to(&mut self, moment: u64) {
        let passed = Duration::from_secs(moment - self.now);
        self.embedded.clock.advance(passed);
        self.now = moment;
    }

    async fn feed(&self, reading: &Reading) {
        let measured = self.embedded.clock.now() - Duration::from_secs(reading.age);
        let body =
            json!({ "runId": self.id, "sensorId": "s", "temperature": 20, "timestamp": measured });
        let (status, answer) = post("/api/sensors/data", body).send(&self.sensors).await;
        assert_eq!(status, 201, "after {} s: {answer}", self.now);
        self.sensor_state.join_background_tasks().await;
    }

    async fn lease_end(&self) -> Option<Timestamp> {
        let table = self.embedded.runs_table().await;
        table.lease_ends().get(&self.id).copied()
    }
}

fn each(cases: u32, sizes: Range<usize>, check: impl AsyncFn(Embedded, Life)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let embedded = runtime.block_on(Embedded::start());
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let case = Cell::new(0);
    let outcome = runner.run(&lives(), |mut life| {
        case.set(case.get() + 1);
        life.readings.truncate(sizes.end);
        runtime.block_on(async {
            let embedded = embedded.emptied(&format!("-{}", case.get())).await;
            check(embedded, life).await;
        });
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn a_run_that_is_fed_lives_and_costs_one_renewal_a_minute_at_most() {
    each(16, 1..60, async |embedded, life| {
        let mut lived = Lived::start(embedded, &life).await;
        let true_times = life.readings.iter().all(|reading| reading.age == 0);
        let mut renewed_at: Option<u64> = None;
        for reading in &life.readings {
            lived.wait(reading.gap).await;
            let before = lived.lease_end().await;
            lived.feed(reading).await;
            if lived.lease_end().await == before {
                continue;
            }
            assert!(renewed_at.is_none_or(|last| lived.now - last >= 60));
            assert!(!true_times || lived.now >= life.duration, "{}", lived.now);
            renewed_at = Some(lived.now);
        }
        let finish = format!("/api/runs/{}/finish", lived.id);
        let (status, answer) = post(finish, json!({})).send(&lived.runs).await;
        assert_eq!(status, 200, "{answer}");
    });
}

/// What random lives found: a lease that was cut, and had rolled on to just past the planned end,
/// did not roll on until there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_was_cut_outlasts_the_planned_end_again() {
    let reading = |gap| Reading { gap, age: 0 };
    let old = Reading { gap: 341, age: 290 };
    let gaps = [242, 164, 474, 255, 379].map(reading);
    let life = Life {
        duration: 1_791,
        interval: 261,
        readings: [vec![old], gaps.into()].concat(),
        first_tick: 33,
    };
    let mut lived = Lived::start(Embedded::start().await, &life).await;
    for reading in &life.readings {
        lived.wait(reading.gap).await;
        lived.feed(reading).await;
    }
}

/// A run of so many seconds that is to send readings all the time.
async fn lived(duration: u64) -> Lived {
    let life = Life {
        duration,
        interval: 1,
        readings: Vec::new(),
        first_tick: 10,
    };
    Lived::start(Embedded::start().await, &life).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lease_of_a_run_that_is_fed_is_not_cut() {
    let mut lived = lived(3_600).await;
    let whole = lived.lease_end().await;
    for _ in 0..4 {
        lived.wait(100).await;
        lived.feed(&Reading { gap: 100, age: 0 }).await;
    }
    assert_eq!(lived.lease_end().await, whole);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_cuts_a_lease_that_is_little_longer_too() {
    let mut lived = lived(400).await;
    let whole = lived.lease_end().await;
    lived.wait(200).await;
    assert!(lived.lease_end().await < whole);
}

#[test]
fn a_silent_run_gives_its_place_free_before_its_patience_is_long_over() {
    each(16, 0..5, async |embedded, life| {
        let mut lived = Lived::start(embedded, &life).await;
        for reading in &life.readings {
            lived.wait(reading.gap).await;
            lived.feed(reading).await;
        }
        // Two ticks find the silence and the end of the lease; a run near its planned end has
        // the whole of its lease.
        let longest = life.patience() + GRACE.max(2 * life.interval) + 2 * TICK + 6;
        lived.wait(longest).await;
        let path = format!("/api/runs/{}", lived.id);
        let (_, run) = get(path).send(&lived.runs).await;
        assert_eq!(run["status"], "INTERRUPTED", "after {} s", lived.now);
        assert_eq!(lived.lease_end().await, None, "it holds a place");
    });
}
