//! Grafana: its task, the ways to it, what it shows and may read, and who hears of its end.

use library::{DEPLOYMENT, EVENTS_LOG_GROUP};
use serde_json::Value;

use super::{FUNCTIONS, Plan, each, expected, planned, same};
use crate::files;

/// A container of the task, by its name.
fn container(grafana: &Plan, name: &str) -> Value {
    let task = grafana.one("aws_ecs_task_definition", "this");
    let containers = task.document("/container_definitions");
    let mut containers = containers.as_array().unwrap().iter();
    let found = containers.find(|one| one["name"] == name);
    found
        .unwrap_or_else(|| panic!("no container {name}"))
        .clone()
}

/// A variable of the container `grafana`.
fn variable(grafana: &Plan, name: &str) -> String {
    let container = container(grafana, "grafana");
    let variables = container["environment"].as_array().unwrap();
    let found = variables.iter().find(|one| one["name"] == name);
    let found = found.unwrap_or_else(|| panic!("Grafana is not given {name}"));
    found["value"].as_str().unwrap().to_owned()
}

/// Types of the data sources that are provisioned: the plugins that must run.
fn data_sources() -> Vec<String> {
    let text = files::text("infra/grafana/cloudwatch/datasources/aws.yaml");
    let file: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text).unwrap();
    let sources = file["datasources"].as_sequence().unwrap().iter();
    sources
        .map(|one| one["type"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn dashboards_show_the_environment_whose_grafana_it_is() {
    each("grafana", |environment, grafana| {
        let mut dashboards = 0;
        for object in grafana.all("aws_s3_object") {
            let key = object.text("/key");
            let Some(name) = key.strip_prefix("dashboards/") else {
                continue;
            };
            assert!(
                files::root()
                    .join("infra/rendered/grafana/cloudwatch")
                    .join(name)
                    .exists(),
                "{key} is no dashboard of CloudWatch"
            );
            let dashboard = object.document("/content");
            let variables = dashboard["templating"]["list"].as_array().unwrap();
            let mut shown = variables.iter().filter(|one| one["name"] == "environment");
            let shown = shown
                .next()
                .unwrap_or_else(|| panic!("{key} has no environment"));
            same(
                (&format!("environment of {key}"), &shown["query"]),
                ("the deployed one", &Value::from(environment)),
            );
            dashboards += 1;
        }
        let title = DEPLOYMENT.namespace;
        assert!(dashboards > 3, "only {dashboards} dashboards of {title}");
    });
}

#[test]
fn the_plugins_of_the_data_sources_run_with_the_tasks_credentials() {
    each("grafana", |_, grafana| {
        let fetched = variable(grafana, "GF_PLUGINS_PREINSTALL_SYNC");
        let off = variable(grafana, "GF_PLUGINS_DISABLE_PLUGINS");
        let forwarded = variable(grafana, "GF_PLUGINS_FORWARD_HOST_ENV_VARS");
        for plugin in data_sources() {
            let named = |list: &str| list.split(',').any(|one| one == plugin);
            assert!(!named(&off), "{plugin} is switched off: {off}");
            assert!(named(&forwarded), "{plugin} finds no role: {forwarded}");
            let fetched = fetched.starts_with(&format!("{plugin}@"));
            assert!(plugin == "cloudwatch" || fetched, "{plugin} is not there");
        }
    });
}

#[test]
fn health_is_asked_where_grafana_answers_and_for_long_enough() {
    each("grafana", |_, grafana| {
        let port = variable(grafana, "GF_SERVER_HTTP_PORT");
        let container = container(grafana, "grafana");
        let health = &container["healthCheck"];
        let command = health["command"][1].as_str().unwrap();
        let asked = format!("http://127.0.0.1:{port}/api/health");
        assert!(command.contains(&asked), "{command} is not {asked}");
        let mapped = container["portMappings"][0]["containerPort"].to_string();
        same(
            ("port of the container", mapped),
            ("GF_SERVER_HTTP_PORT", port),
        );
        let seconds = |name: &str| health[name].as_u64().unwrap();
        let patience = seconds("startPeriod") + seconds("interval") * seconds("retries");
        assert!(
            patience >= 600,
            "a fresh database on a quarter of a vCPU has {patience} s"
        );
        let task = grafana.one("aws_ecs_task_definition", "this");
        same(
            (
                "architecture of the task",
                task.text("/runtime_platform/0/cpu_architecture"),
            ),
            ("the priced one", "ARM64"),
        );
    });
}

#[test]
fn the_password_is_where_the_script_puts_it() {
    let script = files::text("infra/aws/scripts/password");
    each("grafana", |environment, grafana| {
        let secret = &container(grafana, "grafana")["secrets"][0];
        let from = secret["valueFrom"].as_str().unwrap();
        let name = script
            .lines()
            .find_map(|line| line.strip_prefix("parameter="));
        let name = name
            .unwrap()
            .trim_matches('"')
            .replace("$environment", environment);
        same(
            ("the task's password", from.split_once(":parameter")),
            (
                "scripts/password's",
                Some((from.split(":parameter").next().unwrap(), name.as_str())),
            ),
        );
    });
}

/// A prefix of log groups, as an ARN in a policy has it.
fn allows(resources: &[String], group: &str) -> bool {
    resources.iter().any(|resource| {
        let (_, pattern) = resource.split_once(":log-group:").unwrap();
        let pattern = pattern.trim_end_matches(":*");
        pattern == group
            || pattern
                .strip_suffix('*')
                .is_some_and(|prefix| group.starts_with(prefix))
    })
}

#[test]
fn grafana_may_query_the_logs_that_dashboards_read() {
    each("grafana", |environment, grafana| {
        let policy = grafana.one("aws_iam_role_policy", "service.aws_iam_role_policy.task");
        let statements = policy.statements("/policy");
        let queries = statements.iter().find(|one| one["sid"] == "LogQueries");
        let resources = queries.unwrap()["resources"].as_array().unwrap();
        let resources: Vec<_> = resources
            .iter()
            .map(|one| one.as_str().unwrap().to_owned())
            .collect();
        let groups = FUNCTIONS.iter();
        let mut groups: Vec<_> = groups
            .map(|name| expected("LogGroupName", environment, name))
            .collect();
        groups.push(EVENTS_LOG_GROUP.replace("{environment}", environment));
        groups.push(format!("/aws/apigateway/sentori-{environment}"));
        for group in groups {
            assert!(
                allows(&resources, &group),
                "{group} is not in the role's {resources:?}"
            );
        }
        let others = format!("/aws/lambda/sentori-{environment}2-run-api");
        assert!(!allows(&resources, &others), "{others} is another's");
    });
}

/// What Grafana's documentation asks for its two data sources, and the lookup of ids by tags.
#[test]
fn grafana_may_read_what_its_data_sources_call() {
    let needed = [
        "cloudwatch:DescribeAlarmHistory",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:DescribeAlarmsForMetric",
        "cloudwatch:GetInsightRuleReport",
        "cloudwatch:GetMetricData",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:ListMetrics",
        "ec2:DescribeRegions",
        "logs:DescribeLogGroups",
        "logs:GetLogEvents",
        "logs:GetLogGroupFields",
        "logs:GetQueryResults",
        "logs:StartQuery",
        "logs:StopQuery",
        "tag:GetResources",
        "xray:BatchGetTraces",
        "xray:GetGroups",
        "xray:GetServiceGraph",
        "xray:GetTimeSeriesServiceStatistics",
        "xray:GetTraceGraph",
        "xray:GetTraceSummaries",
    ];
    each("grafana", |environment, grafana| {
        let policy = grafana.one("aws_iam_role_policy", "service.aws_iam_role_policy.task");
        let statements = policy.statements("/policy");
        let actions = statements
            .iter()
            .flat_map(|one| one["actions"].as_array().unwrap());
        let allowed: Vec<_> = actions.map(|one| one.as_str().unwrap()).collect();
        for action in needed {
            assert!(
                allowed.contains(&action),
                "{environment}: Grafana may not {action}"
            );
        }
    });
}

#[test]
fn nobody_reaches_the_task_but_by_the_chosen_way() {
    each("grafana", |environment, grafana| {
        let rules = grafana.resources.iter();
        let rules = rules.filter(|one| one.kind == "aws_vpc_security_group_ingress_rule");
        let mut ways = 0;
        for rule in rules {
            assert!(
                rule.at("/cidr_ipv4").is_null() && rule.at("/cidr_ipv6").is_null(),
                "{} lets in addresses",
                rule.address
            );
            ways += 1;
        }
        // A tunnel goes out from the task.
        assert_eq!(ways, usize::from(environment != "prod"), "{environment}");
    });
}

#[test]
fn every_request_finds_the_task_with_its_port() {
    let Some(grafana) = planned("staging", "grafana") else {
        return;
    };
    let integration = grafana.one("aws_apigatewayv2_integration", "grafana");
    same(
        ("methods", integration.text("/integration_method")),
        ("what Grafana's pages use", "ANY"),
    );
    let service = grafana.one("aws_service_discovery_service", "this");
    same(
        (
            "record of the task",
            service.text("/dns_config/0/dns_records/0/type"),
        ),
        ("the one with a port", "SRV"),
    );
}

#[test]
fn the_end_of_grafana_is_a_ticket() {
    each("grafana", |environment, grafana| {
        let topic = expected("TopicName", environment, "ticket");
        let topic = topic.as_str();
        let stopped = grafana.one("aws_cloudwatch_event_target", "stopped");
        let mut told = vec![stopped.text("/arn")];
        for alarm in grafana.all("aws_cloudwatch_metric_alarm") {
            let actions = alarm.at("/alarm_actions").as_array().unwrap();
            told.extend(actions.iter().map(|action| action.as_str().unwrap()));
        }
        for arn in told {
            same(
                (
                    "topic of Grafana's end",
                    arn.rsplit(':').next().unwrap_or_default(),
                ),
                ("DEPLOYMENT's for tickets", topic),
            );
        }
    });
}
