//! Each setting arrives where it counts, whatever it is: those of `prod` are no defaults.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{FUNCTIONS, Plan, planned, same};

/// Numbers, texts and null as the text that an environment variable or another API takes.
fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Checks that every resource of a kind has a setting's value somewhere.
fn arrives(component: &Plan, setting: &str, kind: &str, path: &str) {
    for resource in component.all(kind) {
        same(
            (
                &format!("{path} of {}", resource.address),
                written(resource.at(path)),
            ),
            (
                &format!("the setting {setting}"),
                written(component.setting(setting)),
            ),
        );
    }
}

#[test]
fn functions_are_told_what_was_set() {
    let Some(api) = planned("prod", "api") else {
        return;
    };
    for (variable, setting) in [
        ("ENVIRONMENT", "environment"),
        ("GRAFANA_URL", "grafana_url"),
        ("MAX_CONCURRENT_RUNS", "max_concurrent_runs"),
        ("LEASE_GRACE_SECONDS", "lease_grace_seconds"),
        ("AUTHENTICATION", "authentication"),
        ("JWT_USER_CLAIM", "jwt_user_claim"),
        ("JWT_INTERRUPT_SCOPE", "jwt_interrupt_scope"),
        ("RETENTION_DAYS", "retention_days"),
    ] {
        let path = format!("/environment/0/variables/{variable}");
        arrives(&api, setting, "aws_lambda_function", &path);
    }
}

#[test]
fn the_api_is_what_was_set() {
    let Some(api) = planned("prod", "api") else {
        return;
    };
    for (setting, kind, path) in [
        ("memory_mb", "aws_lambda_function", "/memory_size"),
        ("timeout_seconds", "aws_lambda_function", "/timeout"),
        (
            "log_retention_days",
            "aws_cloudwatch_log_group",
            "/retention_in_days",
        ),
        ("kms_key_arn", "aws_cloudwatch_log_group", "/kms_key_id"),
        ("kms_key_arn", "aws_sns_topic", "/kms_master_key_id"),
        (
            "jwt_issuer",
            "aws_apigatewayv2_authorizer",
            "/jwt_configuration/0/issuer",
        ),
        (
            "jwt_audience",
            "aws_apigatewayv2_authorizer",
            "/jwt_configuration/0/audience",
        ),
        ("monthly_budget_usd", "aws_budgets_budget", "/limit_amount"),
        (
            "permissions_boundary",
            "aws_iam_role",
            "/permissions_boundary",
        ),
    ] {
        arrives(&api, setting, kind, path);
    }
    let authorizer = api.one("aws_apigatewayv2_authorizer", "jwt[0]");
    same(
        ("where a token is", authorizer.at("/identity_sources")),
        (
            "what clients send",
            &serde_json::json!(["$request.header.Authorization"]),
        ),
    );
    let route = api.one("aws_apigatewayv2_route", "interrupt-all\"]");
    same(
        (
            "scope of interrupt-all at the gateway",
            route.at("/authorization_scopes/0"),
        ),
        ("the functions'", api.setting("jwt_interrupt_scope")),
    );
}

/// DynamoDB and SSM use a key of your own in the name of whoever calls them.
#[test]
fn who_reads_what_a_key_encrypts_may_use_the_key() {
    let (Some(api), Some(grafana)) = (planned("prod", "api"), planned("prod", "grafana")) else {
        return;
    };
    let functions = FUNCTIONS.iter().map(|name| {
        let policy = format!("function[\"{name}\"].aws_iam_role_policy.key[0]");
        (&api, policy)
    });
    let task = (&grafana, "service.aws_iam_role_policy.execution".to_owned());
    for (component, policy) in functions.chain([task]) {
        let statements = component
            .one("aws_iam_role_policy", &policy)
            .statements("/policy");
        let decrypts = |statement: &&Value| {
            statement["actions"]
                .as_array()
                .unwrap()
                .contains(&Value::from("kms:Decrypt"))
        };
        let statement = statements.iter().find(decrypts);
        let statement = statement.unwrap_or_else(|| panic!("{policy} may not decrypt"));
        same(
            (&format!("key in {policy}"), &statement["resources"][0]),
            ("kms_key_arn", component.setting("kms_key_arn")),
        );
    }
}

#[test]
fn the_tables_are_what_was_set() {
    let Some(data) = planned("prod", "data") else {
        return;
    };
    for (setting, path) in [
        ("deletion_protection", "/deletion_protection_enabled"),
        (
            "point_in_time_recovery_days",
            "/point_in_time_recovery/0/recovery_period_in_days",
        ),
        ("kms_key_arn", "/server_side_encryption/0/kms_key_arn"),
    ] {
        arrives(&data, setting, "aws_dynamodb_table", path);
    }
    let backup = data.one("aws_backup_plan", "this");
    same(
        (
            "destination of a backup",
            backup.at("/rule/0/copy_action/0/destination_vault_arn"),
        ),
        ("backup_vault_arn", data.setting("backup_vault_arn")),
    );
    same(
        (
            "days that a copy is kept",
            backup.at("/rule/0/copy_action/0/lifecycle/0/delete_after"),
        ),
        ("backup_days", data.setting("backup_days")),
    );
    let tables: BTreeSet<_> = data
        .all("aws_dynamodb_table")
        .map(|table| table.text("/arn"))
        .collect();
    let selection = data.one("aws_backup_selection", "this").at("/resources");
    let selected: BTreeSet<_> = selection
        .as_array()
        .unwrap()
        .iter()
        .map(|arn| arn.as_str().unwrap())
        .collect();
    same(("what is backed up", selected), ("both tables", tables));
}

#[test]
fn grafana_is_what_was_set() {
    let Some(grafana) = planned("prod", "grafana") else {
        return;
    };
    for (setting, kind, path) in [
        ("cpu", "aws_ecs_task_definition", "/cpu"),
        ("memory_mb", "aws_ecs_task_definition", "/memory"),
        (
            "log_retention_days",
            "aws_cloudwatch_log_group",
            "/retention_in_days",
        ),
        ("kms_key_arn", "aws_cloudwatch_log_group", "/kms_key_id"),
        (
            "permissions_boundary",
            "aws_iam_role",
            "/permissions_boundary",
        ),
    ] {
        arrives(&grafana, setting, kind, path);
    }
}

#[test]
fn alarms_are_those_of_the_profile_and_know_the_quota() {
    let (Some(some), Some(all)) = (planned("staging", "api"), planned("prod", "api")) else {
        return;
    };
    let alarms = |api: &Plan| {
        let found = api.resources.iter();
        found.filter(|one| one.kind.ends_with("_alarm")).count()
    };
    assert!(
        alarms(&some) <= 10,
        "the profile dev has {} alarms, but ten are free",
        alarms(&some)
    );
    assert!(
        alarms(&all) > alarms(&some),
        "prod watches no more than dev"
    );
    let quota = all.setting("lambda_concurrency").as_f64().unwrap();
    let alarm = all.one("aws_cloudwatch_metric_alarm", "account_concurrency[0]");
    same(
        (
            "threshold of account-concurrency",
            alarm.at("/threshold").as_f64(),
        ),
        ("80% of lambda_concurrency", Some(0.8 * quota)),
    );
}

#[test]
fn throttling_is_what_the_page_on_scale_says() {
    let Some(api) = planned("prod", "api") else {
        return;
    };
    let stage = api.one("aws_apigatewayv2_stage", "default");
    for (path, wanted) in [
        ("/route_settings/0/throttling_rate_limit", 50),
        ("/route_settings/0/throttling_burst_limit", 200),
        ("/default_route_settings/0/throttling_rate_limit", 10),
        ("/default_route_settings/0/throttling_burst_limit", 20),
    ] {
        same(
            (path, stage.at(path).as_u64()),
            ("docs/scale.md's for 50 readings a second", Some(wanted)),
        );
    }
    same(
        (
            "route of its own",
            stage.text("/route_settings/0/route_key"),
        ),
        ("ingestion", "POST /api/sensors/data"),
    );
}

#[test]
fn callers_may_invoke_the_live_version_and_no_other() {
    let Some(api) = planned("prod", "api") else {
        return;
    };
    for name in FUNCTIONS {
        let alias = api.one(
            "aws_lambda_alias",
            &format!("function[\"{name}\"].aws_lambda_alias.live"),
        );
        let permission = api.one("aws_lambda_permission", &format!("api[\"{name}\"]"));
        same(
            (
                &format!("permission on {name} for"),
                permission.at("/qualifier"),
            ),
            ("the alias that routes go to", alias.at("/name")),
        );
    }
    let alias = api.one(
        "aws_lambda_alias",
        "function[\"run-api\"].aws_lambda_alias.live",
    );
    let tick = api.one(
        "aws_iam_role_policy",
        "module.tick.aws_iam_role_policy.invoke",
    );
    same(
        (
            "what the tick may invoke",
            &tick.statements("/policy")[0]["resources"][0],
        ),
        ("the alias of run-api", alias.at("/arn")),
    );
    let window = api.one("aws_scheduler_schedule", "this");
    same(
        (
            "window of the tick",
            window.text("/flexible_time_window/0/mode"),
        ),
        ("the minute that an alarm counts", "OFF"),
    );
}
