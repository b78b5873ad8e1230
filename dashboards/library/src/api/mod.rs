//! The API, its functions and the gateway in front of them.

pub mod alarms;
mod gateway;

use catalogue::links::API;
use catalogue::{REQUEST_DURATION, REQUEST_ERROR, Route, Service};
use telemetry::Dimension as _;
use telemetry::property::{ERROR, STATUS, TRACE_ID};

use crate::aws::{Function, LogGroup, functions};
use crate::changes;
use dashboards::model::logs::{self, Field};
use dashboards::model::{
    Comparison, Dashboard, Link, Narrow, Panel, Period, Reduce, Threshold, TraceQuery, Width,
};

/// Rate, errors and duration of every route in one place.
pub fn dashboard() -> Dashboard {
    let dashboard = Dashboard::new(API, "API and functions")
        .describe("Does the API answer, how fast, and which part of it does not?")
        .refresh(Period::minutes(2))
        .row(
            "Golden signals",
            [rate(), error_share(), slowest(), failures()],
        )
        .row("Alarms", [Panel::conditions(&alarms::on_api())]);
    changes::row(dashboard)
        .row("Requests", [errors_by_route(), duration()])
        .collapsed_row("Requests by route", [by_route(), duration_by_route()])
        .collapsed_row("Functions", of_functions())
        .collapsed_row("API Gateway", gateway::panels())
        .collapsed_row("Errors", [error_log()])
        .collapsed_row("Traces", [service_map(), slow_traces()])
}

fn rate() -> Panel {
    Panel::stat("Request rate")
        .describe("Requests a second, all functions together. Falls to zero when the API cannot be reached: check API Gateway's count.")
        .draw("rate", REQUEST_DURATION.total().samples_per_second())
}

fn error_share() -> Panel {
    Panel::stat("Error share")
        .describe("Requests answered with 5xx among all. See errors by route for where, the error log for why.")
        .draw("errors", REQUEST_ERROR.total().sum() / REQUEST_DURATION.total().samples())
        .threshold(alarms::SERVER_ERRORS)
        .decimals(2)
}

fn slowest() -> Panel {
    Panel::stat("99th percentile")
        .describe("99 of 100 requests are answered within this time, measured in the functions.")
        .draw("p99", REQUEST_DURATION.total().percentile(99.0))
        .threshold(alarms::SLOW)
}

fn failures() -> Panel {
    Panel::stat("Failed requests")
        .describe("Requests answered with 5xx in the time range.")
        .draw("failed", REQUEST_ERROR.total().sum())
        .threshold(Threshold::above(0.0))
        .reduce(Reduce::Total)
}

fn by_route() -> Panel {
    Panel::stacked_series("Requests by route")
        .describe("Requests of all functions. A route that stops points to its function or to its callers.")
        .draw("", REQUEST_DURATION.by::<Route>().samples())
}

fn errors_by_route() -> Panel {
    Panel::stacked_series("Errors by route")
        .describe("Requests answered with 5xx. All routes of a function: the function or its table; one route: its code.")
        .draw("", REQUEST_ERROR.by::<Route>().sum())
}

fn duration() -> Panel {
    Panel::time_series("Duration")
        .describe("Time to answer, all functions together. If only the highest percentile grows, look at cold starts and retries.")
        .draw("p50", REQUEST_DURATION.total().percentile(50.0))
        .draw("p90", REQUEST_DURATION.total().percentile(90.0))
        .draw("p99", REQUEST_DURATION.total().percentile(99.0))
        .threshold(alarms::SLOW)
}

fn duration_by_route() -> Panel {
    Panel::time_series("95th percentile by route")
        .describe("95 of 100 requests of a route are answered within this time. Slow listings read many items; slow writes wait for DynamoDB.")
        .draw("", REQUEST_DURATION.by::<Route>().percentile(95.0))
}

/// With the conditions of their alarms, so that what a load asks for does not grow with their number.
fn of_functions() -> Vec<Panel> {
    let conditions = Panel {
        title: "Alarms of functions".into(),
        ..Panel::conditions(&alarms::on_functions())
    };
    let panels = functions(alarms::TIMEOUT).panels();
    panels.into_iter().chain([conditions]).collect()
}

fn error_log() -> Panel {
    let errors = logs::search(LogGroup::<Service>::all())
        .having(ERROR)
        // The first line of each request; further ones repeat its error.
        .having(Field::dimension::<Route>())
        .compare(STATUS, Comparison::AtLeast, 500.0)
        .table(
            [
                ("last_event", logs::maximum(Field::Timestamp)),
                ("requests", logs::count()),
                ("trace_id", logs::last(TRACE_ID)),
            ],
            50,
        )
        .by(ERROR)
        .by(Field::dimension::<Route>());
    Panel::table("Errors")
        .describe("Requests answered with 5xx, by error and route, newest first. The trace leads to the DynamoDB calls of the newest one.")
        .draw("", errors)
        .link(TRACE_ID, Link::Trace)
}

fn service_map() -> Panel {
    Panel::service_map("Service map")
        .describe(
            "Which service calls which, and where calls fail or are slow, from sampled traces. X-Ray's default group: everything in the account and region.",
        )
        .width(Width::Half)
}

fn slow_traces() -> Panel {
    let slow = TraceQuery::Slower {
        functions: Function::<Service>::all().map(Into::into).collect(),
        than: alarms::SLOW.value / 1_000.0,
    };
    Panel::table("Slow traces")
        .describe("Sampled requests that were slower than the latency alarm's threshold. Open one to see which call took the time.")
        .draw("", slow)
        .width(Width::Half)
}
