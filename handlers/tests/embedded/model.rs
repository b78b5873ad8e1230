//! A reference model of the running board, compared with the store on random histories.

use std::{collections::BTreeMap, time::Duration};

use axum::Router;
use handlers::{AppState, domain::Timestamp, run_api, sensor_api, tick};
use proptest::{prelude::*, sample::Index, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::support::{Embedded, get, post};

const PLACES: usize = 5;
const GRACE: Duration = Duration::from_secs(120);
const CLOCK_ALLOWANCE: Duration = Duration::from_secs(5);

/// What may happen.
#[derive(Clone, Debug)]
enum Step {
    Start {
        key: Option<u8>,
        duration: u32,
        interval: u32,
    },
    /// A reading of a run, measured so long ago.
    Feed(Index, Duration),
    Finish(Index),
    InterruptAll,
    Tick,
    Wait(Duration),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (1..60u32).prop_map(|duration| Step::Start { key: None, duration, interval: 5 }),
        3 => (300..4_000u32, 1..200u32).prop_map(|(duration, interval)| Step::Start { key: None, duration, interval }),
        2 => (0..4u8).prop_map(|key| Step::Start { key: Some(key), duration: 30, interval: 5 }),
        8 => (any::<Index>(), prop_oneof![3 => Just(0), 1 => 0..1_000u64]).prop_map(|(run, age)| Step::Feed(run, Duration::from_secs(age))),
        4 => any::<Index>().prop_map(Step::Finish),
        1 => Just(Step::InterruptAll),
        3 => Just(Step::Tick),
        5 => (1..200_000u64).prop_map(|millis| Step::Wait(Duration::from_millis(millis))),
    ];
    prop::collection::vec(step, 1..40)
}

/// A run as the model knows it: what is stored, not what is seen.
#[derive(Clone, Debug)]
struct ModelRun {
    id: String,
    status: &'static str,
    started_at: Timestamp,
    planned_end: Timestamp,
    first_end: Timestamp,
    interval: u32,
    lease_ends_at: Timestamp,
    /// The newest reading.
    heard_at: Timestamp,
    finished_at: Option<Timestamp>,
}

impl ModelRun {
    fn end(&mut self, status: &'static str, at: Timestamp) {
        self.status = status;
        self.finished_at = Some(at);
    }

    /// Four intervals, at least five minutes.
    fn patience(&self) -> Duration {
        Duration::from_secs(u64::from(self.interval * 4).max(300))
    }

    /// A reading: once a minute it gives the run its patience, past its planned end or once it
    /// was found silent.
    fn feed(&mut self, measured: Timestamp, now: Timestamp) {
        self.heard_at = self.heard_at.max(measured);
        let rolls = now >= self.planned_end || self.lease_ends_at < self.first_end;
        let end = now + self.patience();
        if rolls && end.since(self.lease_ends_at) >= Duration::from_secs(60) {
            self.lease_ends_at = end;
        }
    }

    /// A tick: true if the run is found silent.
    fn listen(&mut self, now: Timestamp) -> bool {
        let half = self.patience() / 2;
        let end = (self.heard_at + self.patience()).max(now + half);
        let uncut = self.lease_ends_at >= self.first_end;
        let silent = uncut && now.since(self.heard_at) >= half && end < self.planned_end;
        if silent {
            self.lease_ends_at = end;
        }
        silent
    }

    /// The status and the end as clients see them.
    fn seen(&self, now: Timestamp) -> (&'static str, Option<Timestamp>) {
        if self.status == "RUNNING" && now >= self.lease_ends_at {
            ("INTERRUPTED", Some(self.lease_ends_at))
        } else {
            (self.status, self.finished_at)
        }
    }
}

/// Runs by their start, and what idempotency keys stand for. A run holds a place while its
/// stored status is RUNNING.
#[derive(Debug, Default)]
struct Model {
    runs: Vec<ModelRun>,
    keys: BTreeMap<u8, usize>,
}

impl Model {
    fn taken(&self) -> usize {
        self.runs
            .iter()
            .filter(|run| run.status == "RUNNING")
            .count()
    }

    fn lapsed(&mut self, now: Timestamp) -> Vec<&mut ModelRun> {
        let over = |run: &&mut ModelRun| {
            run.status == "RUNNING" && now > run.lease_ends_at + CLOCK_ALLOWANCE
        };
        self.runs.iter_mut().filter(over).collect()
    }

    fn end_lapsed(&mut self, now: Timestamp) -> usize {
        let mut lapsed = self.lapsed(now);
        for run in &mut lapsed {
            run.end("INTERRUPTED", run.lease_ends_at);
        }
        lapsed.len()
    }

    fn interrupt_all(&mut self, now: Timestamp) -> usize {
        let running = self.runs.iter_mut().filter(|run| run.status == "RUNNING");
        let mut count = 0;
        for run in running {
            run.end("INTERRUPTED", now.min(run.lease_ends_at));
            count += 1;
        }
        count
    }
}

/// The store, through the API, beside the model.
struct Compared {
    embedded: Embedded,
    state: AppState,
    router: Router,
    model: Model,
}

impl Compared {
    fn now(&self) -> Timestamp {
        self.embedded.clock.now()
    }

    async fn step(&mut self, step: &Step) {
        let now = self.now();
        match step {
            Step::Start {
                key,
                duration,
                interval,
            } => self.start(*key, *duration, *interval).await,
            Step::Feed(index, age) if !self.model.runs.is_empty() => self.feed(index, *age).await,
            Step::Feed(..) => {}
            Step::Finish(index) if !self.model.runs.is_empty() => self.finish(index).await,
            Step::Finish(_) => {}
            Step::InterruptAll => {
                let call = post("/api/runs/interrupt-all", Value::Null);
                let (status, answer) = call.send(&self.router).await;
                let expected = self.model.interrupt_all(now);
                assert_eq!((status, &answer["interrupted"]), (200, &json!(expected)));
            }
            Step::Tick => {
                let tick = tick(&self.state).await.unwrap();
                let lapsed = self.model.end_lapsed(now);
                assert_eq!((tick.lapsed, tick.running), (lapsed, self.model.taken()));
                let running = self.model.runs.iter_mut();
                let running = running.filter(|run| run.status == "RUNNING");
                let silent = running.map(|run| run.listen(now)).filter(|silent| *silent);
                assert_eq!(tick.silent, silent.count());
            }
            Step::Wait(time) => self.embedded.clock.advance(*time),
        }
    }

    async fn start(&mut self, key: Option<u8>, duration: u32, interval: u32) {
        let body = json!({ "duration": duration, "interval": interval });
        let mut call = post("/api/runs/start", body);
        if let Some(key) = key {
            call = call.key(key.to_string());
        }
        let (status, answer) = call.send(&self.router).await;
        let before = key.and_then(|key| self.model.keys.get(&key));
        if let Some(run) = before.map(|position| &self.model.runs[*position]) {
            assert_eq!((status, &answer["id"]), (200, &json!(run.id)));
            return;
        }
        self.model.end_lapsed(self.now());
        if self.model.taken() == PLACES {
            assert_eq!(
                (status, &answer["error"]),
                (409, &json!("run_limit_reached"))
            );
            assert_eq!(answer["details"]["currentRunning"], PLACES);
            return;
        }
        assert_eq!(status, 201, "{answer}");
        if let Some(key) = key {
            self.model.keys.insert(key, self.model.runs.len());
        }
        let planned_end = self.now() + Duration::from_secs(duration.into());
        let grace = GRACE.max(Duration::from_secs(interval.into()) * 2);
        self.model.runs.push(ModelRun {
            id: answer["id"].as_str().unwrap().to_owned(),
            status: "RUNNING",
            started_at: self.now(),
            planned_end,
            first_end: planned_end + grace,
            interval,
            lease_ends_at: planned_end + grace,
            heard_at: self.now(),
            finished_at: None,
        });
    }

    /// A reading by an environment that knows nothing yet.
    async fn feed(&mut self, index: &Index, age: Duration) {
        let now = self.now();
        let run = index.get_mut(&mut self.model.runs);
        let measured = (now - age).max(run.started_at);
        let reading =
            json!({ "runId": run.id, "sensorId": "s", "temperature": 20, "timestamp": measured });
        let state = self.embedded.state();
        let call = post("/api/sensors/data", reading);
        let (status, answer) = call.send(&sensor_api(state.clone())).await;
        state.join_background_tasks().await;
        match run.seen(now).0 {
            "RUNNING" => {
                assert_eq!(status, 201, "{answer}");
                run.feed(measured, now);
            }
            ended => {
                assert_eq!((status, &answer["details"]["status"]), (409, &json!(ended)));
            }
        }
    }

    async fn finish(&mut self, index: &Index) {
        let now = self.now();
        let run = index.get_mut(&mut self.model.runs);
        let call = post(format!("/api/runs/{}/finish", run.id), Value::Null);
        let (status, answer) = call.send(&self.router).await;
        match run.seen(now).0 {
            "RUNNING" => {
                assert_eq!((status, &answer["status"]), (200, &json!("COMPLETED")));
                run.end("COMPLETED", now);
            }
            ended => {
                assert_eq!((status, &answer["details"]["status"]), (409, &json!(ended)));
            }
        }
    }

    /// What is stored, and what clients see of it.
    async fn compare(&mut self) {
        let now = self.now();
        let table = self.embedded.runs_table().await;
        let stored: BTreeMap<_, _> = self
            .model
            .runs
            .iter()
            .map(|run| (run.id.clone(), run.status.to_owned()))
            .collect();
        assert_eq!(table.statuses, stored);
        assert_eq!(table.leases, table.with_status("RUNNING"));
        let running = self.model.runs.iter();
        let running = running.filter(|run| run.status == "RUNNING");
        let ends = running.map(|run| (run.id.clone(), run.lease_ends_at));
        assert_eq!(*table.lease_ends(), ends.collect());

        let taken = self.model.taken() - self.model.lapsed(now).len();
        let (_, can_start) = get("/api/runs/can-start").send(&self.router).await;
        assert_eq!(can_start["currentRunning"], taken);
        assert_eq!(can_start["canStart"], taken < PLACES);

        let (_, page) = get("/api/runs?limit=100").send(&self.router).await;
        let listed: BTreeMap<_, _> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(summary)
            .collect();
        let seen: BTreeMap<_, _> = self
            .model
            .runs
            .iter()
            .map(|run| {
                let (status, finished_at) = run.seen(now);
                let finished_at = finished_at.map(|at| at.to_string());
                (run.id.clone(), (status.to_owned(), finished_at))
            })
            .collect();
        assert_eq!(listed, seen);

        let (_, running) = get("/api/runs/running").send(&self.router).await;
        let running: BTreeMap<_, _> = running.as_array().unwrap().iter().map(summary).collect();
        let expected = seen
            .into_iter()
            .filter(|(_, (status, _))| status == "RUNNING")
            .collect();
        assert_eq!(running, expected);
    }
}

fn summary(run: &Value) -> (String, (String, Option<String>)) {
    let text = |name: &str| run[name].as_str().map(str::to_owned);
    let status = text("status").unwrap();
    (text("id").unwrap(), (status, text("finishedAt")))
}

#[test]
fn the_store_does_what_the_model_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let embedded = runtime.block_on(Embedded::start());
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let case = std::cell::Cell::new(0);
    let outcome = runner.run(&steps(), |steps| {
        case.set(case.get() + 1);
        runtime.block_on(async {
            let embedded = embedded.emptied(&format!("-{}", case.get())).await;
            let state = embedded.state();
            let mut compared = Compared {
                router: run_api(state.clone()),
                state,
                embedded,
                model: Model::default(),
            };
            for step in &steps {
                compared.step(step).await;
                compared.compare().await;
            }
        });
        Ok(())
    });
    outcome.unwrap();
}
