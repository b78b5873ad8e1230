//! What Lambda says of both functions.

use catalogue::{COLD_START, Service};

use super::alarms;
use crate::aws::{Function, LogGroup, lambda, logs};
use dashboards::model::{Narrow, Panel, Width};

pub(super) fn panels() -> [Panel; 7] {
    [
        invocations(),
        duration(),
        concurrency(),
        errors(),
        throttles(),
        cold_starts(),
        emf(),
    ]
}

fn invocations() -> Panel {
    Panel::stacked_series("Invocations")
        .describe("How often each function ran. More than the requests: the tick, and retries of failed events.")
        .draw("", lambda::INVOCATIONS.by::<Function<Service>>().sum())
        .width(Width::Third)
}

fn duration() -> Panel {
    Panel::time_series("Duration of invocations")
        .describe("The slowest of 100 invocations. At the line they are close to the time-out, after which callers get 5xx.")
        .draw("", lambda::DURATION.by::<Function<Service>>().percentile(99.0))
        .threshold(alarms::NEAR_TIMEOUT)
        .width(Width::Third)
}

fn concurrency() -> Panel {
    Panel::time_series("Concurrent executions")
        .describe("Execution environments at work. At the reserved concurrency Lambda throttles.")
        .draw(
            "",
            lambda::CONCURRENT_EXECUTIONS
                .by::<Function<Service>>()
                .maximum(),
        )
        .width(Width::Third)
}

fn errors() -> Panel {
    Panel::stacked_series("Function errors")
        .describe("Invocations that panicked, timed out or ran out of memory. Handled 5xx answers are not among them.")
        .draw("", lambda::ERRORS.by::<Function<Service>>().sum())
        .threshold(alarms::FUNCTION_ERRORS)
        .width(Width::Third)
}

fn throttles() -> Panel {
    Panel::stacked_series("Throttles")
        .describe("Invocations refused for lack of concurrency. Raise the reserved concurrency, or find who calls so much.")
        .draw("", lambda::THROTTLES.by::<Function<Service>>().sum())
        .threshold(alarms::FUNCTION_THROTTLES)
        .width(Width::Third)
}

fn cold_starts() -> Panel {
    Panel::stacked_series("Cold starts")
        .describe("First invocations of new environments. Many at a steady rate: traffic comes in bursts, or environments die.")
        .draw("", COLD_START.by::<Service>().sum())
        .width(Width::Third)
}

fn emf() -> Panel {
    Panel::stacked_series("Metric events that were lost")
        .describe("Events whose metrics CloudWatch could not extract: dashboards and alarms miss them. The runbook emf-invalid says how to find them.")
        .draw("invalid", logs::EMF_VALIDATION_ERRORS.by::<LogGroup<Service>>().sum())
        .draw("unreadable", logs::EMF_PARSING_ERRORS.by::<LogGroup<Service>>().sum())
        .threshold(alarms::LOST_EVENTS)
        .width(Width::Full)
}
