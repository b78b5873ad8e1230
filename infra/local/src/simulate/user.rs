//! One user: from asking for a place to finishing the run.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::Simulation;
use super::calls::{Reading, accepted, kind};
use super::tally::Call;

/// How often the frontend polls the list of running runs (every 1 to 3 s).
const POLL: Duration = Duration::from_secs(2);

/// How long a user waits before asking again for a place.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// The pace of a simulation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) interval: Duration,
    pub(super) duration: Duration,
    /// When a user who has no place yet goes away.
    pub(super) give_up: Instant,
}

/// One simulated user.
pub(super) struct User {
    name: String,
    sensors: u32,
    schedule: Schedule,
    simulation: Simulation,
}

impl User {
    pub(super) fn new(
        number: u32,
        sensors: u32,
        schedule: Schedule,
        simulation: Simulation,
    ) -> Self {
        Self {
            name: format!("sim-{number}"),
            sensors,
            schedule,
            simulation,
        }
    }

    pub(super) async fn play(self) {
        let Some(run) = self.obtain_run().await else {
            self.simulation.note(|tally| tally.turned_away += 1);
            return;
        };
        let polling = tokio::spawn(poll_running(self.name.clone(), self.simulation.clone()));
        self.send_readings(&run).await;
        polling.abort();
        self.finish(&run).await;
    }

    /// Asks for a place until there is one, the user gives up or is stopped.
    async fn obtain_run(&self) -> Option<String> {
        let mut stop = self.simulation.stop.clone();
        loop {
            if self.may_start().await
                && let Some(run) = self.start().await
            {
                return Some(run);
            }
            let again = Instant::now() + ASK_AGAIN;
            if again >= self.schedule.give_up {
                return None;
            }
            tokio::select! {
                () = tokio::time::sleep_until(again) => {}
                _ = stop.wait_for(|stopped| *stopped) => return None,
            }
        }
    }

    async fn may_start(&self) -> bool {
        let reply = self
            .simulation
            .timed(Call::CanStart, self.simulation.calls.can_start(&self.name))
            .await;
        reply.is_some_and(|reply| reply.json()["canStart"] == true)
    }

    async fn start(&self) -> Option<String> {
        let Schedule {
            duration, interval, ..
        } = self.schedule;
        let call = self
            .simulation
            .calls
            .start(&self.name, self.sensors, duration, interval);
        let reply = self.simulation.timed(Call::Start, call).await?;
        let run = reply.json()["id"].as_str()?.to_owned();
        self.simulation.note(|tally| tally.started(&run));
        Some(run)
    }

    /// A round of all sensors in parallel every interval, until the run is
    /// over. A round that takes longer than the interval delays the next one.
    async fn send_readings(&self, run: &str) {
        let over = Instant::now() + self.schedule.duration;
        let mut stop = self.simulation.stop.clone();
        let mut rounds = tokio::time::interval(self.schedule.interval);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for round in 0.. {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stopped| *stopped) => return,
                () = tokio::time::sleep_until(over) => return,
                _ = rounds.tick() => {}
            }
            let sent: JoinSet<()> = (1..=self.sensors)
                .map(|sensor| {
                    record(
                        self.simulation.clone(),
                        self.name.clone(),
                        run.to_owned(),
                        sensor,
                        round,
                    )
                })
                .collect();
            sent.join_all().await;
        }
    }

    async fn finish(&self, run: &str) {
        let body = if *self.simulation.stop.borrow() {
            json!({ "status": "FAILED", "message": "The simulation was stopped" })
        } else {
            json!({ "status": "SUCCESS", "message": "Simulation completed" })
        };
        let call = self.simulation.calls.finish(&self.name, run, &body);
        if self.simulation.timed(Call::Finish, call).await.is_some() {
            self.simulation.note(|tally| tally.finished += 1);
        }
    }
}

async fn record(simulation: Simulation, user: String, run: String, sensor: u32, round: u32) {
    let reading = Reading::usual(sensor, round);
    simulation.note(|tally| tally.sent += 1);
    let reply = simulation
        .timed(Call::Record, simulation.calls.record(&user, &run, reading))
        .await;
    simulation.progress.inc(1);
    if let Some(reply) = reply {
        let id = reply.json()["id"].as_str().unwrap_or_default().to_owned();
        simulation
            .note(|tally| tally.acknowledged(&run, id, reading.quantity.name(), reading.value));
    }
}

async fn poll_running(user: String, simulation: Simulation) {
    let mut interval = tokio::time::interval(POLL);
    loop {
        interval.tick().await;
        simulation
            .timed(Call::Running, simulation.calls.running(&user))
            .await;
    }
}

impl Simulation {
    /// Makes a call and notes how long it took; the reply if it is a success,
    /// else notes the kind of failure.
    async fn timed(
        &self,
        call: Call,
        reply: impl Future<Output = Result<crate::client::Reply, crate::client::ClientError>>,
    ) -> Option<crate::client::Reply> {
        let began = Instant::now();
        let reply = reply.await;
        let took = began.elapsed();
        self.note(|tally| tally.took(call, took));
        match reply {
            Ok(reply) if accepted(&reply) => Some(reply),
            other => {
                let kind = kind(&other);
                self.note(|tally| tally.failed(call, &kind));
                None
            }
        }
    }
}
