//! Links to Grafana: the dashboard of a run.

use std::time::Duration;

use catalogue::links::{RUN_ID_VARIABLE, SIMULATION_RUNS, USER_VARIABLE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::Run;

/// Metrics are by the minute: a minute on both sides shows the whole of a short run.
const MARGIN: Duration = Duration::from_secs(60);

/// The dashboard of a run's readings, from its start to its end, or to now while it is running.
pub fn grafana_url(base: &str, run: &Run) -> String {
    let (uid, slug) = (SIMULATION_RUNS.uid, SIMULATION_RUNS.slug);
    let user = utf8_percent_encode(&run.username, NON_ALPHANUMERIC);
    let from = (run.started_at - MARGIN).as_millis();
    let to = run.finished_at.map_or_else(
        || "now".to_owned(),
        |end| (end + MARGIN).as_millis().to_string(),
    );
    format!(
        "{base}/d/{uid}/{slug}?var-{RUN_ID_VARIABLE}={}&var-{USER_VARIABLE}={user}&from={from}&to={to}",
        run.id
    )
}
