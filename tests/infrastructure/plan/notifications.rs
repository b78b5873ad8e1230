//! Who is told, and who may tell.

use std::collections::BTreeSet;

use serde_json::Value;

use library::workload::WORKLOAD;

use super::{each, planned, same};

#[test]
fn each_recipient_hears_the_topic_that_it_was_named_for() {
    let Some(api) = planned("prod", "api") else {
        return;
    };
    let topic = |address: &str| api.one("aws_sns_topic", address).text("/arn").to_owned();
    let (page, ticket) = (topic("this[\"page\"]"), topic("this[\"ticket\"]"));
    let first = |setting: &str| api.setting(setting)[0].as_str().unwrap().to_owned();
    let named = |setting: &str| api.setting(setting)["pager"].as_str().unwrap().to_owned();
    let expected = BTreeSet::from([
        ("email", first("page_emails"), page.clone()),
        ("email", first("ticket_emails"), ticket.clone()),
        ("https", named("page_webhooks"), page),
        ("https", named("ticket_webhooks"), ticket.clone()),
        (
            "https",
            api.setting("heartbeat_url").as_str().unwrap().to_owned(),
            topic("heartbeat[0]"),
        ),
    ]);
    let subscriptions = api.all("aws_sns_topic_subscription");
    let planned = subscriptions.map(|one| {
        (
            one.text("/protocol"),
            one.text("/endpoint").to_owned(),
            one.text("/topic_arn").to_owned(),
        )
    });
    same(
        ("subscriptions", planned.collect()),
        ("the settings'", expected),
    );
    let budget = api.one("aws_budgets_budget", "monthly");
    let notifications = budget.at("/notification").as_array().unwrap();
    let notified: BTreeSet<_> = notifications
        .iter()
        .map(|one| {
            let threshold = one["threshold"].as_u64().unwrap();
            let to = one["subscriber_sns_topic_arns"][0].as_str().unwrap();
            (one["notification_type"].as_str().unwrap(), threshold, to)
        })
        .collect();
    let documented = BTreeSet::from([
        ("ACTUAL", 80, ticket.as_str()),
        ("FORECASTED", 100, ticket.as_str()),
    ]);
    same(
        ("notifications of the budget", notified),
        ("docs/cost.md's", documented),
    );
}

#[test]
fn alarms_budgets_and_rules_of_this_account_may_publish_and_nobody_else() {
    each("api", |environment, api| {
        for policy in api.all("aws_sns_topic_policy") {
            let statements = policy.statements("/policy");
            let mut publishers = BTreeSet::new();
            for statement in &statements {
                let principals = statement["principals"][0]["identifiers"]
                    .as_array()
                    .unwrap();
                publishers.extend(
                    principals
                        .iter()
                        .map(|one| one.as_str().unwrap().to_owned()),
                );
                let conditions = statement["condition"].as_array().unwrap();
                assert_eq!(
                    conditions.len(),
                    1,
                    "{environment}: {} lets in every account",
                    policy.address
                );
            }
            let expected = [
                "budgets.amazonaws.com",
                "cloudwatch.amazonaws.com",
                "events.amazonaws.com",
            ];
            same(
                (&format!("publishers of {}", policy.address), publishers),
                ("what notifies", expected.map(str::to_owned).into()),
            );
        }
    });
}

#[test]
fn events_reach_the_log_that_dashboards_read() {
    each("api", |environment, api| {
        let deployments = api
            .one("aws_cloudwatch_event_rule", "[\"deployments\"]")
            .document("/event_pattern");
        same(
            ("source of deployments", &deployments["source"][0]),
            (
                "scripts/deployed's",
                &Value::from(format!("sentori.{environment}")),
            ),
        );
        let policy = api.one("aws_cloudwatch_log_resource_policy", "this");
        let statement = &policy.statements("/policy_document")[0];
        let writers = statement["principals"][0]["identifiers"]
            .as_array()
            .unwrap();
        assert!(
            writers.contains(&Value::from("events.amazonaws.com")),
            "{environment}: EventBridge may not write: {writers:?}"
        );
    });
}

/// The runbooks on requests that reached no function ask for these.
#[test]
fn the_access_log_is_where_runbooks_look_and_says_what_they_ask() {
    each("api", |environment, api| {
        let stage = api.one("aws_apigatewayv2_stage", "default");
        let group = api.one(
            "aws_cloudwatch_log_group",
            "http_api.aws_cloudwatch_log_group.access",
        );
        same(
            ("access log", group.text("/name")),
            (
                "docs/runbooks/api-refused.md's",
                &format!("/aws/apigateway/sentori-{environment}"),
            ),
        );
        let destination = stage.text("/access_log_settings/0/destination_arn");
        same(
            ("destination of the access log", destination),
            ("the group's", group.text("/arn")),
        );
        let format = stage.text("/access_log_settings/0/format");
        // What the runbooks' `parse` takes apart; AWS refuses a format without the id.
        let parsed = r#"$context.requestId $context.status "$context.routeKey" "#;
        let rest = match environment {
            "prod" => "$context.integrationErrorMessage $context.authorizer.error",
            _ => "$context.integrationErrorMessage",
        };
        same(
            ("access log", format),
            ("the runbooks'", &*format!("{parsed}{rest}")),
        );
        same(
            ("class of the access log", group.text("/log_group_class")),
            ("the priced one", "INFREQUENT_ACCESS"),
        );
        let line = [
            ("$context.requestId", "JKJaXmPLvHcESHA="),
            ("$context.routeKey", "POST /api/sensors/data"),
            ("$context.status", "201"),
            ("$context.integrationErrorMessage", "-"),
            ("$context.authorizer.error", "-"),
        ]
        .iter()
        .fold(format.to_owned(), |line, (variable, value)| {
            line.replace(variable, value)
        });
        assert!(!line.contains('$'), "{line}");
        if environment == "prod" {
            same(
                ("bytes of a reading in the access log", line.len()),
                ("the priced ones", WORKLOAD.access_log_bytes as usize),
            );
        }
    });
}
