//! What happens in the demo, and when.

use std::collections::HashMap;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use dashboards::model::State;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep_until};

use super::{Stage, user};
use crate::alarms::Alarms;
use crate::faults::Fault;
use crate::terminal::note;

const USERS: [&str; 4] = ["ada", "ben", "cleo", "dan"];

/// What happens at these seconds, and what is said of it.
const SCENES: [(u64, Scene, &str); 7] = [
    (
        0,
        Scene::Users,
        "Ada, Ben, Cleo and Dan start one run after the other.",
    ),
    (
        30,
        Scene::Abandoned,
        "Eve starts a run and closes her browser. Nobody finishes it: it ends by its lease within two minutes.",
    ),
    (
        60,
        Scene::Hot,
        "Sensors overheat: runs fail. The alarm run-failures fires when a fifth of the runs of 15 minutes have failed.",
    ),
    (
        85,
        Scene::Cool,
        "The sensors are cool again. The alarm recovers once enough runs have ended well.",
    ),
    (
        150,
        Scene::Throttled,
        "DynamoDB throttles every write of readings: after its retries the API answers 503. The alarm slo-availability-page fires.",
    ),
    (
        210,
        Scene::Calm,
        "DynamoDB takes readings again. The alarm recovers when its short window of half an hour is clean.",
    ),
    (
        540,
        Scene::Over,
        "That was the story. The users go on until Ctrl-C.",
    ),
];

#[derive(Clone, Copy, Debug)]
enum Scene {
    Users,
    Abandoned,
    Hot,
    Cool,
    Throttled,
    Calm,
    Over,
}

/// The story and its users.
pub(super) struct Story {
    stage: Stage,
    alarms: Alarms,
    began: Instant,
    users: JoinSet<()>,
}

impl Story {
    pub(super) fn new(stage: Stage, alarms: Alarms) -> Self {
        Self {
            stage,
            alarms,
            began: Instant::now(),
            users: JoinSet::new(),
        }
    }

    /// Plays every scene; then the users go on until this is dropped.
    pub(super) async fn play(mut self) {
        let reporting = report(self.alarms.clone(), self.began);
        let playing = async {
            for (second, scene, what) in SCENES {
                sleep_until(self.began + Duration::from_secs(second)).await;
                tell(self.began, what);
                self.enter(scene);
            }
        };
        tokio::join!(reporting, playing);
    }

    fn enter(&mut self, scene: Scene) {
        let stage = self.stage.clone();
        match scene {
            Scene::Users => {
                for name in USERS {
                    self.users.spawn(user::simulate(stage.clone(), name));
                }
            }
            Scene::Abandoned => {
                self.users.spawn(user::abandon(stage, "eve"));
            }
            Scene::Hot => stage.hot.store(true, Relaxed),
            Scene::Cool => stage.hot.store(false, Relaxed),
            Scene::Throttled => stage.faults.strike_only("PutItem", Fault::Throttle),
            Scene::Calm => stage.faults.strike(Fault::None),
            Scene::Over => {}
        }
    }
}

/// Says when an alarm fires and recovers that somebody would hear of.
async fn report(alarms: Alarms, began: Instant) {
    let mut known: HashMap<String, State> = HashMap::new();
    let mut interval = interval(Duration::from_secs(1));
    loop {
        interval.tick().await;
        for (alarm, status) in alarms.watched() {
            let Some(status) = status else { continue };
            if alarms.is_part(alarm) || status.suppressed_by.is_some() {
                continue;
            }
            let before = known.insert(alarm.id.to_string(), status.state);
            match (before, status.state) {
                (Some(State::Alarm), State::Alarm) => {}
                (_, State::Alarm) => tell(began, &format!("ALARM {}: {}", alarm.id, status.reason)),
                (Some(State::Alarm), state) => tell(began, &format!("{state} {}", alarm.id)),
                _ => {}
            }
        }
    }
}

fn tell(began: Instant, what: &str) {
    let passed = began.elapsed().as_secs();
    note(&format!("{:>2}:{:02}  {what}\n", passed / 60, passed % 60));
}
