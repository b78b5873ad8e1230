//! Alarms on the tables.
//!
//! CloudWatch ignores missing data of `AWS/DynamoDB` whatever an alarm says, and DynamoDB
//! publishes nothing when nothing is refused: an alarm would never recover. So gaps are 0.

use catalogue::DynamoOperation;
use catalogue::links::DYNAMODB;
use telemetry::Dimension;

use crate::aws::dynamodb::{READ_THROTTLE_EVENTS, SYSTEM_ERRORS, WRITE_THROTTLE_EVENTS};
use crate::aws::{Index, Table};
use dashboards::model::{Alarm, Expression, MissingData, Narrow, Threshold};

/// Throttled requests in a minute.
pub const THROTTLES: Threshold = Threshold::at_least(1.0);
/// Requests in a minute that failed inside DynamoDB.
pub const ERRORS: Threshold = Threshold::at_least(5.0);

/// Every alarm on the tables.
pub fn all() -> Vec<Alarm> {
    Table::ALL
        .iter()
        .flat_map(|&table| [throttles(table), errors(table)])
        .collect()
}

/// The indexes of a table.
fn indexes(table: Table) -> &'static [Index] {
    match table {
        Table::Runs => &[Index::ByStart],
        Table::SensorData => &[Index::ByRun, Index::BySensor],
    }
}

fn throttles(table: Table) -> Alarm {
    let name = table.value();
    let of_table = [
        READ_THROTTLE_EVENTS.of(table).sum(),
        WRITE_THROTTLE_EVENTS.of(table).sum(),
    ];
    let of_indexes = indexes(table).iter().flat_map(|&index| {
        [
            READ_THROTTLE_EVENTS.of((table, index)).sum(),
            WRITE_THROTTLE_EVENTS.of((table, index)).sum(),
        ]
    });
    Alarm::metric(
        format!("dynamodb-{name}-throttles"),
        Expression::sum(of_table.into_iter().chain(of_indexes)).or(0.0),
        THROTTLES,
        MissingData::Ignore,
    )
    .points(3, 5)
    .page(
        DYNAMODB,
        format!("DynamoDB refused requests to {name} in three of five minutes. Retries hide it until the request's budget is spent, then callers get 503."),
    )
    .runbook("dynamodb-throttles")
}

fn errors(table: Table) -> Alarm {
    let name = table.value();
    let operations = DynamoOperation::ALL.iter();
    let used = operations.filter(|&&operation| operation != DynamoOperation::Other);
    Alarm::metric(
        format!("dynamodb-{name}-errors"),
        Expression::sum(used.map(|&operation| SYSTEM_ERRORS.of((table, operation)).sum())).or(0.0),
        ERRORS,
        MissingData::Ignore,
    )
    .points(3, 5)
    .ticket(
        DYNAMODB,
        format!(
            "Requests to {name} fail inside DynamoDB. Check AWS Health; retries cover most of it."
        ),
    )
    .runbook("dynamodb-errors")
}
