//! What a month of use takes of AWS, measured and said once.

/// What a service takes of AWS for each of the things that it does, such as a reading or
/// an order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Workload {
    /// What it does, in the plural: `readings`.
    pub units: &'static str,
    /// Requests to its API for each: itself, and its part of whatever else is called.
    pub requests: f64,
    /// Invocations of a month that no request makes, such as those of a schedule.
    pub ticks: f64,
    /// Metrics that these write, which are billed while nobody uses the system.
    pub tick_metrics: usize,
    /// Billed seconds of an invocation.
    pub seconds: f64,
    /// Gigabytes of memory of a function.
    pub gigabytes: f64,
    /// DynamoDB's write units for each unit, on the table and its indexes.
    pub writes: f64,
    /// DynamoDB's read units of any other request, and of a tick.
    pub reads: f64,
    /// Bytes of an invocation in its function's log: its events and Lambda's own lines.
    pub log_bytes: f64,
    /// The function whose log group has the units' events, if that is one; others have the rest.
    pub units_logged_by: Option<&'static str>,
    /// Bytes of a request in the API's access log, of the class Infrequent Access.
    pub access_log_bytes: f64,
    /// The share of requests that are traced.
    pub traced: f64,
}

/// A small function: one request for each unit, 10 ms and half a gigabyte, no table and no
/// schedule, an event of half a kilobyte, and Lambda's usual 5 % of requests traced.
impl Default for Workload {
    fn default() -> Self {
        Self {
            units: "requests",
            requests: 1.0,
            ticks: 0.0,
            tick_metrics: 0,
            seconds: 0.01,
            gigabytes: 0.5,
            writes: 0.0,
            reads: 0.0,
            log_bytes: 500.0,
            units_logged_by: None,
            access_log_bytes: 0.0,
            traced: 0.05,
        }
    }
}
