//! The price table: the only place where prices are written.
//!
//! List prices of us-east-1 without free tiers, as of 2026-11; eu-west-3 is 10 to 20 %
//! dearer. Sources, below <https://aws.amazon.com>: `/cloudwatch/pricing`, `/xray/pricing`,
//! `/lambda/pricing`, `/api-gateway/pricing`, `/dynamodb/pricing/on-demand`,
//! `/fargate/pricing`, `/elasticloadbalancing/pricing`, `/vpc/pricing` (addresses, NAT),
//! `/privatelink/pricing`, `/route53/pricing`, `/cloud-map/pricing`, `/kms/pricing`, `/waf/pricing`.

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
/// USD for a gigabyte of logs written to a group of the class Infrequent Access.
pub const INFREQUENT_LOG_GIGABYTE: f64 = 0.25;
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

/// Hours of a month, as AWS counts them.
pub const HOURS_PER_MONTH: f64 = 730.0;
/// USD for a vCPU of Fargate on arm64 and hour.
pub const VCPU_HOUR: f64 = 0.032_38;
/// USD for a gigabyte of memory of Fargate on arm64 and hour.
pub const TASK_GIGABYTE_HOUR: f64 = 0.003_56;
/// What Spot takes of Fargate's price; it moves with demand.
pub const SPOT_SHARE: f64 = 0.30;
/// USD for Grafana's task (0.25 vCPU, 1 GB) and month.
pub const GRAFANA_TASK: f64 = HOURS_PER_MONTH * (0.25 * VCPU_HOUR + TASK_GIGABYTE_HOUR);
/// USD for a public IPv4 address and month.
pub const PUBLIC_ADDRESS: f64 = HOURS_PER_MONTH * 0.005;
/// USD for an application load balancer and month, without its addresses and nearly idle.
pub const LOAD_BALANCER: f64 = HOURS_PER_MONTH * 0.022_5;
/// USD for a NAT gateway and month, without its address.
pub const NAT_GATEWAY: f64 = HOURS_PER_MONTH * 0.045;
/// USD for an interface endpoint in one zone and month.
pub const ENDPOINT: f64 = HOURS_PER_MONTH * 0.01;

/// USD for a gigabyte that DynamoDB stores and month; the first 25 are free.
pub const STORED_GIGABYTE: f64 = 0.25;
/// USD for a gigabyte of table with point-in-time recovery and month.
pub const RECOVERY_GIGABYTE: f64 = 0.20;
/// USD for a gigabyte of a table in a backup vault and month.
pub const BACKUP_GIGABYTE: f64 = 0.10;
/// USD for a gigabyte of logs that is kept and month.
pub const KEPT_LOG_GIGABYTE: f64 = 0.03;
/// USD for a gigabyte-second of Lambda that is kept ready, on arm64.
pub const PROVISIONED_GIGABYTE_SECOND: f64 = 0.000_003_333_4;
/// USD for a request to a REST API.
pub const REST_REQUEST: f64 = 3.50 / 1_000_000.0;
/// USD for a hosted zone and month.
pub const HOSTED_ZONE: f64 = 0.50;
/// USD for an instance that Cloud Map knows and month, beside its namespace's zone.
pub const REGISTERED_INSTANCE: f64 = 0.10;
/// USD for a customer-managed key and month.
pub const CUSTOMER_KEY: f64 = 1.00;
/// USD for a web application firewall and month, without rules.
pub const FIREWALL: f64 = 5.00;
/// USD for a rule of it and month.
pub const FIREWALL_RULE: f64 = 1.00;
