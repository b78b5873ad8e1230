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
    /// Bytes of a request in the API's access log.
    pub access_log_bytes: f64,
    /// The share of requests that are traced.
    pub traced: f64,
}
