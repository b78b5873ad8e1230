//! The price table: the only place where prices are written.
//!
//! List prices of us-east-1 without free tiers, as of 2026-11; eu-west-3 is 10 to 20 %
//! dearer. Sources: the services' pricing pages.

/// When the prices were looked up.
pub const AS_OF: &str = "2026-11";

/// Seconds of a month of 30 days.
pub const SECONDS_PER_MONTH: f64 = 2_592_000.0;

/// USD for a custom metric and month.
pub const CUSTOM_METRIC: f64 = 0.30;
/// USD for a metric of an alarm and month, at standard resolution.
pub const ALARM_METRIC: f64 = 0.10;
/// Metrics of alarms that are free.
pub const FREE_ALARM_METRICS: usize = 10;
/// USD for a composite alarm and month.
pub const COMPOSITE_ALARM: f64 = 0.50;
/// USD for a metric that `GetMetricData` returns.
pub const QUERIED_METRIC: f64 = 0.01 / 1_000.0;
/// USD for a gigabyte of logs written.
pub const LOG_GIGABYTE: f64 = 0.50;
/// USD for a gigabyte that Logs Insights scans.
pub const SCANNED_GIGABYTE: f64 = 0.005;
/// USD for a trace recorded by X-Ray.
pub const TRACE_RECORDED: f64 = 5.0 / 1_000_000.0;
/// USD for a trace that X-Ray returns or scans.
pub const TRACE_RETRIEVED: f64 = 0.50 / 1_000_000.0;
/// USD for a Lambda invocation.
pub const INVOCATION: f64 = 0.20 / 1_000_000.0;
/// USD for a gigabyte-second of Lambda on arm64.
pub const GIGABYTE_SECOND: f64 = 0.000_013_333_4;
/// USD for a request to an HTTP API.
pub const API_REQUEST: f64 = 1.00 / 1_000_000.0;
/// USD for a write unit of DynamoDB on demand.
pub const WRITE_UNIT: f64 = 0.625 / 1_000_000.0;
/// USD for a read unit of DynamoDB on demand.
pub const READ_UNIT: f64 = 0.125 / 1_000_000.0;

/// Bytes of a gigabyte, as AWS bills them.
pub const GIGABYTE: f64 = 1_073_741_824.0;

/// Custom metrics that are free.
pub const FREE_CUSTOM_METRICS: usize = 10;
/// Gigabytes of logs, written and scanned together, that are free.
pub const FREE_LOG_GIGABYTES: f64 = 5.0;
/// Recorded traces that are free.
pub const FREE_TRACES: f64 = 100_000.0;
/// Traces returned or scanned that are free.
pub const FREE_TRACES_RETRIEVED: f64 = 1_000_000.0;
/// Lambda invocations that are free.
pub const FREE_INVOCATIONS: f64 = 1_000_000.0;
/// Gigabyte-seconds of Lambda that are free.
pub const FREE_GIGABYTE_SECONDS: f64 = 400_000.0;

/// USD for Grafana's task (0.25 vCPU, 0.5 GB, arm64) and month.
pub const GRAFANA_TASK: f64 = 7.20;
/// USD for a public IPv4 address and month.
pub const PUBLIC_ADDRESS: f64 = 3.65;
/// USD for an application load balancer and month, without its addresses.
pub const LOAD_BALANCER: f64 = 16.40;
