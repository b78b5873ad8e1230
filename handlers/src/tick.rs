//! What a schedule does once a minute, so that dashboards and alarms work while nobody calls.

use catalogue::Service;
use serde::Serialize;
use telemetry::Dimension as _;
use telemetry::property::FUNCTION;

use crate::{
    AppState, Deadline, Result,
    deadline::REQUEST_BUDGET,
    domain::{RunsQuery, Status},
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

/// Ends lapsed runs, records how many are running, cuts the leases of silent ones, and counts what was not counted when a
/// run ended.
///
/// # Errors
/// [`crate::Error::Unavailable`] if the store does not answer in time; the next tick does it.
pub async fn tick(state: &AppState) -> Result<Tick> {
    FUNCTION.set(Service::RunApi.value());
    let store = state.store();
    let deadline = Deadline::after(REQUEST_BUDGET);
    let mut board = store.board(deadline).await?;
    let lapsed = store.end_lapsed(deadline, &mut board).await?.len();
    let running = board.leases.len();
    state.observe_running(running);
    let silent = store.cut_silent(deadline, &board).await?;
    let recent = RunsQuery {
        limit: RECENT,
        last_key: None,
    };
    for mut run in store.list_runs(deadline, &recent).await?.items {
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
