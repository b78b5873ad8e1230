//! The tables: what AWS says of them beside what the functions saw.

pub mod alarms;

use catalogue::links::DYNAMODB;
use catalogue::{
    DYNAMODB_REQUEST_DURATION, DYNAMODB_RETRY, DYNAMODB_THROTTLE, DynamoOperation, Route, Service,
};
use telemetry::Dimension as _;
use telemetry::property::{DYNAMODB_THROTTLE_REASON, DYNAMODB_THROTTLE_RESOURCE, TRACE_ID};

use crate::aws::dynamodb::{
    CONDITIONAL_CHECK_FAILED, CONSUMED_READ_CAPACITY, CONSUMED_WRITE_CAPACITY,
    READ_THROTTLE_EVENTS, SUCCESSFUL_REQUEST_LATENCY, SYSTEM_ERRORS, TRANSACTION_CONFLICT,
    USER_ERRORS, WRITE_THROTTLE_EVENTS,
};
use crate::aws::{Index, LogGroup, Table};
use crate::changes;
use dashboards::model::logs::{self, Field};
use dashboards::model::{Dashboard, Link, Narrow, Panel, Period, Width};

/// Capacity, latency, throttles and errors of both tables.
pub fn dashboard() -> Dashboard {
    let dashboard = Dashboard::new(DYNAMODB, "DynamoDB")
        .describe("Do the tables keep up, and does the store use them as it should?")
        .refresh(Period::minutes(5))
        .row("Alarms", [Panel::conditions(&alarms::all())]);
    changes::row(dashboard)
        .row(
            "Capacity and latency",
            [reads(), writes(), seen_latency().width(Width::Full)],
        )
        .collapsed_row("Throttles and errors", troubles())
        .collapsed_row("Why DynamoDB throttled", [reasons()])
        .collapsed_row("Capacity by index", [index_capacity().width(Width::Full)])
        .collapsed_row("Latency inside DynamoDB", [latency().width(Width::Full)])
}

fn reads() -> Panel {
    Panel::stacked_series("Read capacity by table")
        .describe("Read units consumed in each period, indexes apart. Growth without more requests: listings read more than they show.")
        .draw("", CONSUMED_READ_CAPACITY.by::<Table>().sum())
}

fn writes() -> Panel {
    Panel::stacked_series("Write capacity by table")
        .describe("Write units consumed in each period. Follows the readings stored; every index multiplies it.")
        .draw("", CONSUMED_WRITE_CAPACITY.by::<Table>().sum())
}

fn index_capacity() -> Panel {
    Panel::time_series("Capacity by index")
        .describe("Units consumed on indexes. A partition takes about 1,000 write units a second: above that, a run's readings throttle.")
        .draw("read", CONSUMED_READ_CAPACITY.by::<(Table, Index)>().sum())
        .draw("write", CONSUMED_WRITE_CAPACITY.by::<(Table, Index)>().sum())
}

fn latency() -> Panel {
    Panel::time_series("Latency inside DynamoDB")
        .describe("Mean time DynamoDB took, by table and operation, without network and retries. High here: AWS; high only beside: ours.")
        .draw("", SUCCESSFUL_REQUEST_LATENCY.by::<(Table, DynamoOperation)>().average())
}

fn seen_latency() -> Panel {
    Panel::time_series("Latency as the functions see it")
        .describe("Of all operations, retries included, of one request of each route in ten seconds; a trace has each call. Far above DynamoDB's own: connections, throttling or a starved function.")
        .draw("p50", DYNAMODB_REQUEST_DURATION.total().percentile(50.0))
        .draw("p99", DYNAMODB_REQUEST_DURATION.total().percentile(99.0))
}

fn troubles() -> [Panel; 6] {
    let third = |panel: Panel| panel.width(Width::Third);
    [
        throttles(),
        seen_throttles(),
        system_errors(),
        user_errors(),
        conflicts(),
        retries(),
    ]
    .map(third)
}

fn throttles() -> Panel {
    Panel::stacked_series("Throttled by table and index")
        .describe("Requests DynamoDB refused. On an index: one hot partition. On the table: its on-demand maximum is reached.")
        .draw("read", READ_THROTTLE_EVENTS.by::<Table>().sum())
        .draw("write", WRITE_THROTTLE_EVENTS.by::<Table>().sum())
        .draw("read", READ_THROTTLE_EVENTS.by::<(Table, Index)>().sum())
        .draw("write", WRITE_THROTTLE_EVENTS.by::<(Table, Index)>().sum())
        .threshold(alarms::THROTTLES)
}

fn seen_throttles() -> Panel {
    Panel::stacked_series("Throttled attempts by operation")
        .describe("Attempts the functions saw refused. Retried within the request's budget; what stays refused is answered with 503.")
        .draw("", DYNAMODB_THROTTLE.by::<DynamoOperation>().sum())
}

fn system_errors() -> Panel {
    Panel::stacked_series("System errors")
        .describe("Requests that failed inside DynamoDB. More than a few: look at AWS Health before anything else.")
        .draw("", SYSTEM_ERRORS.by::<(Table, DynamoOperation)>().sum())
        .threshold(alarms::ERRORS)
}

fn user_errors() -> Panel {
    Panel::time_series("User errors of the account")
        .describe("Requests with 4xx of the entire account and region. After a deployment: missing rights or a wrong table name.")
        .draw("errors", USER_ERRORS.total().sum())
}

fn conflicts() -> Panel {
    Panel::stacked_series("Conditions and conflicts")
        .describe("Conditions that did not hold (repeated readings, starts at the limit) and transactions that met on the running board.")
        .draw("condition", CONDITIONAL_CHECK_FAILED.by::<Table>().sum())
        .draw("conflict", TRANSACTION_CONFLICT.by::<Table>().sum())
}

fn retries() -> Panel {
    Panel::stacked_series("Repeated attempts by operation")
        .describe(
            "Attempts the functions had to repeat, for any reason. Rises before users notice.",
        )
        .draw("", DYNAMODB_RETRY.by::<DynamoOperation>().sum())
}

fn reasons() -> Panel {
    let throttled = logs::search(LogGroup::<Service>::all())
        .having(DYNAMODB_THROTTLE_REASON)
        .table(
            [
                ("last_event", logs::maximum(Field::Timestamp)),
                ("requests", logs::count()),
                ("trace_id", logs::last(TRACE_ID)),
            ],
            50,
        )
        .by(DYNAMODB_THROTTLE_REASON)
        .by(DYNAMODB_THROTTLE_RESOURCE)
        .by(Field::dimension::<Route>());
    Panel::table("Reasons of throttles")
        .describe("DynamoDB's own reason, the table or index, and the route that met it. KeyRange: one hot partition; MaxOnDemand: the maximum that was set; Account: the region's quota. The runbook dynamodb-throttles has a branch for each.")
        .draw("", throttled)
        .link(TRACE_ID, Link::Trace)
}
