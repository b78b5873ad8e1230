//! Links to Grafana: the dashboard of a run.

use std::time::Duration;

use catalogue::links::{ENVIRONMENT_VARIABLE, RUN_ID_VARIABLE, SIMULATION_RUN};

use crate::domain::Run;

/// A minute on both sides: clocks differ, and what ends a run is written after its end.
const MARGIN: Duration = Duration::from_secs(60);
/// How often the page loads anew while the run is running.
const REFRESH: &str = "10s";

/// The dashboard of a run, in its environment and for its time.
///
/// While the run is running, the page moves by itself; its time ends where the run's lease does,
/// so that a page that stays open scans no more of the log than the run's own time. Afterwards
/// it stands still.
pub fn grafana_url(base: &str, environment: &str, run: &Run) -> String {
    let (uid, slug) = (SIMULATION_RUN.uid, SIMULATION_RUN.slug);
    let from = (run.started_at - MARGIN).as_millis();
    let (to, refresh) = match run.finished_at {
        Some(end) => ((end + MARGIN).as_millis(), String::new()),
        None => (run.lease_ends_at.as_millis(), format!("&refresh={REFRESH}")),
    };
    format!(
        "{base}/d/{uid}/{slug}?var-{RUN_ID_VARIABLE}={}&var-{ENVIRONMENT_VARIABLE}={environment}&from={from}&to={to}{refresh}",
        run.id
    )
}
