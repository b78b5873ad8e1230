//! What each optional choice costs.

use dashboards::cost::Assumptions;
use dashboards::cost::prices::*;
use dashboards::model::{Library, Profile};

use super::tables::{IDLE, MILLION, month};
use crate::workload::{READING_BYTES, WORKLOAD};

/// The table: what there is to choose, then what is not there and why that is cheap.
pub(super) fn table(library: &Library) -> String {
    let rows = [grafana(library), api(library), avoided()].concat();
    format!("| choice | USD a month | |\n|---|--:|---|\n{rows}")
}

fn row(choice: &str, dollars: f64, what: &str) -> String {
    format!("| {choice} | {dollars:+.2} | {what} |\n")
}

fn grafana(library: &Library) -> String {
    let in_use = Assumptions {
        hours: 8.0,
        units: MILLION,
        ..IDLE
    };
    let looked_at = Assumptions {
        viewers: 1.0,
        ..in_use
    };
    let viewer = month(library, looked_at) - month(library, in_use);
    let balanced = LOAD_BALANCER + 2.0 * PUBLIC_ADDRESS;
    let memory = HOURS_PER_MONTH * TASK_GIGABYTE_HOUR;
    let https = HOSTED_ZONE + REGISTERED_INSTANCE;
    [
        row(
            "`access = \"https\"`",
            https,
            "over a tunnel: the namespace in which the HTTP API finds the task",
        ),
        row(
            "`access = \"load_balancer\"`",
            balanced,
            "over a tunnel: the balancer and its two addresses",
        ),
        row(
            "`spot = true`",
            GRAFANA_TASK * (SPOT_SHARE - 1.0),
            "Grafana's task; Spot's price moves",
        ),
        row(
            "`cpu = 512`, `memory_mb = 2048`",
            GRAFANA_TASK,
            "Grafana's task once more",
        ),
        row(
            "`memory_mb = 2048` alone",
            memory,
            "if Grafana's task fills its memory",
        ),
        row(
            "a person with a dashboard open, eight hours a day",
            viewer,
            "at a million readings a month, evenly over the dashboards",
        ),
    ]
    .concat()
}

fn api(library: &Library) -> String {
    let idle = month(library, IDLE);
    let prod = month(
        library,
        Assumptions {
            profile: Profile::Prod,
            ..IDLE
        },
    );
    let million = MILLION * READING_BYTES / GIGABYTE;
    let stored = million * WORKLOAD.writes * STORED_GIGABYTE;
    let traced = MILLION * TRACE_RECORDED;
    let ready = WORKLOAD.gigabytes * SECONDS_PER_MONTH * PROVISIONED_GIGABYTE_SECOND;
    [
        row("`alarm_profile = \"prod\"`", prod - idle, "over dev"),
        row(
            "`domain_name`",
            HOSTED_ZONE,
            "the hosted zone, if it is not there already; certificates are free",
        ),
        row(
            "`point_in_time_recovery_days`",
            million * RECOVERY_GIGABYTE,
            "for each million readings that are kept, however many days",
        ),
        row(
            "readings that are kept",
            stored,
            "for each million, on the table and both indexes, beyond 25 GB",
        ),
        row("`retention_days`", 0.0, "deleting by time to live is free"),
        row(
            "`log_retention_days`",
            KEPT_LOG_GIGABYTE,
            "for each GB and month kept",
        ),
        row(
            "`reserve_concurrency`",
            0.0,
            "free; with throttling it bounds what a flood costs, and new accounts have no quota for it",
        ),
        row(
            "`page_webhooks`",
            0.0,
            "a million calls of a webhook are 0.60",
        ),
        row(
            "`log_source_address`",
            MILLION * 24.0 / GIGABYTE * INFREQUENT_LOG_GIGABYTE,
            "a million requests",
        ),
        row(
            "provisioned concurrency",
            ready,
            "an instance; none is used, since a cold start takes milliseconds",
        ),
        row(
            "`trace_sampling_rates` of 1",
            traced * (1.0 - WORKLOAD.traced),
            "a million requests, over a reading of two hundred and another request of twenty",
        ),
        row(
            "a dimension value more",
            CUSTOM_METRIC,
            "for each metric that has it, beyond the ten that are free",
        ),
        row(
            "another environment",
            idle,
            "dev without Grafana, while free allowances last",
        ),
    ]
    .concat()
}

fn avoided() -> String {
    let rest = MILLION * (REST_REQUEST - API_REQUEST);
    [
        row(
            "a NAT gateway",
            NAT_GATEWAY + PUBLIC_ADDRESS,
            "a zone; none is needed",
        ),
        row(
            "an interface endpoint",
            ENDPOINT,
            "a service and zone; none is needed",
        ),
        row(
            "`kms_key_arn`",
            CUSTOMER_KEY,
            "a key of your own for tables, logs, topics, Grafana's password and the state; the keys of AWS are free",
        ),
        row(
            "`backup_vault_arn`",
            13.0 * MILLION * READING_BYTES / GIGABYTE * BACKUP_GIGABYTE,
            "for each million readings, once `backup_days` = 400 have filled with monthly copies; [restore](restore.md)",
        ),
        row(
            "a REST API instead of the HTTP API",
            rest,
            "a million requests",
        ),
        row(
            "a firewall for web applications",
            FIREWALL + FIREWALL_RULE,
            "with one rule, and 0.60 a million requests; an HTTP API cannot have one",
        ),
    ]
    .concat()
}
