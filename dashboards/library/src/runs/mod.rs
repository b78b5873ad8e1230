//! All simulation runs and their readings, from metrics.

pub mod alarms;
mod readings;

use catalogue::links::{SIMULATION_RUN, SIMULATION_RUNS};
use catalogue::{
    RUN_COMPLETED, RUN_DURATION, RUN_ID, RUN_REJECTED, RUN_STARTED, RUNS_ACTIVE, RUNS_AVAILABLE,
    RunOutcome, Service, TEMPERATURE_AVG, USER,
};
use telemetry::property::TRACE_ID;

use crate::aws::LogGroup;
use crate::{changes, run};
use dashboards::model::logs::{self, Field};
use dashboards::model::{Dashboard, Link, Narrow, Panel, Period, Reduce, Threshold};

/// The dashboard of all runs.
pub fn dashboard() -> Dashboard {
    let dashboard = Dashboard::new(SIMULATION_RUNS, "Simulation runs")
        .describe("Are runs started, finished and fed with readings?")
        .refresh(Period::minutes(2))
        .row("Now", [started(), places(), failed(), refused()])
        .row("Alarms", [Panel::conditions(&alarms::all())]);
    changes::row(dashboard)
        .row(
            "Runs",
            [by_outcome(), active(), failure_share(), duration()],
        )
        .row("Readings", readings::of_all_runs())
        .row("Latest runs", [latest_runs()])
}

fn started() -> Panel {
    Panel::stat("Runs started")
        .describe("Runs started in the time range. None while users try: look at refused starts and at the API's errors.")
        .draw("started", RUN_STARTED.total().sum())
        .reduce(Reduce::Total)
}

fn places() -> Panel {
    Panel::stat("Free places")
        .describe("Runs that may still be started. At zero, starts are refused. No value: the one-minute tick does not reach run-api.")
        .draw("free", RUNS_AVAILABLE.total().maximum())
        .threshold(alarms::LIMIT_REACHED)
}

fn failed() -> Panel {
    Panel::stat("Failed runs")
        .describe("Runs that ended with an error in the time range. The table of latest runs leads to their traces.")
        .draw("failed", RUN_COMPLETED.of(RunOutcome::Failed).sum())
        .threshold(Threshold::above(0.0))
        .reduce(Reduce::Total)
}

fn refused() -> Panel {
    Panel::stat("Refused starts")
        .describe("Starts answered with 409 because the limit was reached. Interrupt forgotten runs, or raise the limit.")
        .draw("refused", RUN_REJECTED.total().sum())
        .threshold(Threshold::above(0.0))
        .reduce(Reduce::Total)
}

fn by_outcome() -> Panel {
    run::graded(Panel::stacked_series("Runs by outcome"))
        .describe("How runs ended. INTERRUPTED grows when browsers are closed during runs: these end by their lease.")
        .draw("", RUN_COMPLETED.by::<RunOutcome>().sum())
}

fn active() -> Panel {
    Panel::stacked_series("Active runs against the limit")
        .describe("The limit is the upper edge. Nothing free: further starts are refused. Runs that never end mean that places leak: see the runbook runs-limit-reached.")
        .draw("running", RUNS_ACTIVE.total().average())
        .draw("free", RUNS_AVAILABLE.total().average())
}

fn failure_share() -> Panel {
    Panel::time_series("Share of runs that failed")
        .describe("Failed runs among those that ended. Above the line the alarm run-failures fires once enough runs have ended.")
        .draw("failed", alarms::failure_share())
        .threshold(alarms::FAILURES)
}

fn duration() -> Panel {
    Panel::time_series("Duration of runs")
        .describe("From start to end. Much longer than users ask for: runs are not finished and wait for their lease.")
        .draw("half", RUN_DURATION.total().percentile(50.0))
        .draw("95 of 100", RUN_DURATION.total().percentile(95.0))
        .draw("longest", RUN_DURATION.total().maximum())
}

fn latest_runs() -> Panel {
    let runs = logs::search([LogGroup(Service::RunApi)])
        .having_any([RUN_STARTED.into(), RUN_COMPLETED.into()])
        .table(
            [
                ("last_event", logs::maximum(Field::Timestamp)),
                ("outcome", logs::last(Field::dimension::<RunOutcome>())),
                ("duration", logs::maximum(RUN_DURATION)),
                ("temperature", logs::maximum(TEMPERATURE_AVG)),
                ("trace_id", logs::last(TRACE_ID)),
            ],
            20,
        )
        .by(RUN_ID)
        .by(USER);
    run::graded(Panel::table("Latest runs"))
        .blank("RUNNING")
        .describe("The newest runs. A run's id leads to its readings, its trace to the request that started or ended it.")
        .draw("", runs)
        .link(RUN_ID, Link::Dashboard(SIMULATION_RUN, run::RUN))
        .link(TRACE_ID, Link::Trace)
}
