//! Policies: nothing is allowed on `*` that can be scoped, and no more than what the store calls.

use std::collections::BTreeSet;

use catalogue::DynamoOperation;
use handlers::store::tables::{RUNS, SENSOR_DATA};
use hcl::{Block, Expression};
use telemetry::Dimension;

use super::files;
use super::terraform::{Module, attribute, elements, nested};

/// Actions of our policies that AWS accepts for `*` only (Service Authorization Reference).
const WITHOUT_RESOURCE: &[&str] = &[
    "cloudwatch:DescribeAlarmHistory",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:DescribeAlarmsForMetric",
    "cloudwatch:GetInsightRuleReport",
    "cloudwatch:GetMetricData",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:ListMetrics",
    "ec2:DescribeRegions",
    "logs:DescribeLogGroups",
    "logs:GetQueryResults",
    "logs:StopQuery",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "tag:GetResources",
    "xray:BatchGetTraces",
    "xray:GetGroups",
    "xray:GetServiceGraph",
    "xray:GetTimeSeriesServiceStatistics",
    "xray:GetTraceGraph",
    "xray:GetTraceSummaries",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// A statement that allows something to a role.
struct Statement {
    /// Module and policy, for messages.
    place: String,
    actions: BTreeSet<String>,
    /// Each resource as it is written.
    resources: Vec<String>,
}

fn statements(module: &str) -> Vec<Statement> {
    let read = Module::read(module);
    let policies = read
        .blocks("data")
        .filter(|block| block.labels()[0].as_str() == "aws_iam_policy_document");
    policies
        .flat_map(|policy| statements_of(module, policy))
        .collect()
}

/// Statements without principals: those with one are trust and resource policies.
fn statements_of(module: &str, policy: &Block) -> Vec<Statement> {
    let dynamic = nested(policy, "dynamic").flat_map(|block| nested(block, "content"));
    nested(policy, "statement")
        .chain(dynamic)
        .filter(|statement| nested(statement, "principals").next().is_none())
        .map(|statement| Statement {
            place: format!("{module}: {}", policy.labels()[1].as_str()),
            actions: elements(attribute(statement, "actions").unwrap())
                .iter()
                .map(plain)
                .collect(),
            resources: resources(attribute(statement, "resources").unwrap()),
        })
        .collect()
}

fn resources(expression: &Expression) -> Vec<String> {
    match expression {
        Expression::Array(elements) => elements.iter().map(plain).collect(),
        computed => vec![computed.to_string()],
    }
}

/// A literal without its quotes, any other expression as it is written.
fn plain(expression: &Expression) -> String {
    expression.to_string().trim_matches('"').to_owned()
}

#[test]
fn nothing_is_allowed_on_everything_that_can_be_scoped() {
    let mut checked = 0;
    for statement in Module::all().iter().flat_map(|(name, _)| statements(name)) {
        assert!(
            statement.actions.iter().all(|action| !action.contains('*')),
            "{}: a wildcard action",
            statement.place
        );
        if statement.resources.iter().any(|resource| resource == "*") {
            let scopable: Vec<_> = statement
                .actions
                .iter()
                .filter(|action| !WITHOUT_RESOURCE.contains(&action.as_str()))
                .collect();
            assert!(
                scopable.is_empty(),
                "{} allows {scopable:?} on every resource",
                statement.place
            );
        }
        checked += 1;
    }
    assert!(checked >= 15, "only {checked} statements were found");
}

#[test]
fn functions_query_indexes_and_never_scan() {
    let known: BTreeSet<String> = [("runs", RUNS), ("sensor-data", SENSOR_DATA)]
        .iter()
        .flat_map(|(name, table)| {
            table.indexes.iter().map(move |index| {
                format!(
                    "${{local.table_arn}}/${{local.tables.{name}}}/index/{}",
                    index.name
                )
            })
        })
        .collect();
    let mut used = BTreeSet::new();
    for statement in statements("api") {
        assert!(
            !statement.actions.contains("dynamodb:Scan"),
            "{}",
            statement.place
        );
        if statement.actions.contains("dynamodb:Query") {
            assert_eq!(
                statement.actions.len(),
                1,
                "{}: a query alone, on indexes alone",
                statement.place
            );
            used.extend(statement.resources);
        } else {
            let tables = [
                "${local.table_arn}/${local.tables.runs}",
                "${local.table_arn}/${local.tables.sensor-data}",
            ];
            assert!(
                statement
                    .resources
                    .iter()
                    .all(|resource| tables.contains(&resource.as_str())),
                "{}",
                statement.place
            );
        }
    }
    assert_eq!(used, known);
}

#[test]
fn what_the_store_calls_is_allowed_and_nothing_else() {
    let operations = DynamoOperation::ALL.iter().filter(|&&operation| {
        !matches!(
            operation,
            DynamoOperation::TransactWriteItems | DynamoOperation::Other
        )
    });
    // A transaction needs the rights to what is in it.
    let called: BTreeSet<_> = operations
        .map(|operation| operation.value())
        .chain(["ConditionCheckItem", "PutItem", "UpdateItem"])
        .map(|name| format!("dynamodb:{name}"))
        .collect();
    let policies = statements("api").into_iter();
    let allowed: BTreeSet<_> = policies.flat_map(|statement| statement.actions).collect();
    assert_eq!(allowed, called);
}

#[test]
fn readings_are_written_by_one_function_and_runs_by_the_other_but_for_leases() {
    let writes = |policy: &str, table: &str| {
        statements("api")
            .iter()
            .filter(|statement| statement.place.ends_with(policy))
            .filter(|statement| {
                statement
                    .resources
                    .iter()
                    .any(|resource| resource.contains(table))
            })
            .flat_map(|statement| statement.actions.clone())
            .filter(|action| {
                ["Put", "Update", "Write", "Delete"]
                    .iter()
                    .any(|verb| action.contains(verb))
            })
            .collect::<BTreeSet<_>>()
    };
    assert!(!writes("run_api", ".runs}").is_empty());
    assert!(writes("run_api", ".sensor-data}").is_empty());
    assert!(!writes("sensor_api", ".sensor-data}").is_empty());
    // A reading may renew the lease of its run.
    assert_eq!(
        writes("sensor_api", ".runs}"),
        ["dynamodb:UpdateItem".to_owned()].into()
    );
}

#[test]
fn no_account_is_named() {
    for folder in ["infra/aws", ".github"] {
        for file in files::below(&files::root().join(folder), "") {
            let text = std::fs::read_to_string(&file).unwrap();
            let twelve_digits = text
                .split(|c: char| !c.is_ascii_alphanumeric())
                .find(|word| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit()));
            assert_eq!(twelve_digits, None, "{} names an account", file.display());
        }
    }
}

#[test]
fn github_assumes_roles_by_exact_subjects() {
    let template = files::text("infra/aws/bootstrap/template.yaml");
    let subjects: Vec<&str> = template
        .lines()
        .filter_map(|line| line.split_once("!Sub \"repo:").map(|(_, subject)| subject))
        .collect();
    let roles = ["-plan", "", "-bootstrap"];
    let expected: Vec<String> = roles
        .iter()
        .flat_map(|role| {
            ["Repository", "RepositoryWithIds"]
                .map(|form| format!("${{{form}}}:environment:${{Environment}}{role}\""))
        })
        .collect();
    assert_eq!(subjects, expected, "both forms of each role, nothing wider");
    assert!(
        !template.contains("StringLike"),
        "subjects are compared whole"
    );
}

#[test]
fn a_pattern_for_one_environment_never_fits_another() {
    let template = files::text("infra/aws/bootstrap/template.yaml");
    for (number, line) in template.lines().enumerate() {
        let open = line.contains("${Environment}*") || line.contains("sentori-*");
        assert!(!open, "line {}: {line} fits dev2 as well", number + 1);
    }
}

#[test]
fn a_role_that_was_made_by_hand_can_be_given_the_boundary_and_no_other() {
    let template = files::text("infra/aws/bootstrap/template.yaml");
    let bounded = template.split("Sid: BoundedRoles").nth(1).unwrap();
    let bounded = bounded.split("- Sid:").next().unwrap();
    assert!(bounded.contains("iam:PutRolePermissionsBoundary"));
    assert!(bounded.contains("StringEquals: {iam:PermissionsBoundary: !Ref Boundary}"));
    assert!(!template.contains("iam:DeleteRolePermissionsBoundary"));
}
