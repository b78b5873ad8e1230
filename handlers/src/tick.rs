//! What a schedule does once a minute, so that dashboards and alarms work while nobody calls.

use catalogue::{HEARTBEAT, SENSOR_DATA_DUE};
use serde::Serialize;

use crate::{
    AppState, Deadline, Result,
    deadline::REQUEST_BUDGET,
    domain::{Run, RunsQuery, Status, Timestamp},
};

/// What a tick found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tick {
    /// Runs that hold a place.
    pub running: usize,
    /// Runs whose lease was over and that this tick ended.
    pub lapsed: usize,
    /// Runs that have been silent for long, whose leases this tick cut.
    pub silent: usize,
}

/// Newest runs that a tick looks at for missing statistics.
const RECENT: usize = 25;

/// Records what changes by itself, and how many readings the newest runs that are running are to
/// send in a minute: of those that send seldom, a minute without any says nothing.
fn observe(now: Timestamp, runs: &[Run]) {
    const MINUTE: u32 = 60;
    let running = runs
        .iter()
        .filter(|run| run.status == Status::Running && now < run.lease_ends_at)
        .filter(|run| (1..=MINUTE).contains(&run.interval));
    let due = running.map(|run| {
        let sensors = run.params.get("sensorIds").and_then(|ids| ids.as_array());
        let sensors = sensors.map_or(1, |ids| u32::try_from(ids.len()).unwrap_or(u32::MAX));
        f64::from(sensors) * f64::from(MINUTE) / f64::from(run.interval)
    });
    SENSOR_DATA_DUE.set(due.sum(), ());
    let minute = now.as_millis() / 60_000 % 60;
    HEARTBEAT.set(u8::try_from(minute).map_or(0.0, f64::from), ());
}

/// Ends lapsed runs, records how many are running and what they are to send, cuts the leases of
/// silent ones, and counts what was not counted when a run ended.
///
/// # Errors
/// [`crate::Error::Unavailable`] if the store does not answer in time; the next tick does it.
pub async fn tick(state: &AppState) -> Result<Tick> {
    let store = state.store();
    let deadline = Deadline::after(REQUEST_BUDGET);
    let mut board = store.board(deadline).await?;
    let lapsed = store.end_lapsed(deadline, &mut board).await?.len();
    let running = board.leases.len();
    state.observe_running(running);
    // Whatever happens to one of these, the next tick makes good.
    let silent = store.cut_silent(deadline, &board).await;
    let silent = silent.unwrap_or_else(|error| {
        error.log("silent runs were not looked for", None);
        0
    });
    let recent = RunsQuery {
        limit: RECENT,
        last_key: None,
    };
    let recent = store.list_runs(deadline, &recent).await?.items;
    observe(store.clock().now(), &recent);
    for mut run in recent {
        if run.status != Status::Running && run.stats.is_none() {
            store.add_stats(deadline, &mut run).await;
        }
    }
    Ok(Tick {
        running,
        lapsed,
        silent,
    })
}
