//! The check that nothing acknowledged was lost.

use std::time::Duration;

use super::Simulation;
use super::calls::accepted;
use super::tally::AcknowledgedReadings;

/// The readings of a run are found by an index, which on AWS lags behind the
/// table by a moment.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// The number of acknowledged readings that cannot be read back as they were
/// sent.
pub(super) async fn missing(simulation: &Simulation) -> u64 {
    let runs = simulation.note(|tally| tally.runs.clone());
    let mut missing = 0;
    for (run, mut expected) in runs {
        for attempt in 1..=TRIES {
            remove_found(simulation, &run, &mut expected).await;
            if expected.is_empty() || attempt == TRIES {
                break;
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
        missing += expected.len() as u64;
    }
    missing
}

/// Walks all pages of a run and takes out of `expected` what is there. A page
/// that cannot be read ends the walk.
async fn remove_found(simulation: &Simulation, run: &str, expected: &mut AcknowledgedReadings) {
    let mut key: Option<String> = None;
    loop {
        let reply = match simulation.calls.readings(run, key.as_deref()).await {
            Ok(reply) if accepted(&reply) => reply.json(),
            _ => return,
        };
        for item in reply["items"].as_array().into_iter().flatten() {
            let id = item["id"].as_str().unwrap_or_default();
            if expected
                .get(id)
                .is_some_and(|(field, value)| item[field] == *value)
            {
                expected.remove(id);
            }
        }
        key = reply["nextKey"].as_str().map(str::to_owned);
        if key.is_none() || expected.is_empty() {
            return;
        }
    }
}
