//! What the system costs at its present rate, from usage and the price table.

use catalogue::Service;
use catalogue::links::COST;
use telemetry::{CatalogueEntry, Counter, Dimension as _, Metric, PublishedBy};

use crate::aws::dynamodb::{CONSUMED_READ_CAPACITY, CONSUMED_WRITE_CAPACITY};
use crate::aws::{Api, Function, Index, LogGroup, Table, apigateway, lambda, log_groups};
use crate::workload::WORKLOAD;
use dashboards::cost::prices::{
    API_REQUEST, GIGABYTE, GIGABYTE_SECOND, INFREQUENT_LOG_GIGABYTE, INVOCATION, LOG_GIGABYTE,
    READ_UNIT, SECONDS_PER_MONTH, TRACE_RECORDED, WRITE_UNIT,
};
use dashboards::cost::{self, Assumptions, Estimate};
use dashboards::model::{
    Dashboard, DisplayUnit, Expression, Library, Narrow, NumberVariable, Panel, Period, Profile,
    Reduce, Width,
};

/// Prices usage; `rest` is the library without this dashboard.
///
/// Looking costs too, at this page as well: it is priced with a first draft of itself.
pub fn dashboard(rest: &Library) -> Dashboard {
    let draft = page(rest, 0.0);
    let mut all = rest.clone();
    all.dashboards.push(draft);
    page(rest, looking(&all))
}

fn page(rest: &Library, looking: f64) -> Dashboard {
    let (alarms, viewers, hours) = (alarms(rest), viewers(), hours());
    let watching = || {
        let looks = (Expression::from(viewers.clone()) * hours.clone() * looking)
            .in_unit(DisplayUnit::Dollars);
        log_dollars() + trace_dollars() + alarms.clone() + looks
    };
    Dashboard::new(COST, "Cost")
        .describe("What does this system cost a month if it goes on like this, and what of it is spent on seeing it?")
        .range(Period::days(1))
        .refresh(Period::minutes(15))
        .number(alarms.clone())
        .number(viewers.clone())
        .number(hours.clone())
        .row("A month at the present rate", [month(watching()), share(watching())])
        .collapsed_row("By service", [services(), by_kind(&alarms, watching())])
}

/// USD a month of metrics and alarms, which do not depend on usage, by the set of alarms that an
/// environment has.
fn alarms(rest: &Library) -> NumberVariable {
    let fixed = |profile| {
        let assumptions = Assumptions {
            profile,
            ..Assumptions::default()
        };
        let estimate = cost::estimate(rest, &assumptions);
        dollars(&estimate, &["Custom metrics", "Alarms", "Composite alarms"])
    };
    NumberVariable {
        name: "alarms",
        label: "Alarms of profile",
        options: vec![
            ("prod".into(), fixed(Profile::Prod)),
            ("dev".into(), fixed(Profile::Dev)),
        ],
    }
}

/// USD a month for each person who looks for an hour a day.
fn looking(library: &Library) -> f64 {
    let assumptions = Assumptions {
        viewers: 1.0,
        hours: 1.0,
        ..Assumptions::default()
    };
    let estimate = cost::estimate(library, &assumptions);
    dollars(
        &estimate,
        &["Dashboard queries", "Log scans", "Traces retrieved"],
    )
}

/// USD a month of these lines of the bill, free allowances not taken off.
fn dollars(estimate: &Estimate, names: &[&str]) -> f64 {
    let items = estimate
        .items
        .iter()
        .filter(|item| names.contains(&item.name));
    let dollars: f64 = items.map(|item| item.used * item.price).sum();
    (dollars * 100.0).round() / 100.0
}

fn viewers() -> NumberVariable {
    counted("viewers", "Viewers", &[1.0, 2.0, 5.0, 10.0])
}

fn hours() -> NumberVariable {
    counted("hours", "Hours a day", &[2.0, 1.0, 4.0, 8.0, 24.0])
}

fn counted(name: &'static str, label: &'static str, numbers: &[f64]) -> NumberVariable {
    let option = |number: &f64| (number.to_string().into(), *number);
    NumberVariable {
        name,
        label,
        options: numbers.iter().map(option).collect(),
    }
}

/// A month of this many a second at a price each.
fn monthly(per_second: Expression, price: f64) -> Expression {
    (per_second.or(0.0) * (SECONDS_PER_MONTH * price)).in_unit(DisplayUnit::Dollars)
}

/// A month of a counter at its present rate, all these series together.
fn usage<M, L>(
    metric: Metric<Counter, M>,
    of: impl IntoIterator<Item = L>,
    price: f64,
) -> Expression
where
    L: telemetry::Labels,
    M: CatalogueEntry + PublishedBy<L>,
{
    Expression::sum(
        of.into_iter()
            .map(|labels| monthly(metric.of(labels).rate(), price)),
    )
}

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
    usage(lambda::INVOCATIONS, Function::<Service>::all(), INVOCATION)
        + Expression::sum(Function::<Service>::all().map(gigabytes))
}

fn dynamodb_dollars() -> Expression {
    usage(CONSUMED_WRITE_CAPACITY, TABLES, WRITE_UNIT)
        + usage(CONSUMED_WRITE_CAPACITY, INDEXES, WRITE_UNIT)
        + usage(CONSUMED_READ_CAPACITY, TABLES, READ_UNIT)
        + usage(CONSUMED_READ_CAPACITY, INDEXES, READ_UNIT)
}

/// The functions' logs, and the line of each request in the access log.
fn log_dollars() -> Expression {
    let groups = LogGroup::<Service>::all();
    usage(log_groups::INCOMING_BYTES, groups, LOG_GIGABYTE / GIGABYTE)
        + usage(
            apigateway::COUNT,
            [Api::Http],
            WORKLOAD.access_log_bytes * INFREQUENT_LOG_GIGABYTE / GIGABYTE,
        )
}

fn trace_dollars() -> Expression {
    usage(
        apigateway::COUNT,
        [Api::Http],
        WORKLOAD.traced * TRACE_RECORDED,
    )
}

fn system_dollars() -> Expression {
    gateway_dollars() + lambda_dollars() + dynamodb_dollars()
}

/// Both in one panel, which asks once for what both are made of.
fn month(watching: Expression) -> Panel {
    Panel::stat("Total and observability")
        .describe("USD a month: usage at the mean rate of the time range, metrics and alarms, and as many viewers for as many hours a day as chosen above; and what of it is for logs, traces, metrics, alarms and looking at dashboards, this page too. List prices without free allowances; without Grafana's hosting.")
        .draw("total", system_dollars() + watching.clone())
        .draw("observability", watching)
        .reduce(Reduce::Mean)
        .decimals(2)
        .width(Width::Half)
}

fn share(watching: Expression) -> Panel {
    Panel::stat("Share of observability")
        .describe("Logs, traces, metrics, alarms and looking among everything. Above a half on a busy system: log less, or drop metrics nobody draws.")
        .draw("share", watching.clone() / (system_dollars() + watching))
        .reduce(Reduce::Mean)
        .decimals(1)
        .width(Width::Half)
}

fn services() -> Panel {
    Panel::stacked_series("System by service")
        .describe("USD a month at the rate of each period. Jumps of DynamoDB follow the readings; of Lambda alone, slow calls.")
        .draw("API Gateway", gateway_dollars())
        .draw("Lambda", lambda_dollars())
        .draw("DynamoDB", dynamodb_dollars())
        .width(Width::Half)
}

fn by_kind(alarms: &NumberVariable, watching: Expression) -> Panel {
    // Arithmetic with a series makes a series of a number.
    let fixed = log_dollars() * 0.0 + alarms.clone();
    Panel::stacked_series("Observability by kind")
        .describe("USD a month at the rate of each period. `dashboards cost` says what each dashboard and alarm adds, and why.")
        .draw("logs", log_dollars())
        .draw("traces", trace_dollars())
        .draw("metrics and alarms", fixed.clone())
        .draw("looking at dashboards", watching - log_dollars() - trace_dollars() - fixed)
        .width(Width::Half)
}
