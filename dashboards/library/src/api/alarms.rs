//! Alarms on the API and its functions.

use catalogue::links::API;
use catalogue::{REQUEST, Service};
use telemetry::Dimension;

use crate::aws::{Api, Function, LogGroup, apigateway, lambda, logs};
use dashboards::model::{
    Alarm, Expression, MissingData, Narrow, Period, Profile, Quota, Threshold, if_above,
};

/// The share of requests that may be answered with 5xx.
pub const SERVER_ERRORS: Threshold = Threshold::above(0.05);
/// The share of requests that may be refused before they reach a function.
pub const REFUSED: Threshold = Threshold::above(0.5);
/// Milliseconds of an invocation, 80 % of the functions' time-out of 30 s.
pub const NEAR_TIMEOUT: Threshold = Threshold::above(24_000.0);
/// Failed invocations in a minute.
pub const FUNCTION_ERRORS: Threshold = Threshold::at_least(1.0);
/// Throttled invocations in a minute.
pub const FUNCTION_THROTTLES: Threshold = Threshold::at_least(1.0);
/// Events of which metrics were lost, in five minutes.
pub const LOST_EVENTS: Threshold = Threshold::at_least(1.0);
/// Executions at a time that all functions of the account may claim: 80 % of the quota.
pub const CLAIMED_CONCURRENCY: Threshold = Threshold::above(800.0);
/// Milliseconds from which on a request is slow, by the objective of latency.
pub const SLOW: Threshold = Threshold::above(crate::slo::FAST);
/// Fewer requests than this say little about their share of errors.
const ENOUGH_REQUESTS: f64 = 20.0;
/// What of Lambda's concurrency the account has; a new one has 10.
const CONCURRENCY: Quota = Quota {
    variable: "lambda_concurrency",
    title: "Lambda's concurrent executions quota of the account and region.",
    usual: 1_000.0,
};

/// Every alarm on the API and its functions.
pub fn all() -> Vec<Alarm> {
    let durations = Function::<Service>::all().map(duration);
    [server_errors(), refused(), errors(), throttles()]
        .into_iter()
        .chain(durations)
        .chain([concurrency(), lost_events()])
        .collect()
}

/// A counter of both functions together.
fn of_functions(of: impl Fn(Function<Service>) -> Expression) -> Expression {
    Expression::sum(Function::all().map(of))
}

/// Their callers get 5xx, which pages; a failed tick has no caller.
fn errors() -> Alarm {
    Alarm::metric(
        "function-errors",
        of_functions(|function| lambda::ERRORS.of(function).sum()),
        FUNCTION_ERRORS,
        MissingData::NotBreaching,
    )
    .points(2, 5)
    .ticket(
        API,
        "A function panicked, timed out or ran out of memory in two of five minutes. Read its log around the error.",
    )
    .needs("one failed invocation in each of two minutes")
    .profile(Profile::Dev)
}

/// Lambda tells callers to come back, and ours do; who gives up got 5xx, which pages.
fn throttles() -> Alarm {
    Alarm::metric(
        "function-throttles",
        of_functions(|function| lambda::THROTTLES.of(function).sum()),
        FUNCTION_THROTTLES,
        MissingData::NotBreaching,
    )
    .points(3, 5)
    .ticket(
        API,
        "Lambda refused invocations in three of five minutes. Compare concurrency with the reservation and the account's quota.",
    )
    .needs("one refused invocation in each of three minutes")
}

/// The slowest of them, since a percentile waits for a thousand.
fn duration(function: Function<Service>) -> Alarm {
    let name = function.value();
    Alarm::metric(
        format!("{name}-duration"),
        lambda::DURATION.of(function).maximum(),
        NEAR_TIMEOUT,
        MissingData::NotBreaching,
    )
    .every(Period::minutes(5))
    .points(2, 3)
    .ticket(
        API,
        format!("Invocations of {name} came close to its time-out in two of three periods of five minutes. Slow traces show the call that takes the time."),
    )
    .needs("one slow invocation in each of two periods")
    .runbook("function-duration")
}

/// Nothing is left for us when others take it all.
fn concurrency() -> Alarm {
    Alarm::metric(
        "account-concurrency",
        lambda::CLAIMED_CONCURRENCY.total().maximum(),
        CLAIMED_CONCURRENCY,
        MissingData::NotBreaching,
    )
    .points(5, 5)
    .share_of(CONCURRENCY)
    .ticket(
        API,
        "The account's functions claim more than 80 % of its concurrency. When it is used up, ours are throttled. See who claims it, and ask for more.",
    )
    .needs("any invocation in the account")
}

fn lost_events() -> Alarm {
    let lost = LogGroup::<Service>::all().flat_map(|group| {
        [
            logs::EMF_VALIDATION_ERRORS.of(group).sum(),
            logs::EMF_PARSING_ERRORS.of(group).sum(),
        ]
    });
    Alarm::metric(
        "emf-invalid",
        Expression::sum(lost),
        LOST_EVENTS,
        MissingData::NotBreaching,
    )
    .every(Period::minutes(5))
    .ticket(
        API,
        "CloudWatch could not extract metrics from events of a function: dashboards and other alarms miss them.",
    )
    .needs("one event whose metrics are lost")
}

/// Over half an hour, as the short window of the availability page that it is a part of: it
/// fires for what no function has seen, and ends with that page.
fn server_errors() -> Alarm {
    let requests = apigateway::COUNT.of(Api::Http).sum();
    let share = apigateway::SERVER_ERRORS.of(Api::Http).sum().or(0.0) / requests.clone();
    Alarm::metric(
        "api-5xx",
        if_above(requests.or(0.0), ENOUGH_REQUESTS, share, 0.0),
        SERVER_ERRORS,
        MissingData::NotBreaching,
    )
    .every(Period::minutes(30))
    .page(
        API,
        "More than 5 % of the requests of half an hour were answered with 5xx. Errors by route shows where, the error table why.",
    )
    .needs("21 requests in half an hour")
    .profile(Profile::Dev)
}

/// Requests that reached the gateway and no function, and were not answered with 5xx: 401, 403
/// or 429 from the gateway itself, or paths that there are not.
fn refused() -> Alarm {
    let requests = || apigateway::COUNT.of(Api::Http).sum();
    let answered = Expression::sum([
        REQUEST.total().sum(),
        apigateway::SERVER_ERRORS.of(Api::Http).sum(),
    ]);
    let share = 1.0 - answered.or(0.0) / requests();
    Alarm::metric(
        "api-refused",
        if_above(requests().or(0.0), ENOUGH_REQUESTS, share, 0.0),
        REFUSED,
        MissingData::NotBreaching,
    )
    .every(Period::minutes(5))
    .points(2, 2)
    .page(
        API,
        "The gateway refuses more than half of all requests, for ten minutes: 401, 403 or 429. Look at the access log: tokens, the issuer's keys, or throttling.",
    )
    .needs("21 requests in each of two periods of five minutes")
}
