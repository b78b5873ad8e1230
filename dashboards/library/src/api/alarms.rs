//! Alarms on the API and its functions.

use catalogue::REQUEST_DURATION;
use catalogue::links::API;

use crate::aws::{Api, apigateway, functions};
use dashboards::model::{
    Alarm, Expression, MissingData, Narrow, Period, Profile, Threshold, if_above,
};

/// The share of requests that may be answered with 5xx.
pub const SERVER_ERRORS: Threshold = Threshold::above(0.05);
/// The share of requests that may be refused before they reach a function.
pub const REFUSED: Threshold = Threshold::above(0.5);
/// Milliseconds from which on a request is slow, by the objective of latency.
pub const SLOW: Threshold = Threshold::above(crate::slo::FAST);
/// Fewer requests than this say little about their share of errors.
const ENOUGH_REQUESTS: f64 = 20.0;
/// How long an invocation of a function may take.
pub const TIMEOUT: Period = Period::seconds(30);

/// Every alarm on the API and its functions.
pub fn all() -> Vec<Alarm> {
    on_api().into_iter().chain(on_functions()).collect()
}

pub(super) fn on_api() -> [Alarm; 2] {
    [server_errors(), refused()]
}

pub(super) fn on_functions() -> Vec<Alarm> {
    functions(TIMEOUT).alarms(API)
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
        REQUEST_DURATION.total().samples(),
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
