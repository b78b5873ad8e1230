//! Simultaneous starts, finishes, readings, lapses and interruptions, in orders drawn from seeds.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use handlers::{AppState, Deadline, ManualClock, REQUEST_BUDGET, run_api, sensor_api, tick};
use serde_json::{Value, json};
use telemetry::{Lines, Metrics};
use tokio::task::JoinSet;

use crate::support::{Embedded, counted, post, recording};

const SEEDS: u64 = 5;
/// Calls of a round, all at once; the next round starts when they are answered.
const CALLS: u64 = 100;
const ROUNDS: u64 = 2;
const PLACES: usize = 5;
/// Past the lease of any run here, renewed or not, and the allowance for clocks.
const PAST_EVERY_LEASE: Duration = Duration::from_secs(300 + 6);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_board_holds_whatever_happens_at_once() {
    let embedded = Embedded::start().await;
    for seed in 0..SEEDS {
        let storm = Storm::new(embedded.emptied(&format!("-{seed}")).await);
        for round in 0..ROUNDS {
            storm.round(seed * ROUNDS + round).await;
            storm.check(seed).await;
        }
        storm.everything_lapses(seed).await;
    }
}

/// What the clients of a storm were told.
#[derive(Debug, Default)]
struct Answers {
    /// Runs that a start answered, in the order of the answers.
    runs: Vec<String>,
    /// How often a start was answered with 201, by run.
    started: BTreeMap<String, u32>,
    /// How often a finish was answered with 200, by run.
    finished: BTreeMap<String, u32>,
    /// Runs that each idempotency key was answered with.
    keys: BTreeMap<u64, BTreeSet<String>>,
}

#[derive(Clone)]
struct Clients {
    /// Two environments of the function, which share nothing but the tables.
    states: [AppState; 2],
    routers: [Router; 2],
    sensors: [Router; 2],
    clock: ManualClock,
    metrics: Metrics,
    told: Arc<Mutex<Answers>>,
}

struct Storm {
    embedded: Embedded,
    clients: Clients,
    lines: Lines,
}

impl Storm {
    fn new(embedded: Embedded) -> Self {
        let states = [embedded.state(), embedded.state()];
        let (metrics, lines) = recording();
        let clients = Clients {
            routers: states.clone().map(run_api),
            sensors: states.clone().map(sensor_api),
            states,
            clock: embedded.clock.clone(),
            metrics,
            told: Arc::default(),
        };
        Self {
            embedded,
            clients,
            lines,
        }
    }

    async fn round(&self, seed: u64) {
        let mut calls = JoinSet::new();
        for call in 0..CALLS {
            let (clients, metrics) = (self.clients.clone(), self.clients.metrics.clone());
            let random = fastrand::Rng::with_seed(seed * CALLS + call);
            calls.spawn(async move { metrics.scope(clients.act(random)).await });
        }
        for state in &self.clients.states {
            state.join_background_tasks().await;
        }
        while let Some(done) = calls.join_next().await {
            done.unwrap();
            let board = self.clients.states[0].store();
            let board = board.board(Deadline::after(REQUEST_BUDGET)).await.unwrap();
            assert!(board.leases.len() <= PLACES, "seed {seed}: {board:?}");
        }
    }

    /// Compares what is stored with what clients were told and what was recorded.
    async fn check(&self, seed: u64) {
        let table = self.embedded.runs_table().await;
        let told = self.clients.told.lock().unwrap();
        assert_eq!(table.leases, table.with_status("RUNNING"), "seed {seed}");
        table.lease_ends();
        let once = |counts: &BTreeMap<String, u32>| counts.values().all(|count| *count == 1);
        assert!(once(&told.started), "seed {seed}: {told:?}");
        assert!(once(&told.finished), "seed {seed}: {told:?}");
        let keys = |counts: &BTreeMap<String, u32>| counts.keys().cloned().collect();
        let (started, finished): (BTreeSet<_>, BTreeSet<_>) =
            (keys(&told.started), keys(&told.finished));
        assert_eq!(
            table.statuses.keys().cloned().collect::<BTreeSet<_>>(),
            started
        );
        assert_eq!(table.with_status("COMPLETED"), finished, "seed {seed}");
        assert!(
            told.keys.values().all(|runs| runs.len() == 1),
            "seed {seed}"
        );
        // The winner of each end has recorded it, and nobody else.
        let events = self.lines.json();
        let recorded = |metric: &str, status: Option<&str>| -> u64 {
            let events = events.iter();
            let matching =
                events.filter(|event| status.is_none_or(|status| event["Status"] == status));
            matching.map(|event| counted(event, metric)).sum()
        };
        assert_eq!(recorded("run_started", None), started.len() as u64);
        for status in ["COMPLETED", "INTERRUPTED"] {
            let stored = table.with_status(status).len() as u64;
            let ended = recorded("run_completed", Some(status));
            assert_eq!(ended, stored, "seed {seed}: {status}");
        }
    }

    /// No place is lost: when every lease is over, simultaneous starts get them all.
    async fn everything_lapses(&self, seed: u64) {
        self.clients.clock.advance(PAST_EVERY_LEASE);
        let starts = (0..40).map(|n| {
            let router = &self.clients.routers[n % 2];
            post("/api/runs/start", json!({"duration": 30})).send(router)
        });
        let answers = futures_util::future::join_all(starts).await;
        let started = answers.iter().filter(|(status, _)| *status == 201).count();
        assert_eq!(started, PLACES, "seed {seed}: {answers:?}");
        let table = self.embedded.runs_table().await;
        assert_eq!(table.leases, table.with_status("RUNNING"), "seed {seed}");
    }
}

impl Clients {
    async fn act(self, mut random: fastrand::Rng) {
        let router = &self.routers[random.usize(0..2)];
        match random.u8(0..100) {
            0..40 => self.start(router, &mut random).await,
            40..65 => self.finish(router, &mut random).await,
            65..80 => self.feed(&mut random).await,
            80..88 => {
                let (status, answer) = post("/api/runs/interrupt-all", Value::Null)
                    .send(router)
                    .await;
                assert_eq!(status, 200, "{answer}");
            }
            88..96 => drop(tick(&self.states[random.usize(0..2)]).await.unwrap()),
            _ => self.clock.advance(Duration::from_secs(random.u64(1..160))),
        }
    }

    async fn start(&self, router: &Router, random: &mut fastrand::Rng) {
        let call = post("/api/runs/start", json!({"duration": 30}));
        let key = Some(random.u64(0..1_000_000))
            .filter(|_| random.bool())
            .map(|key| key % 8);
        let (status, answer) = match key {
            Some(key) => call.key(key.to_string()).send(router).await,
            None => call.send(router).await,
        };
        if status == 409 {
            assert_eq!(answer["error"], "run_limit_reached", "{answer}");
            return;
        }
        assert!(matches!(status, 200 | 201), "{status}: {answer}");
        let run = answer["id"].as_str().unwrap().to_owned();
        let mut told = self.told.lock().unwrap();
        if status == 201 {
            *told.started.entry(run.clone()).or_default() += 1;
        }
        if let Some(key) = key {
            told.keys.entry(key).or_default().insert(run.clone());
        }
        told.runs.push(run);
    }

    /// A reading of a run that may be past its planned end, or past its lease.
    async fn feed(&self, random: &mut fastrand::Rng) {
        let Some(run) = self.recent(random) else {
            return;
        };
        let reading = json!({ "runId": run, "sensorId": "s", "temperature": 20 });
        let (status, answer) = post("/api/sensors/data", reading)
            .send(&self.sensors[random.usize(0..2)])
            .await;
        assert!(matches!(status, 201 | 409), "{status}: {answer}");
    }

    /// One of the newest runs: most of those are running.
    fn recent(&self, random: &mut fastrand::Rng) -> Option<String> {
        let told = self.told.lock().unwrap();
        let newest = told.runs.len().saturating_sub(8);
        random.choice(&told.runs[newest..]).cloned()
    }

    async fn finish(&self, router: &Router, random: &mut fastrand::Rng) {
        let Some(run) = self.recent(random) else {
            return;
        };
        let path = format!("/api/runs/{run}/finish");
        let (status, answer) = post(path, Value::Null).send(router).await;
        assert!(matches!(status, 200 | 409), "{status}: {answer}");
        if status == 200 {
            let mut told = self.told.lock().unwrap();
            *told.finished.entry(run).or_default() += 1;
        }
    }
}
