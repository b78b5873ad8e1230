//! Alarms on the tables.
//!
//! CloudWatch ignores missing data of `AWS/DynamoDB` whatever an alarm says, and DynamoDB
//! publishes nothing when nothing is refused: an alarm would never recover. So gaps are 0.

use catalogue::DynamoOperation::{
    BatchWriteItem, GetItem, PutItem, Query, TransactWriteItems, UpdateItem,
};
use catalogue::links::DYNAMODB;
use catalogue::{DYNAMODB_THROTTLE, DynamoOperation};
use telemetry::Dimension;

use crate::aws::Table;
use crate::aws::dynamodb::{SUCCESSFUL_REQUEST_LATENCY, SYSTEM_ERRORS, USER_ERRORS};
use dashboards::model::{Alarm, Expression, MissingData, Narrow, Period, Threshold};

/// Throttled attempts in a minute.
pub const THROTTLES: Threshold = Threshold::at_least(1.0);
/// Requests in a minute that failed inside DynamoDB.
pub const ERRORS: Threshold = Threshold::at_least(5.0);
/// Requests in five minutes that DynamoDB calls wrong.
pub const WRONG: Threshold = Threshold::at_least(5.0);
/// Milliseconds that DynamoDB may take for the request that most callers wait for.
pub const SLOW: Threshold = Threshold::above(50.0);

/// Every alarm on the tables.
pub fn all() -> Vec<Alarm> {
    let slow = [
        (Table::Runs, TransactWriteItems),
        (Table::SensorData, PutItem),
    ];
    let slow = slow.map(|(table, operation)| latency(table, operation));
    [throttles(), errors(), wrong()]
        .into_iter()
        .chain(slow)
        .collect()
}

/// Seen by the calls themselves, on tables and indexes alike; each is repeated.
fn throttles() -> Alarm {
    Alarm::metric(
        "dynamodb-throttles",
        DYNAMODB_THROTTLE.total().sum(),
        THROTTLES,
        MissingData::NotBreaching,
    )
    .points(3, 5)
    .ticket(
        DYNAMODB,
        "DynamoDB refused requests in three of five minutes. Retries hide it until a request's budget is spent; then callers get 503, which pages.",
    )
    .needs("one refused attempt in each of three minutes")
}

/// What is called most on each table; no alarm watches more than ten metrics.
fn errors() -> Alarm {
    let on = |table, operations: &[DynamoOperation]| {
        let of = |&operation| SYSTEM_ERRORS.of((table, operation)).sum();
        operations.iter().map(of).collect::<Vec<_>>()
    };
    let failed = [
        on(
            Table::Runs,
            &[GetItem, Query, TransactWriteItems, UpdateItem],
        ),
        on(Table::SensorData, &[PutItem, BatchWriteItem, Query]),
    ];
    Alarm::metric(
        "dynamodb-errors",
        Expression::sum(failed.concat()).or(0.0),
        ERRORS,
        MissingData::Ignore,
    )
    .points(3, 5)
    .ticket(
        DYNAMODB,
        "Requests fail inside DynamoDB. Check AWS Health; retries cover most of it.",
    )
    .needs("five failed requests in each of three minutes")
}

/// Of the whole account and region: DynamoDB does not say whose they are.
fn wrong() -> Alarm {
    Alarm::metric(
        "dynamodb-user-errors",
        USER_ERRORS.total().sum().or(0.0),
        WRONG,
        MissingData::Ignore,
    )
    .every(Period::minutes(5))
    .points(3, 3)
    .ticket(
        DYNAMODB,
        "DynamoDB refuses requests as wrong for 15 minutes: a missing table or permission, or a request that cannot be. Our log has the error's name, if it is ours.",
    )
    .needs("five refused requests in each of three periods of five minutes")
}

fn latency(table: Table, operation: DynamoOperation) -> Alarm {
    let name = table.value();
    Alarm::metric(
        format!("dynamodb-{name}-latency"),
        SUCCESSFUL_REQUEST_LATENCY.of((table, operation)).average(),
        SLOW,
        MissingData::Ignore,
    )
    .every(Period::minutes(5))
    .points(3, 3)
    .ticket(
        DYNAMODB,
        format!(
            "{} on {name} takes more than {} ms for 15 minutes. Check AWS Health, then the size of items.",
            operation.value(),
            SLOW.value
        ),
    )
    .needs("a request in each period of five minutes")
    .runbook("dynamodb-latency")
}
