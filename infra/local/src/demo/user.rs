//! A user who starts one run after the other.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use catalogue::Quantity;
use serde_json::json;
use tokio::time::{Instant, interval, sleep};

use super::Stage;
use crate::simulate::Reading;

/// Sensors of a run; the first one measures temperature.
const SENSORS: u32 = 3;
/// Between two readings of a sensor.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long a run takes.
const DURATION: Duration = Duration::from_secs(10);
/// Between two runs, and before trying again.
const PAUSE: Duration = Duration::from_secs(2);
/// Degrees Celsius of a sensor that is too hot, and from which a user gives up.
const HOT: f64 = 95.0;
const TOO_HOT: f64 = 60.0;

/// Starts, feeds and finishes runs until the task is aborted.
pub(super) async fn simulate(stage: Stage, name: &'static str) {
    loop {
        if let Some(run) = start(&stage, name).await {
            let hottest = feed(&stage, name, &run, DURATION).await;
            finish(&stage, name, &run, hottest).await;
        }
        sleep(PAUSE).await;
    }
}

/// Starts a run, sends some readings and is never seen again.
pub(super) async fn abandon(stage: Stage, name: &'static str) {
    if let Some(run) = start(&stage, name).await {
        feed(&stage, name, &run, DURATION / 2).await;
    }
}

async fn start(stage: &Stage, name: &str) -> Option<String> {
    let started = stage.calls.start(name, SENSORS, DURATION, INTERVAL).await;
    Some(started.ok()?.json()["id"].as_str()?.to_owned())
}

/// Sends readings for so long; the highest temperature among them.
async fn feed(stage: &Stage, name: &str, run: &str, time: Duration) -> f64 {
    let end = Instant::now() + time;
    let mut rounds = interval(INTERVAL);
    let mut hottest = f64::MIN;
    for round in 0.. {
        rounds.tick().await;
        if Instant::now() >= end {
            break;
        }
        let readings: Vec<Reading> = (1..=SENSORS)
            .map(|sensor| reading(stage, sensor, round))
            .collect();
        let temperatures = readings
            .iter()
            .filter(|one| one.quantity == Quantity::Temperature);
        hottest = temperatures.fold(hottest, |hottest, one| hottest.max(one.value));
        let sending = readings
            .iter()
            .map(|one| stage.calls.record(name, run, *one));
        // What became of them is what the console is there to show.
        futures_util::future::join_all(sending).await;
    }
    hottest
}

fn reading(stage: &Stage, sensor: u32, round: u32) -> Reading {
    let usual = Reading::usual(sensor, round);
    let hot = usual.quantity == Quantity::Temperature && stage.hot.load(Relaxed);
    Reading {
        value: if hot { HOT } else { usual.value },
        ..usual
    }
}

async fn finish(stage: &Stage, name: &str, run: &str, hottest: f64) {
    let body = if hottest > TOO_HOT {
        json!({ "status": "FAILED", "message": format!("sensor-1 is at {hottest} °C") })
    } else {
        json!({ "status": "SUCCESS", "message": "Simulation completed" })
    };
    // A run that could not be finished ends by its lease.
    let _ = stage.calls.finish(name, run, &body).await;
}
