//! One run: what the API's `grafanaUrl` leads to.
//!
//! Runs and sensors are properties of events, not dimensions of metrics, so this page scans logs:
//! those of its own time range and of the groups that write about it, and no more rows than a
//! screen holds. docs/cost.md has what a look at it costs.

use catalogue::links::{RUN_ID_VARIABLE, SIMULATION_RUN};
use catalogue::{
    READINGS, REQUEST_DURATION, REQUEST_ERROR, RUN_DURATION, RUN_ID, Route, RunOutcome,
    SENSOR_DATA_INGESTED, SENSOR_DATA_REJECTED, SENSOR_ID, Service, TEMPERATURE_AVG, USER,
    of_each_quantity,
};
use telemetry::property::{ERROR, STATUS, TRACE_ID};
use telemetry::{CatalogueEntry, Dimension as _, Distribution, Metric};

use crate::aws::{Function, LogGroup};
use dashboards::model::logs::{self, Field, Search};
use dashboards::model::{Dashboard, Grade, Link, Panel, Period, TraceQuery, Variable, Width};

/// The run, or all.
pub const RUN: Variable = Variable::new(RUN_ID_VARIABLE, "Run", RUN_ID);

/// The run's state, readings, requests and traces.
///
/// It does not load anew by itself: the address that the API gives out does that, while the run
/// is running.
pub fn dashboard() -> Dashboard {
    let [first, others @ ..] = of_each_quantity!(by_sensor);
    Dashboard::new(SIMULATION_RUN, "Simulation run")
        .describe("What did this run measure, how did it end, and which of its requests failed?")
        .range(Period::hours(1))
        .without_refresh()
        .variable(RUN)
        .row("This run", [summary()])
        .row("Readings", [first.width(Width::Full)])
        .row("Requests", [requests()])
        .collapsed_row("Other quantities", others)
        .collapsed_row("Errors and events", [errors(), events()])
        .collapsed_row("Traces", [traces()])
}

/// Events of all functions about the run.
fn of_the_run() -> Search {
    logs::search(LogGroup::<Service>::all()).chosen(RUN)
}

fn summary() -> Panel {
    let run = of_the_run()
        .having(RUN_ID)
        .table(
            [
                ("last_event", logs::maximum(Field::Timestamp)),
                ("state", logs::last(Field::dimension::<RunOutcome>())),
                ("user", logs::last(USER)),
                ("started", logs::minimum(Field::Timestamp)),
                ("duration", logs::maximum(RUN_DURATION)),
                ("readings", logs::sum(SENSOR_DATA_INGESTED)),
                ("rejected", logs::sum(SENSOR_DATA_REJECTED)),
                ("average_temperature", logs::maximum(TEMPERATURE_AVG)),
                ("failed_requests", logs::sum(REQUEST_ERROR)),
            ],
            1,
        )
        .by(RUN_ID);
    graded(Panel::table("Run"))
        .describe("The run in one line; of several, the one that was heard of last. The average is known when it ends. Running and silent for two minutes after its planned end: it will be interrupted. A count that is empty is none.")
        .draw("", run)
        .blank("RUNNING")
}

/// A failed run never looks as calm as a completed one.
pub(super) fn graded(panel: Panel) -> Panel {
    panel
        .grade(RunOutcome::Completed, Grade::Green)
        .grade(RunOutcome::Interrupted, Grade::Orange)
        .grade(RunOutcome::Failed, Grade::Red)
}

/// The name of a quantity's metric as a title begins.
pub(super) fn title(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

fn by_sensor<M: CatalogueEntry>(metric: Metric<Distribution, M>) -> Panel {
    let events = || logs::search([LogGroup(Service::SensorApi)]).chosen(RUN);
    let (mean, bin) = (logs::average(metric), Period::seconds(10));
    // A batch in which one reading has the quantity has one value too, and a list for the sensor.
    let single = events().having(SENSOR_ID).having(metric).graph(mean, bin);
    let in_batches = events().items_of(READINGS).having(metric).graph(mean, bin);
    Panel::time_series(format!("{} by sensor", title(metric.name())))
        .describe("Mean of each sensor's readings. A line that ends before the run does: this sensor stopped sending, or its readings were rejected.")
        .draw("", single.by(SENSOR_ID))
        .draw("", in_batches.by(SENSOR_ID))
        .unit(metric.definition().unit)
}

fn requests() -> Panel {
    let requests = of_the_run()
        .having(REQUEST_DURATION)
        .table(
            [
                ("requests", logs::count()),
                ("p50", logs::percentile(REQUEST_DURATION, 50.0)),
                ("p95", logs::percentile(REQUEST_DURATION, 95.0)),
                ("slowest", logs::maximum(REQUEST_DURATION)),
                ("trace_id", logs::last(TRACE_ID)),
            ],
            50,
        )
        .by(Field::dimension::<Route>())
        .by(STATUS);
    Panel::table("Requests of the run")
        .describe("How the run's requests were answered, by route and status (none where it went well), and how long they took. 4xx are the client's; of 5xx the trace has the call that failed.")
        .draw("", requests)
        .link(TRACE_ID, Link::Trace)
}

fn errors() -> Panel {
    let errors = of_the_run()
        .having(ERROR)
        .table(
            [
                ("last_event", logs::maximum(Field::Timestamp)),
                ("events", logs::count()),
                ("trace_id", logs::last(TRACE_ID)),
            ],
            50,
        )
        .by(ERROR)
        .by(Field::dimension::<Route>());
    Panel::table("Errors of the run")
        .describe("Why requests of the run were refused or failed, newest first.")
        .draw("", errors)
        .link(TRACE_ID, Link::Trace)
}

fn events() -> Panel {
    let lines = of_the_run().having(RUN_ID).lines([Field::Message], 100);
    Panel::logs("Events of the run")
        .describe("What the functions wrote about the run, newest first; trace_id is the same in a request's events, logs and trace.")
        .draw("", lines)
        .width(Width::Full)
}

fn traces() -> Panel {
    let traces = TraceQuery::Variable {
        functions: Function::<Service>::all().map(Into::into).collect(),
        variable: RUN,
    };
    Panel::table("Traces of the run")
        .describe("Sampled requests of the run. Open one to see which call took the time.")
        .draw("", traces)
}
