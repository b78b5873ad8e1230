//! Alarms on runs.

use catalogue::links::SIMULATION_RUNS;
use catalogue::{
    RUN_COMPLETED, RUNS_ACTIVE, RUNS_AVAILABLE, RunOutcome, SENSOR_DATA_DUE, SENSOR_DATA_INGESTED,
};

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
    vec![
        failures(),
        limit_reached(),
        without_readings(),
        tick_missing(),
    ]
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
        .needs("5 runs that end within 15 minutes")
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
        .needs("as many runs as there are places")
        .profile(Profile::Dev)
}

/// Only runs that send at least once a minute are due, and a silent one frees its place after
/// 7 minutes at most (docs/store.md): who closes a tab is never a page.
fn without_readings() -> Alarm {
    let stored = SENSOR_DATA_INGESTED.total().sum().or(0.0);
    let due = SENSOR_DATA_DUE.total().maximum().or(0.0);
    let while_due = if_above(due, 0.0, stored, READINGS.value);
    Alarm::metric("runs-without-readings", while_due, READINGS, MissingData::NotBreaching)
        .points(8, 8)
        .page(
            SIMULATION_RUNS,
            "For 8 minutes runs were active that send at least once a minute, and no reading was stored. Check sensor-api's errors, then the access log.",
        )
        .needs("runs with an interval of a minute or less")
        .profile(Profile::Dev)
}

/// The tick writes `runs_active` every minute; no value is below 0, so only its absence is bad.
fn tick_missing() -> Alarm {
    let active = RUNS_ACTIVE.total().maximum();
    Alarm::metric("tick-missing", active, Threshold::below(0.0), MissingData::Breaching)
        .points(10, 10)
        .warm_up(Period::minutes(30))
        .ticket(
            SIMULATION_RUNS,
            "The tick has not run for 10 minutes: abandoned runs hold their places until the next start, and what watches runs is blind. Check the schedule, then run-api's errors.",
        )
        .needs("nothing but the schedule")
}
