//! What the system costs at its present rate, from usage and the price table.

use catalogue::Service;
use catalogue::links::COST;
use telemetry::{Counter, Declared, Metric, PublishedBy};

use crate::aws::dynamodb::{CONSUMED_READ_CAPACITY, CONSUMED_WRITE_CAPACITY};
use crate::aws::{Api, Function, Index, LogGroup, Table, apigateway, lambda, logs};
use crate::workload::WORKLOAD;
use dashboards::cost::prices::{
    API_REQUEST, GIGABYTE, GIGABYTE_SECOND, INVOCATION, LOG_GIGABYTE, READ_UNIT, SECONDS_PER_MONTH,
    WRITE_UNIT,
};
use dashboards::cost::{self, Assumptions};
use dashboards::model::{
    Dashboard, DisplayUnit, Expression, Library, Narrow, Panel, Period, Reduce, Width,
};

/// Prices usage; `rest` is the library without this dashboard.
pub fn dashboard(rest: &Library) -> Dashboard {
    let fixed = fixed(rest);
    Dashboard::new(COST, "Cost")
        .describe("What does this system cost a month if it goes on like this, and what of it is spent on seeing it?")
        .range(Period::days(1))
        .row("A month at the present rate", [total(fixed), share(fixed), system(), observability(fixed)])
        .row("By service", [services(), watching(fixed)])
}

/// USD a month of metrics and alarms, which do not depend on usage.
fn fixed(rest: &Library) -> f64 {
    let estimate = cost::estimate(rest, &Assumptions::default());
    let fixed = ["Custom metrics", "Alarms", "Composite alarms"];
    let items = estimate.items.iter();
    let dollars: f64 = items
        .filter(|item| fixed.contains(&item.name))
        .map(|item| item.used * item.price)
        .sum();
    (dollars * 100.0).round() / 100.0
}

/// A month of this many a second at a price each.
fn monthly(per_second: Expression, price: f64) -> Expression {
    (per_second.or(0.0) * (SECONDS_PER_MONTH * price)).in_unit(DisplayUnit::Dollars)
}

/// A month of a counter at its present rate, all these series together.
fn usage<M, L, const N: usize>(metric: Metric<Counter, M>, of: [L; N], price: f64) -> Expression
where
    L: telemetry::Labels,
    M: Declared + PublishedBy<L>,
{
    Expression::sum(of.map(|labels| monthly(metric.of(labels).rate(), price)))
}

const FUNCTIONS: [Function<Service>; 2] = [Function(Service::RunApi), Function(Service::SensorApi)];
const TABLES: [Table; 2] = [Table::Runs, Table::SensorData];
const INDEXES: [(Table, Index); 3] = [
    (Table::Runs, Index::ByStart),
    (Table::SensorData, Index::ByRun),
    (Table::SensorData, Index::BySensor),
];

fn gateway_dollars() -> Expression {
    usage(apigateway::COUNT, [Api::Http], API_REQUEST)
}

fn lambda_dollars() -> Expression {
    let gigabytes = |function| {
        let busy = lambda::DURATION.of(function).sum_per_second();
        monthly(busy, WORKLOAD.gigabytes / 1_000.0 * GIGABYTE_SECOND)
    };
    usage(lambda::INVOCATIONS, FUNCTIONS, INVOCATION) + Expression::sum(FUNCTIONS.map(gigabytes))
}

fn dynamodb_dollars() -> Expression {
    usage(CONSUMED_WRITE_CAPACITY, TABLES, WRITE_UNIT)
        + usage(CONSUMED_WRITE_CAPACITY, INDEXES, WRITE_UNIT)
        + usage(CONSUMED_READ_CAPACITY, TABLES, READ_UNIT)
        + usage(CONSUMED_READ_CAPACITY, INDEXES, READ_UNIT)
}

fn log_dollars() -> Expression {
    let groups = [LogGroup(Service::RunApi), LogGroup(Service::SensorApi)];
    usage(logs::INCOMING_BYTES, groups, LOG_GIGABYTE / GIGABYTE)
}

fn system_dollars() -> Expression {
    gateway_dollars() + lambda_dollars() + dynamodb_dollars()
}

fn total(fixed: f64) -> Panel {
    Panel::stat("Total")
        .describe("USD a month: usage at the mean rate of the time range, and metrics and alarms. List prices without free allowances; without Grafana's hosting.")
        .draw("total", system_dollars() + log_dollars() + fixed)
        .reduce(Reduce::Mean)
        .decimals(2)
}

fn share(fixed: f64) -> Panel {
    let watching = log_dollars() + fixed;
    Panel::stat("Share of observability")
        .describe("Logs, metrics and alarms among everything. Above a half on a busy system: log less, or drop metrics nobody draws.")
        .draw("share", watching.clone() / (system_dollars() + watching))
        .reduce(Reduce::Mean)
        .decimals(1)
}

fn system() -> Panel {
    Panel::stat("System")
        .describe(
            "USD a month for API Gateway, Lambda and DynamoDB at the mean rate of the time range.",
        )
        .draw("system", system_dollars())
        .reduce(Reduce::Mean)
        .decimals(2)
}

fn observability(fixed: f64) -> Panel {
    Panel::stat("Observability")
        .describe("USD a month for logs at the mean rate of the time range, and for metrics and alarms of the prod profile.")
        .draw("observability", log_dollars() + fixed)
        .reduce(Reduce::Mean)
        .decimals(2)
}

fn services() -> Panel {
    Panel::stacked_series("System by service")
        .describe("USD a month at the rate of each period. Jumps of DynamoDB follow the readings; of Lambda alone, slow calls.")
        .draw("API Gateway", gateway_dollars())
        .draw("Lambda", lambda_dollars())
        .draw("DynamoDB", dynamodb_dollars())
        .width(Width::Half)
}

fn watching(fixed: f64) -> Panel {
    Panel::stacked_series("Observability by kind")
        .describe("USD a month at the rate of each period. `dashboards cost` says what dashboards and alarms add, and why.")
        .draw("logs", log_dollars())
        .draw("metrics and alarms", log_dollars() * 0.0 + fixed)
        .width(Width::Half)
}
