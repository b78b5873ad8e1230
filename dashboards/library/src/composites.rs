//! Alarms that join others, so that one outage is told once.

use catalogue::Service;
use catalogue::links::{API, SIMULATION_RUNS};
use dashboards::model::{Alarm, Period, Rule};
use telemetry::Dimension as _;

/// The page on availability, which says more than those below.
const AVAILABILITY: &str = "slo-availability-page";
/// What callers may feel of the store, and mostly do not.
const STORE: [&str; 5] = [
    "dynamodb-throttles",
    "dynamodb-errors",
    "dynamodb-user-errors",
    "dynamodb-runs-latency",
    "dynamodb-sensor-data-latency",
];

/// Every alarm that joins others, which come before them.
pub(crate) fn alarms() -> Vec<Alarm> {
    vec![unreachable(), degraded()]
}

/// What fails with 5xx stores no readings either, and pages by itself.
fn unreachable() -> Alarm {
    let rule = Rule::Or(vec![
        Rule::alarm("api-refused"),
        Rule::alarm("runs-without-readings"),
    ]);
    Alarm::composite("nothing-arrives", rule)
        .suppressed_by(AVAILABILITY, Period::minutes(1), Period::minutes(15))
        .page(
            SIMULATION_RUNS,
            "Requests are refused at the gateway, or readings that are due do not arrive, and nothing fails with 5xx. Look at the access log first.",
        )
        .needs("what its parts need")
}

/// A cause is no page of its own, and no ticket while what it causes pages.
fn degraded() -> Alarm {
    let durations = Service::all().map(|function| format!("{}-duration", function.value()));
    let parts = ["function-errors", "function-throttles"]
        .map(str::to_owned)
        .into_iter()
        .chain(durations)
        .chain(STORE.map(str::to_owned));
    Alarm::composite("api-degraded", Rule::Or(parts.map(Rule::alarm).collect()))
        .suppressed_by(AVAILABILITY, Period::minutes(5), Period::minutes(30))
        .ticket(
            API,
            "Something that the API stands on is not well: invocations fail or come close to their time-out, or DynamoDB refuses or is slow. Its parts say which.",
        )
        .needs("what its parts need")
}
