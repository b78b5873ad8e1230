//! Alarms on runs.

use catalogue::links::SIMULATION_RUNS;
use catalogue::{RUN_COMPLETED, RUNS_ACTIVE, RUNS_AVAILABLE, RunOutcome, SENSOR_DATA_INGESTED};

use dashboards::model::{
    Alarm, Expression, MissingData, Narrow, Period, Profile, Threshold, if_above,
};

/// Places for further runs; how many there are in all is run-api's configuration.
pub const LIMIT_REACHED: Threshold = Threshold::at_most(0.0);
/// The share of runs that may fail.
pub const FAILURES: Threshold = Threshold::above(0.2);
/// Readings a minute that there must be while runs are active.
pub const READINGS: Threshold = Threshold::below(1.0);
/// Fewer ended runs than this say little about their share of failures.
const ENOUGH_RUNS: f64 = 4.0;

/// Every alarm on runs.
pub fn all() -> Vec<Alarm> {
    vec![failures(), limit_reached(), without_readings()]
}

/// Failed runs among those that ended.
pub(super) fn failure_share() -> Expression {
    RUN_COMPLETED.of(RunOutcome::Failed).sum().or(0.0) / RUN_COMPLETED.total().sum()
}

fn failures() -> Alarm {
    let ended = RUN_COMPLETED.total().sum();
    let share = if_above(ended, ENOUGH_RUNS, failure_share(), 0.0);
    Alarm::metric("run-failures", share, FAILURES, MissingData::NotBreaching)
        .every(Period::minutes(15))
        .ticket(
            SIMULATION_RUNS,
            "More than a fifth of at least five runs failed within 15 minutes. Look at the failed runs' errors in the table of latest runs.",
        )
        .profile(Profile::Dev)
}

fn limit_reached() -> Alarm {
    let most = RUNS_AVAILABLE.total().maximum();
    Alarm::metric("runs-limit-reached", most, LIMIT_REACHED, MissingData::NotBreaching)
        .points(15, 15)
        .ticket(
            SIMULATION_RUNS,
            "No place for another run for 15 minutes: every start is answered with 409. See who holds the places; interrupt forgotten runs.",
        )
        .profile(Profile::Dev)
}

/// The tick writes `runs_active` every minute, so its absence is bad as well.
fn without_readings() -> Alarm {
    let stored = SENSOR_DATA_INGESTED.total().sum().or(0.0);
    let while_active = if_above(RUNS_ACTIVE.total().maximum(), 0.0, stored, READINGS.value);
    Alarm::metric("runs-without-readings", while_active, READINGS, MissingData::Breaching)
        .points(5, 5)
        .page(
            SIMULATION_RUNS,
            "For 5 minutes runs were active and no reading was stored, or nobody knows whether runs are active. Check sensor-api's errors, then the tick.",
        )
        .profile(Profile::Dev)
}
