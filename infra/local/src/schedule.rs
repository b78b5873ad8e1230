//! The schedule that on AWS sends run-api a tick every minute.

use std::time::Duration;

use catalogue::Service;
use handlers::{AppState, tick};
use telemetry::property::FUNCTION;
use telemetry::{Dimension as _, event};
use tokio::time::MissedTickBehavior;

const EVERY: Duration = Duration::from_secs(60);

/// Ticks until it is aborted. A tick that fails is made good by the next one.
pub(crate) async fn run(state: AppState) {
    let mut interval = tokio::time::interval(EVERY);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        // An event of its own, as an invocation by the schedule is on Lambda.
        let tick = async {
            FUNCTION.set(Service::RunApi.value());
            tick(&state).await
        };
        match event::scope(tick).await {
            Ok(done) => tracing::debug!(?done, "ticked"),
            Err(error) => tracing::warn!(%error, "the tick failed"),
        }
    }
}
