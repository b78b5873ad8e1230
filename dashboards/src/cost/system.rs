//! The system's own bill: what a month of readings takes of each service.

use super::prices::{
    API_REQUEST, FREE_GIGABYTE_SECONDS, FREE_INVOCATIONS, FREE_LOG_GIGABYTES, FREE_TRACES,
    GIGABYTE, GIGABYTE_SECOND, GRAFANA_TASK, INVOCATION, LOAD_BALANCER, LOG_GIGABYTE,
    PUBLIC_ADDRESS, READ_UNIT, TRACE_RECORDED, WRITE_UNIT,
};
use super::{Area, Assumptions, Grafana, Item};

/// Requests for each reading: itself, and its part of polling, starting and finishing.
const REQUESTS_PER_READING: f64 = 1.1;
/// Ticks of a month, one a minute.
const TICKS: f64 = 43_200.0;
/// Billed seconds of an invocation.
const SECONDS_PER_INVOCATION: f64 = 0.010;
/// Gigabytes of memory of a function.
pub(crate) const FUNCTION_GIGABYTES: f64 = 0.5;
/// Write units of a reading: the table and two indexes, below 1 KB each.
const WRITES_PER_READING: f64 = 3.0;
/// Read units of a request that reads.
const READS_PER_OTHER_REQUEST: f64 = 4.0;
/// Bytes of an invocation in the log: its event and Lambda's own lines.
const LOG_BYTES_PER_INVOCATION: f64 = 1_100.0;
/// Share of requests that are traced.
const TRACED_SHARE: f64 = 0.05;

impl Assumptions {
    /// Requests of a month.
    fn requests(&self) -> f64 {
        self.readings * REQUESTS_PER_READING
    }

    fn invocations(&self) -> f64 {
        self.requests() + TICKS
    }

    /// Gigabytes of logs of a month.
    pub(super) fn log_gigabytes(&self) -> f64 {
        self.invocations() * LOG_BYTES_PER_INVOCATION / GIGABYTE
    }

    /// What is assumed, in words.
    pub(super) fn describe(&self) -> Vec<String> {
        vec![
            format!(
                "{} people have a dashboard open {} hours of each day",
                self.viewers, self.hours
            ),
            format!(
                "metrics have data {} hours of each day; every combination of dimension values occurs",
                self.hours
            ),
            format!(
                "{} readings a month, {REQUESTS_PER_READING} requests for each",
                self.readings
            ),
            format!("{TICKS} ticks a month"),
            format!("{SECONDS_PER_INVOCATION} s and {FUNCTION_GIGABYTES} GB an invocation"),
            format!(
                "{WRITES_PER_READING} write units a reading, {READS_PER_OTHER_REQUEST} read units any other request"
            ),
            format!("{LOG_BYTES_PER_INVOCATION} bytes of logs an invocation"),
            format!("{} % of requests are traced", TRACED_SHARE * 100.0),
            "dashboards refresh once a minute; those that scan logs are loaded 12 times an hour"
                .to_owned(),
            "list prices of us-east-1, allowances that are always free taken off".to_owned(),
        ]
    }
}

/// What serving the API costs.
pub(super) fn items(assumptions: &Assumptions) -> Vec<Item> {
    let item = |name, quantity, unit, price| Item::new(Area::System, name, quantity, unit, price);
    let invocations = assumptions.invocations();
    let seconds = invocations * SECONDS_PER_INVOCATION * FUNCTION_GIGABYTES;
    let other = assumptions.requests() - assumptions.readings + TICKS;
    vec![
        item(
            "API requests",
            assumptions.requests(),
            "requests",
            API_REQUEST,
        ),
        item(
            "Lambda invocations",
            (invocations - FREE_INVOCATIONS).max(0.0),
            "invocations",
            INVOCATION,
        ),
        item(
            "Lambda duration",
            (seconds - FREE_GIGABYTE_SECONDS).max(0.0),
            "GB-seconds",
            GIGABYTE_SECOND,
        ),
        item(
            "DynamoDB writes",
            assumptions.readings * WRITES_PER_READING,
            "write units",
            WRITE_UNIT,
        ),
        item(
            "DynamoDB reads",
            other * READS_PER_OTHER_REQUEST,
            "read units",
            READ_UNIT,
        ),
    ]
}

/// What writing logs and traces costs.
pub(super) fn observability(assumptions: &Assumptions) -> [Item; 2] {
    let logs = (assumptions.log_gigabytes() - FREE_LOG_GIGABYTES).max(0.0);
    let traces = (assumptions.requests() * TRACED_SHARE - FREE_TRACES).max(0.0);
    [
        Item::observability("Logs written", logs, "GB", LOG_GIGABYTE),
        Item::observability("Traces", traces, "traces", TRACE_RECORDED),
    ]
}

/// What hosting Grafana costs.
pub(super) fn grafana(hosting: Grafana) -> Vec<Item> {
    let addresses =
        |count| Item::observability("Public addresses", count, "addresses", PUBLIC_ADDRESS);
    let task = Item::observability("Grafana", 1.0, "tasks", GRAFANA_TASK);
    match hosting {
        Grafana::None => Vec::new(),
        Grafana::Task => vec![task, addresses(1.0)],
        Grafana::LoadBalanced => vec![
            task,
            Item::observability("Load balancer", 1.0, "load balancers", LOAD_BALANCER),
            addresses(3.0),
        ],
    }
}
