//! The system's own bill: what a month of readings takes of each service.

use super::prices::{
    API_REQUEST, FREE_GIGABYTE_SECONDS, FREE_INVOCATIONS, FREE_LOG_GIGABYTES, FREE_TRACES,
    GIGABYTE, GIGABYTE_SECOND, GRAFANA_TASK, INVOCATION, LOAD_BALANCER, LOG_GIGABYTE,
    PUBLIC_ADDRESS, READ_UNIT, SPOT_SHARE, TRACE_RECORDED, WRITE_UNIT,
};
use super::{Area, Assumptions, Grafana, Item};

/// Requests for each reading: itself, and its part of polling, starting and finishing.
const REQUESTS_PER_READING: f64 = 1.1;
/// Ticks of a month, one a minute.
const TICKS: f64 = 43_200.0;
/// Metrics that a tick writes when there is nothing to do: `runs_active`, `runs_available`,
/// and duration and capacity of its two reads.
pub const TICK_METRICS: usize = 6;
/// Billed seconds of an invocation.
const SECONDS_PER_INVOCATION: f64 = 0.010;
/// Gigabytes of memory of a function.
pub(crate) const FUNCTION_GIGABYTES: f64 = 0.5;
/// Write units of a reading: the table and two indexes, below 1 KB each.
pub(super) const WRITES_PER_READING: f64 = 3.0;
/// Bytes of a reading in the table, and as many in each index.
pub(super) const READING_BYTES: f64 = 250.0;
/// Routes beside that of the readings; Terraform throttles each by itself.
pub const OTHER_ROUTES: usize = 10;
/// Read units of a request that reads.
const READS_PER_OTHER_REQUEST: f64 = 4.0;
/// Bytes of an invocation in its function's log: its events and Lambda's own lines.
const LOG_BYTES_PER_INVOCATION: f64 = 1_100.0;
/// Bytes of a request in the API's access log.
const ACCESS_LOG_BYTES_PER_REQUEST: f64 = 300.0;
/// Share of requests that are traced.
pub(super) const TRACED_SHARE: f64 = 0.05;

impl Assumptions {
    /// Requests of a month.
    fn requests(&self) -> f64 {
        self.readings * REQUESTS_PER_READING
    }

    fn invocations(&self) -> f64 {
        self.requests() + TICKS
    }

    /// Gigabytes that the functions log in a month: what log panels scan.
    pub(super) fn log_gigabytes(&self) -> f64 {
        self.invocations() * LOG_BYTES_PER_INVOCATION / GIGABYTE
    }

    /// Traces of a month.
    pub(super) fn traces(&self) -> f64 {
        self.requests() * TRACED_SHARE
    }

    /// What is assumed, in words.
    pub(super) fn describe(&self) -> Vec<String> {
        vec![
            format!(
                "viewers of dashboards: {}, {} hours of each day",
                self.viewers, self.hours
            ),
            format!(
                "metrics have data {} hours of each day, the tick's {TICK_METRICS} always; every combination of dimension values occurs",
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
            format!(
                "{LOG_BYTES_PER_INVOCATION} bytes of logs an invocation, {ACCESS_LOG_BYTES_PER_REQUEST} bytes of access log a request"
            ),
            format!("{} % of requests are traced", TRACED_SHARE * 100.0),
            "viewers spread their time evenly over the dashboards; these refresh once a minute, those that scan logs are loaded 12 times an hour"
                .to_owned(),
            "a load scans the logs and traces of the dashboard's time range, and these spread evenly over the month"
                .to_owned(),
            "list prices of us-east-1; allowances that are always free are taken off, for scans of logs they are not"
                .to_owned(),
        ]
    }
}

/// What serving the API costs.
pub(super) fn items(assumptions: &Assumptions) -> Vec<Item> {
    let item = |name, used, unit, price| Item::new(Area::System, name, used, unit, price);
    let (requests, invocations) = (assumptions.requests(), assumptions.invocations());
    let seconds = invocations * SECONDS_PER_INVOCATION * FUNCTION_GIGABYTES;
    let writes = assumptions.readings * WRITES_PER_READING;
    let reads = (requests - assumptions.readings + TICKS) * READS_PER_OTHER_REQUEST;
    vec![
        item("API requests", requests, "requests", API_REQUEST),
        item("Lambda invocations", invocations, "invocations", INVOCATION).free(FREE_INVOCATIONS),
        item("Lambda duration", seconds, "GB-seconds", GIGABYTE_SECOND).free(FREE_GIGABYTE_SECONDS),
        item("DynamoDB writes", writes, "write units", WRITE_UNIT),
        item("DynamoDB reads", reads, "read units", READ_UNIT),
    ]
}

/// What writing logs and traces costs.
pub(super) fn observability(assumptions: &Assumptions) -> [Item; 2] {
    let access_logs = assumptions.requests() * ACCESS_LOG_BYTES_PER_REQUEST / GIGABYTE;
    let logs = assumptions.log_gigabytes() + access_logs;
    [
        Item::observability("Logs written", logs, "GB", LOG_GIGABYTE).free(FREE_LOG_GIGABYTES),
        Item::observability(
            "Traces recorded",
            assumptions.traces(),
            "traces",
            TRACE_RECORDED,
        )
        .free(FREE_TRACES),
    ]
}

/// USD for a request, whatever it carries.
pub(super) fn request_dollars() -> f64 {
    API_REQUEST
        + INVOCATION
        + SECONDS_PER_INVOCATION * FUNCTION_GIGABYTES * GIGABYTE_SECOND
        + ACCESS_LOG_BYTES_PER_REQUEST / GIGABYTE * LOG_GIGABYTE
        + TRACED_SHARE * TRACE_RECORDED
}

/// USD for a reading in a request: its event and its writes.
pub(super) fn reading_dollars() -> f64 {
    LOG_BYTES_PER_INVOCATION / GIGABYTE * LOG_GIGABYTE + WRITES_PER_READING * WRITE_UNIT
}

/// USD for what any other request does: its event and its reads.
pub(super) fn read_dollars() -> f64 {
    LOG_BYTES_PER_INVOCATION / GIGABYTE * LOG_GIGABYTE + READS_PER_OTHER_REQUEST * READ_UNIT
}

/// What hosting Grafana costs.
pub(super) fn grafana(assumptions: &Assumptions) -> Vec<Item> {
    let addresses =
        |count| Item::observability("Public addresses", count, "addresses", PUBLIC_ADDRESS);
    let share = if assumptions.spot { SPOT_SHARE } else { 1.0 };
    let task = Item::observability("Grafana", 1.0, "tasks", GRAFANA_TASK * share);
    match assumptions.grafana {
        Grafana::None => Vec::new(),
        Grafana::Task => vec![task, addresses(1.0)],
        Grafana::LoadBalanced => vec![
            task,
            Item::observability("Load balancer", 1.0, "load balancers", LOAD_BALANCER),
            addresses(3.0),
        ],
    }
}
