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

#[cfg(test)]
mod tests {
    use serde_json::Map;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{Status, Timestamp};

    fn run() -> Run {
        let started_at = Timestamp::from_millis(1_764_000_000_000);
        Run {
            id: Uuid::from_u128(7),
            username: "ada".to_owned(),
            status: Status::Running,
            started_at,
            finished_at: None,
            duration: 60,
            interval: 5,
            params: Map::new(),
            error_message: None,
            stats: None,
            lease_ends_at: started_at + Duration::from_secs(180),
        }
    }

    #[test]
    fn a_running_run_moves_until_its_lease_ends_and_an_ended_one_stands_still() {
        let running = run();
        assert_eq!(
            grafana_url("https://grafana", "prod", &running),
            "https://grafana/d/sentori-run/simulation-run?var-RunId=00000000-0000-0000-0000-000000000007\
             &var-environment=prod&from=1763999940000&to=1764000180000&refresh=10s"
        );
        let end = running.started_at + Duration::from_secs(30);
        let ended = running.ended(Status::Failed, end, None);
        let link = grafana_url("https://grafana", "prod", &ended);
        assert!(
            link.ends_with("&from=1763999940000&to=1764000090000"),
            "{link}"
        );
    }
}
