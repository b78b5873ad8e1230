//! Alarms on the API and its functions.

use catalogue::Service;
use catalogue::links::API;
use telemetry::Dimension;

use crate::aws::{Api, Function, LogGroup, apigateway, lambda, logs};
use dashboards::model::{
    Alarm, Expression, MissingData, Narrow, Period, Profile, Threshold, if_above,
};

/// The share of requests that may be answered with 5xx.
pub const SERVER_ERRORS: Threshold = Threshold::above(0.05);
/// The 99th percentile of the time to answer, in milliseconds.
pub const SLOW: Threshold = Threshold::above(1_000.0);
/// Milliseconds of an invocation, 80 % of the functions' time-out of 30 s.
pub const NEAR_TIMEOUT: Threshold = Threshold::above(24_000.0);
/// Failed invocations in a minute.
pub const FUNCTION_ERRORS: Threshold = Threshold::at_least(1.0);
/// Throttled invocations in a minute.
pub const FUNCTION_THROTTLES: Threshold = Threshold::at_least(1.0);
/// Events of which metrics were lost, in five minutes.
pub const LOST_EVENTS: Threshold = Threshold::at_least(1.0);
/// Fewer requests than this say little about their share of errors.
const ENOUGH_REQUESTS: f64 = 20.0;

/// Every alarm on the API and its functions.
pub fn all() -> Vec<Alarm> {
    let functions = Function::<Service>::all()
        .flat_map(|function| [errors(function), throttles(function), duration(function)]);
    let lost_events = LogGroup::<Service>::all().map(lost_events);
    functions
        .chain(lost_events)
        .chain([server_errors(), latency()])
        .collect()
}

fn errors(function: Function<Service>) -> Alarm {
    let name = function.value();
    Alarm::metric(
        format!("{name}-errors"),
        lambda::ERRORS.of(function).sum(),
        FUNCTION_ERRORS,
        MissingData::NotBreaching,
    )
    .points(2, 5)
    .page(
        API,
        format!("{name} panicked, timed out or ran out of memory in two of five minutes. Read its log around the error."),
    )
    .runbook("function-errors")
    .profile(Profile::Dev)
}

fn throttles(function: Function<Service>) -> Alarm {
    let name = function.value();
    Alarm::metric(
        format!("{name}-throttles"),
        lambda::THROTTLES.of(function).sum(),
        FUNCTION_THROTTLES,
        MissingData::NotBreaching,
    )
    .points(3, 5)
    .page(
        API,
        format!("Lambda refused invocations of {name} in three of five minutes: callers get 429 or 503. Compare its concurrency with its reservation."),
    )
    .runbook("function-throttles")
}

fn duration(function: Function<Service>) -> Alarm {
    let name = function.value();
    Alarm::metric(
        format!("{name}-duration"),
        lambda::DURATION.of(function).percentile(99.0),
        NEAR_TIMEOUT,
        MissingData::NotBreaching,
    )
    .every(Period::minutes(5))
    .ignore_low_samples()
    .ticket(
        API,
        format!("The slowest invocations of {name} come close to its time-out. Slow traces show the call that takes the time."),
    )
    .runbook("function-duration")
}

fn lost_events(group: LogGroup<Service>) -> Alarm {
    let name = group.value();
    let lost = Expression::sum([
        logs::EMF_VALIDATION_ERRORS.of(group).sum(),
        logs::EMF_PARSING_ERRORS.of(group).sum(),
    ]);
    Alarm::metric(
        format!("{name}-emf-invalid"),
        lost,
        LOST_EVENTS,
        MissingData::NotBreaching,
    )
    .every(Period::minutes(5))
    .ticket(
        API,
        format!("CloudWatch could not extract metrics from events of {name}: dashboards and other alarms miss them."),
    )
    .runbook("emf-invalid")
}

fn server_errors() -> Alarm {
    let requests = apigateway::COUNT.of(Api::Http).sum();
    let share = apigateway::SERVER_ERRORS.of(Api::Http).sum().or(0.0) / requests.clone();
    Alarm::metric(
        "api-5xx",
        if_above(requests, ENOUGH_REQUESTS, share, 0.0),
        SERVER_ERRORS,
        MissingData::NotBreaching,
    )
    .every(Period::minutes(5))
    .page(
        API,
        "More than 5 % of the requests were answered with 5xx for five minutes. Errors by route shows where, the error table why.",
    )
    .profile(Profile::Dev)
}

fn latency() -> Alarm {
    Alarm::metric(
        "api-latency",
        apigateway::LATENCY.of(Api::Http).percentile(99.0),
        SLOW,
        MissingData::NotBreaching,
    )
    .points(10, 15)
    .ignore_low_samples()
    .ticket(
        API,
        "One request in a hundred took more than a second in 10 of 15 minutes. Compare the functions' duration with DynamoDB's latency.",
    )
    .profile(Profile::Dev)
}
