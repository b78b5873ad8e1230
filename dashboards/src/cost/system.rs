//! The system's own bill: what a month of work takes of each service.

use super::prices::{
    API_REQUEST, FREE_GIGABYTE_SECONDS, FREE_INVOCATIONS, FREE_LOG_GIGABYTES, FREE_TRACES,
    GIGABYTE, GIGABYTE_SECOND, GRAFANA_TASK, HOSTED_ZONE, INFREQUENT_LOG_GIGABYTE, INVOCATION,
    LOAD_BALANCER, LOG_GIGABYTE, PUBLIC_ADDRESS, READ_UNIT, REGISTERED_INSTANCE, SPOT_SHARE,
    TRACE_RECORDED, WRITE_UNIT,
};
use super::{Area, Assumptions, Grafana, Item};
use crate::model::Workload;
use crate::model::logs::LogQuery;

/// A month of a workload.
pub(super) struct Month<'a> {
    pub(super) workload: &'a Workload,
    pub(super) assumptions: &'a Assumptions,
}

impl Month<'_> {
    fn requests(&self) -> f64 {
        self.assumptions.units * self.workload.requests
    }

    fn invocations(&self) -> f64 {
        self.requests() + self.workload.ticks
    }

    /// Gigabytes that the functions log.
    fn log_gigabytes(&self) -> f64 {
        self.invocations() * self.workload.log_bytes / GIGABYTE
    }

    /// Gigabytes that a query over all of the month would scan: a group in which no unit is
    /// logged has what else there is.
    pub(super) fn scanned_gigabytes(&self, query: &LogQuery) -> f64 {
        let busiest = self.workload.units_logged_by;
        let spared = match busiest {
            Some(busiest) if query.groups.iter().all(|group| group.name != busiest) => {
                self.assumptions.units * self.workload.log_bytes / GIGABYTE
            }
            _ => 0.0,
        };
        self.log_gigabytes() - spared
    }

    pub(super) fn traces(&self) -> f64 {
        self.requests() * self.workload.traced
    }

    /// What is assumed, in words.
    pub(super) fn describe(&self) -> Vec<String> {
        let Workload {
            units,
            requests,
            ticks,
            tick_metrics,
            seconds,
            gigabytes,
            writes,
            reads,
            log_bytes,
            units_logged_by: _,
            access_log_bytes,
            traced,
        } = self.workload;
        let Assumptions { viewers, hours, .. } = self.assumptions;
        vec![
            format!("viewers of dashboards: {viewers}, {hours} hours of each day"),
            format!(
                "metrics have data {hours} hours of each day, {tick_metrics} of the schedule always; every combination of dimension values occurs"
            ),
            format!(
                "{} {units} a month, {requests} requests for each",
                self.assumptions.units
            ),
            format!("{ticks} invocations a month by the schedule"),
            format!("{seconds} s and {gigabytes} GB an invocation"),
            format!(
                "{writes} write units for each of the {units}, {reads} read units any other request"
            ),
            format!(
                "{log_bytes} bytes of logs an invocation, {access_log_bytes} bytes of access log a request"
            ),
            format!("{} % of requests are traced", traced * 100.0),
            "viewers spread their time evenly over the dashboards, and load each as often as it refreshes, at least 12 times an hour"
                .to_owned(),
            "a load scans the log groups and traces that open panels name, for the dashboard's time range; these spread evenly over the month"
                .to_owned(),
            "list prices of us-east-1; allowances that are always free are taken off, for scans of logs they are not"
                .to_owned(),
        ]
    }

    /// What serving the API costs.
    pub(super) fn items(&self) -> Vec<Item> {
        let item = |name, used, unit, price| Item::new(Area::System, name, used, unit, price);
        let (units, workload) = (self.assumptions.units, self.workload);
        let (requests, invocations) = (self.requests(), self.invocations());
        let seconds = invocations * workload.seconds * workload.gigabytes;
        let reads = (requests - units + workload.ticks) * workload.reads;
        vec![
            item("API requests", requests, "requests", API_REQUEST),
            item("Lambda invocations", invocations, "invocations", INVOCATION)
                .free(FREE_INVOCATIONS),
            item("Lambda duration", seconds, "GB-seconds", GIGABYTE_SECOND)
                .free(FREE_GIGABYTE_SECONDS),
            item(
                "DynamoDB writes",
                units * workload.writes,
                "write units",
                WRITE_UNIT,
            ),
            item("DynamoDB reads", reads, "read units", READ_UNIT),
        ]
    }

    /// What writing logs and traces costs.
    pub(super) fn observability(&self) -> [Item; 3] {
        let access_logs = self.requests() * self.workload.access_log_bytes / GIGABYTE;
        let logs = self.log_gigabytes();
        let traces = self.traces();
        [
            Item::observability("Logs written", logs, "GB", LOG_GIGABYTE).free(FREE_LOG_GIGABYTES),
            Item::observability(
                "Access log written",
                access_logs,
                "GB",
                INFREQUENT_LOG_GIGABYTE,
            ),
            Item::observability("Traces recorded", traces, "traces", TRACE_RECORDED)
                .free(FREE_TRACES),
        ]
    }
}

impl Workload {
    /// USD for a request and its event, whatever it carries.
    pub fn request_dollars(&self) -> f64 {
        API_REQUEST
            + INVOCATION
            + self.seconds * self.gigabytes * GIGABYTE_SECOND
            + self.log_bytes / GIGABYTE * LOG_GIGABYTE
            + self.access_log_bytes / GIGABYTE * INFREQUENT_LOG_GIGABYTE
            + self.traced * TRACE_RECORDED
    }

    /// USD for the writes of a unit.
    pub fn unit_dollars(&self) -> f64 {
        self.writes * WRITE_UNIT
    }

    /// USD for the reads of any other request.
    pub fn read_dollars(&self) -> f64 {
        self.reads * READ_UNIT
    }
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
        Grafana::Https => vec![
            task,
            addresses(1.0),
            Item::observability(
                "Cloud Map",
                1.0,
                "namespaces",
                HOSTED_ZONE + REGISTERED_INSTANCE,
            ),
        ],
        Grafana::LoadBalanced => vec![
            task,
            Item::observability("Load balancer", 1.0, "load balancers", LOAD_BALANCER),
            addresses(3.0),
        ],
    }
}
