//! What Terraform would deploy, compared with what the program expects: the values of a plan, made by
//! Terraform itself on a provider that stands in for AWS's (infra/aws/tests/scenarios.py). Each message names
//! both sides. Without that stand-in at hand these tests say that they are skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use handlers::lambda::TICK;
use handlers::routes::{CORS_EXPOSED_HEADERS, CORS_METHODS, CORS_REQUEST_HEADERS};
use handlers::store::tables::{RUNS, SENSOR_DATA};
use library::api::alarms::NEAR_TIMEOUT;
use library::workload::WORKLOAD;
use library::{DEPLOYMENT, EVENTS_LOG_GROUP};
use serde_json::Value;

use super::files;

/// A resource of a plan: its address, its type, its values.
#[derive(Clone, Debug)]
struct Resource {
    address: String,
    kind: String,
    values: Value,
}

impl Resource {
    /// A value by its path, as `/environment/0/variables/ENVIRONMENT`.
    fn at(&self, path: &str) -> &Value {
        self.values
            .pointer(path)
            .unwrap_or_else(|| panic!("{} has no {path}", self.address))
    }

    fn text(&self, path: &str) -> &str {
        let value = self.at(path);
        value
            .as_str()
            .unwrap_or_else(|| panic!("{}: {path} is {value}", self.address))
    }

    /// A member that holds a document of its own.
    fn document(&self, path: &str) -> Value {
        serde_json::from_str(self.text(path)).unwrap()
    }
}

/// What is planned for a component in a case.
struct Planned(Vec<Resource>);

impl Planned {
    fn read(plan: &Value) -> Self {
        let mut resources = Vec::new();
        collect(&plan["planned_values"]["root_module"], &mut resources);
        assert!(!resources.is_empty(), "the plan is empty");
        Self(resources)
    }

    fn all(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        let of_kind = move |resource: &&Resource| resource.kind == kind;
        let mut found = self.0.iter().filter(of_kind).peekable();
        assert!(found.peek().is_some(), "no {kind} is planned");
        found
    }

    /// The resource of a kind whose address ends so.
    fn one(&self, kind: &str, address: &str) -> &Resource {
        let mut found = self.all(kind).filter(|one| one.address.ends_with(address));
        let one = found.next();
        one.unwrap_or_else(|| panic!("no {kind} {address} is planned"))
    }

    fn function(&self, name: &str) -> &Resource {
        self.one(
            "aws_lambda_function",
            &format!("function[\"{name}\"].aws_lambda_function.this"),
        )
    }
}

fn collect(module: &Value, found: &mut Vec<Resource>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        found.push(Resource {
            address: resource["address"].as_str().unwrap().to_owned(),
            kind: resource["type"].as_str().unwrap().to_owned(),
            values: resource["values"].clone(),
        });
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        collect(child, found);
    }
}

/// Plans by `CASE-COMPONENT`, made once; nothing without the stand-in.
static PLANS: LazyLock<Option<BTreeMap<String, Value>>> = LazyLock::new(|| {
    let root = files::root();
    let checker = std::env::var_os("TERRAFORM_CHECK")
        .map_or_else(|| root.join("../shared/checks/terraform"), PathBuf::from);
    let python = root.join("target/terraform-venv/bin/python");
    if !checker.join("check.py").exists() || !python.exists() {
        assert!(
            !checker.join("check.py").exists() || std::env::var_os("CI").is_none(),
            "{} is missing; see .ci/install",
            python.display()
        );
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: planned values need {} and {}",
            checker.display(),
            python.display()
        );
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let ran = Command::new(python)
        .arg(root.join("infra/aws/tests/scenarios.py"))
        .args([
            checker.as_os_str(),
            "--plans".as_ref(),
            folder.path().as_os_str(),
        ])
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let plan = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (
            name,
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(),
        )
    };
    Some(
        files::below(folder.path(), ".json")
            .iter()
            .map(plan)
            .collect(),
    )
});

/// Checks a component of every case, `dev` and `prod`.
fn each(component: &str, check: impl Fn(&str, &Planned)) {
    let Some(plans) = &*PLANS else { return };
    for environment in ["dev", "prod"] {
        let plan = &plans[&format!("{environment}-{component}")];
        check(environment, &Planned::read(plan));
    }
}

/// The name that dashboards and alarms expect of a resource.
fn expected(dimension: &str, environment: &str, name: &str) -> String {
    let resource = DEPLOYMENT.resource(dimension).unwrap();
    resource.naming.resolve(environment, name, "")
}

/// Fails with both sides.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "both sides are made for this call"
)]
fn same<T: PartialEq + std::fmt::Debug>(terraform: (&str, T), rust: (&str, T)) {
    assert!(
        terraform.1 == rust.1,
        "Terraform's {} is {:?}, but {} is {:?}",
        terraform.0,
        terraform.1,
        rust.0,
        rust.1
    );
}

const FUNCTIONS: [&str; 2] = ["run-api", "sensor-api"];

#[test]
fn tables_have_the_names_that_functions_and_dashboards_use() {
    let Some(plans) = &*PLANS else { return };
    for environment in ["dev", "prod"] {
        let data = Planned::read(&plans[&format!("{environment}-data")]);
        let api = Planned::read(&plans[&format!("{environment}-api")]);
        for (resource, name, variable) in [
            ("runs", "runs", "RUNS_TABLE_NAME"),
            ("sensor_data", "sensor-data", "SENSOR_DATA_TABLE_NAME"),
        ] {
            let table = data
                .one("aws_dynamodb_table", resource)
                .text("/name")
                .to_owned();
            let wanted = expected("TableName", environment, name);
            same(
                (&format!("table {resource}"), table.clone()),
                ("DEPLOYMENT's", wanted),
            );
            for function in FUNCTIONS {
                let path = format!("/environment/0/variables/{variable}");
                let given = api.function(function).text(&path).to_owned();
                same(
                    (&format!("{variable} of {function}"), given),
                    ("the data component's table", table.clone()),
                );
            }
        }
    }
}

#[test]
fn items_are_deleted_when_the_store_says_so() {
    each("data", |_, data| {
        for (resource, table) in [("runs", RUNS), ("sensor_data", SENSOR_DATA)] {
            let planned = data.one("aws_dynamodb_table", resource);
            let what = format!("time to live of {resource}");
            same(
                (&what, planned.at("/ttl/0/enabled")),
                ("the store's expectation", &Value::Bool(true)),
            );
            same(
                (&what, planned.text("/ttl/0/attribute_name")),
                ("handlers::store::tables", table.time_to_live),
            );
        }
    });
}

#[test]
fn the_number_that_sizes_everything_is_one_number() {
    let Some(plans) = &*PLANS else { return };
    let data = Planned::read(&plans["prod-data"]);
    let api = Planned::read(&plans["prod-api"]);
    let parameter = data.one("aws_ssm_parameter", "max_readings_per_second");
    let readings: u64 = parameter.text("/value").parse().unwrap();
    let table = data.one("aws_dynamodb_table", "sensor_data");
    let cap = table.at("/on_demand_throughput/0/max_write_request_units");
    same(
        ("cap of sensor_data", cap.as_u64()),
        ("max_readings_per_second", Some(readings)),
    );
    // docs/scale.md: half a second a request and a sweep of 100 for readings, a tenth of them for runs.
    for (function, wanted) in [
        ("run-api", 20 + readings.div_ceil(10)),
        ("sensor-api", 100 + readings.div_ceil(2)),
    ] {
        let reserved = api.function(function).at("/reserved_concurrent_executions");
        same(
            (
                &format!("reserved concurrency of {function}"),
                reserved.as_u64(),
            ),
            ("docs/scale.md's", Some(wanted)),
        );
    }
}

#[test]
fn functions_are_what_is_priced_alarmed_and_packaged() {
    each("api", |environment, api| {
        for name in FUNCTIONS {
            let function = api.function(name);
            let what = |part: &str| format!("{part} of {name}");
            same(
                (&what("name"), function.text("/function_name")),
                ("DEPLOYMENT's", &expected("FunctionName", environment, name)),
            );
            let memory = function.at("/memory_size").as_f64();
            same(
                (&what("memory"), memory),
                (
                    "the priced WORKLOAD.gigabytes",
                    Some(WORKLOAD.gigabytes * 1024.0),
                ),
            );
            let timeout = function
                .at("/timeout")
                .as_f64()
                .map(|seconds| seconds * 1_000.0 * 0.8);
            same(
                (&what("80% of the time-out"), timeout),
                ("the alarm NEAR_TIMEOUT", Some(NEAR_TIMEOUT.value)),
            );
            same(
                (&what("architecture"), function.at("/architectures")),
                ("the priced and packaged one", &serde_json::json!(["arm64"])),
            );
            same(
                (&what("runtime"), function.text("/runtime")),
                ("what docs/lambda.md packages for", "provided.al2023"),
            );
            same(
                (&what("tracing"), function.text("/tracing_config/0/mode")),
                ("what telemetry's spans need", "Active"),
            );
        }
    });
}

#[test]
fn events_become_metrics() {
    each("api", |environment, api| {
        for name in FUNCTIONS {
            let function = api.function(name);
            let logging = |part: &str| function.text(&format!("/logging_config/0/{part}"));
            let lambda = |variable: &str| match variable {
                "AWS_LAMBDA_LOG_FORMAT" => Some(logging("log_format").to_owned()),
                "AWS_LAMBDA_LOG_LEVEL" => Some(logging("application_log_level").to_owned()),
                _ => None,
            };
            let warnings = telemetry::startup_warnings(lambda);
            same(
                (&format!("logging_config of {name}"), warnings),
                ("telemetry::startup_warnings", Vec::new()),
            );
            let wanted = expected("LogGroupName", environment, name);
            same(
                (&format!("log group of {name}"), logging("log_group")),
                ("DEPLOYMENT's", &wanted),
            );
            let address = format!("function[\"{name}\"].aws_cloudwatch_log_group.this");
            let group = api.one("aws_cloudwatch_log_group", &address);
            same(
                (
                    &format!("name of the log group of {name}"),
                    group.text("/name"),
                ),
                ("DEPLOYMENT's", &wanted),
            );
            same(
                (
                    &format!("class of {wanted}"),
                    group.text("/log_group_class"),
                ),
                ("the one that extracts EMF", "STANDARD"),
            );
        }
    });
}

#[test]
fn what_happens_is_logged_where_dashboards_look() {
    each("api", |environment, api| {
        let group = api.one(
            "aws_cloudwatch_log_group",
            "module.events.aws_cloudwatch_log_group.this",
        );
        let wanted = EVENTS_LOG_GROUP.replace("{environment}", environment);
        same(
            ("log group of events", group.text("/name")),
            ("EVENTS_LOG_GROUP", &wanted),
        );
        let pattern = api
            .one("aws_cloudwatch_event_rule", "[\"alarm-states\"]")
            .document("/event_pattern");
        same(
            (
                "prefix of the alarms",
                &pattern["detail"]["alarmName"][0]["prefix"],
            ),
            (
                "DEPLOYMENT's",
                &Value::from(format!("{}-{environment}-", DEPLOYMENT.prefix)),
            ),
        );
    });
}

#[test]
fn the_tick_is_what_the_function_knows_and_the_price_counts() {
    each("api", |_, api| {
        let schedule = api.one("aws_scheduler_schedule", "this");
        let input = schedule.document("/target/0/input");
        same(
            ("event of the tick", input["source"].as_str()),
            ("handlers::lambda::TICK", Some(TICK)),
        );
        let every = WORKLOAD.ticks / (30.0 * 24.0 * 60.0);
        assert!(
            (every - 1.0).abs() < f64::EPSILON,
            "{} ticks are priced",
            WORKLOAD.ticks
        );
        same(
            ("schedule", schedule.text("/schedule_expression")),
            ("the priced WORKLOAD.ticks", "rate(1 minute)"),
        );
        let target = schedule.text("/target/0/arn");
        let alias = api.one(
            "aws_lambda_alias",
            "function[\"run-api\"].aws_lambda_alias.live",
        );
        same(
            ("target of the tick", target),
            ("the alias of run-api", alias.text("/arn")),
        );
    });
}

#[test]
fn the_gateway_answers_as_the_router_would() {
    each("api", |_, api| {
        let gateway = api.one("aws_apigatewayv2_api", "this");
        let listed = |name: &str| -> BTreeSet<String> {
            let listed = gateway.at(&format!("/cors_configuration/0/{name}"));
            let texts = listed.as_array().unwrap().iter();
            texts
                .map(|text| text.as_str().unwrap().to_lowercase())
                .collect()
        };
        let lower = |text: &str| text.to_lowercase();
        let requested = CORS_REQUEST_HEADERS
            .iter()
            .map(|name| lower(name.as_str()))
            .collect();
        same(
            ("allow_headers", listed("allow_headers")),
            ("CORS_REQUEST_HEADERS", requested),
        );
        let exposed = CORS_EXPOSED_HEADERS
            .iter()
            .map(|name| lower(name.as_str()))
            .collect();
        same(
            ("expose_headers", listed("expose_headers")),
            ("CORS_EXPOSED_HEADERS", exposed),
        );
        let methods = CORS_METHODS.iter().map(|name| lower(name.as_str()));
        let methods = methods.chain(["options".to_owned()]).collect();
        same(
            ("allow_methods", listed("allow_methods")),
            ("CORS_METHODS and OPTIONS", methods),
        );
        let stage = api.one("aws_apigatewayv2_stage", "default");
        same(
            ("stage", stage.text("/name")),
            ("the path that the router knows", "$default"),
        );
        for integration in api.all("aws_apigatewayv2_integration") {
            let version = integration.text("/payload_format_version");
            same(
                ("payload of an integration", version),
                ("handlers::lambda's", "2.0"),
            );
        }
    });
}

#[test]
fn every_route_reaches_the_live_version_of_its_function() {
    each("api", |_, api| {
        for route in api.all("aws_apigatewayv2_route") {
            let key = route.text("/route_key");
            let name = if key.contains("/api/sensors/") {
                "sensor-api"
            } else {
                "run-api"
            };
            let id = route.text("/target").trim_start_matches("integrations/");
            let mut integrations = api.all("aws_apigatewayv2_integration");
            let integration = integrations.find(|one| one.text("/id") == id).unwrap();
            let alias = api.one(
                "aws_lambda_alias",
                &format!("function[\"{name}\"].aws_lambda_alias.live"),
            );
            same(
                (
                    &format!("target of {key}"),
                    integration.text("/integration_uri"),
                ),
                (&format!("the alias of {name}"), alias.text("/invoke_arn")),
            );
        }
    });
}

/// Every dimension of a planned alarm, of its metric or of the metrics of its expression.
fn dimensions(alarm: &Resource) -> Vec<(String, String)> {
    let own = alarm.values["dimensions"].as_object().cloned();
    let queries = alarm.values["metric_query"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let metrics = queries
        .iter()
        .flat_map(|query| query["metric"].as_array().cloned().unwrap_or_default());
    let of_metrics = metrics.filter_map(|metric| metric["dimensions"].as_object().cloned());
    let members = own.into_iter().chain(of_metrics).flatten();
    members
        .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

#[test]
fn alarms_watch_what_is_deployed() {
    each("api", |environment, api| {
        let id = api.one("aws_apigatewayv2_api", "this").text("/id");
        let mut checked = 0;
        for alarm in api.all("aws_cloudwatch_metric_alarm") {
            let name = alarm.text("/alarm_name");
            for (dimension, value) in dimensions(alarm) {
                let known: Vec<String> = match dimension.as_str() {
                    "FunctionName" | "LogGroupName" => FUNCTIONS
                        .map(|one| expected(&dimension, environment, one))
                        .into(),
                    "TableName" => ["runs", "sensor-data"]
                        .map(|one| expected(&dimension, environment, one))
                        .into(),
                    "ApiId" => vec![id.to_owned()],
                    _ => continue,
                };
                assert!(
                    known.contains(&value),
                    "{name} watches {dimension} {value}, of {known:?}"
                );
                // An alarm that has a function or a table in its name watches that one.
                let subjects = ["run-api", "sensor-api", "runs", "sensor-data"];
                let subject = subjects
                    .iter()
                    .find(|one| name.contains(&format!("-{one}-")));
                if let Some(subject) = subject.filter(|_| dimension != "ApiId") {
                    assert!(
                        value == expected(&dimension, environment, subject),
                        "Terraform's {dimension} of the alarm {name} is {value}, but its definition is about {subject}"
                    );
                }
                checked += 1;
            }
        }
        assert!(checked >= 4, "{environment}: only {checked} dimensions");
    });
}

#[test]
fn alarms_tell_those_whom_they_name_and_lead_to_their_runbook() {
    let settings = files::text("infra/aws/environments/example/api.tfvars");
    let base = settings
        .lines()
        .find_map(|line| line.strip_prefix("runbook_base_url = \""));
    let base = base.unwrap().trim_end_matches('"').to_owned();
    each("api", |environment, api| {
        let topic = |severity: &str| {
            api.one("aws_sns_topic", &format!("this[\"{severity}\"]"))
                .text("/arn")
                .to_owned()
        };
        let composites = api
            .0
            .iter()
            .filter(|one| one.kind == "aws_cloudwatch_composite_alarm");
        for alarm in api.all("aws_cloudwatch_metric_alarm").chain(composites) {
            let name = alarm.text("/alarm_name");
            let Some(description) = alarm.values["alarm_description"].as_str() else {
                continue;
            };
            for actions in ["alarm_actions", "ok_actions"] {
                for action in alarm.values[actions].as_array().into_iter().flatten() {
                    let severity = if description.starts_with("Page:") {
                        "page"
                    } else {
                        "ticket"
                    };
                    same(
                        (&format!("{actions} of {name}"), action.as_str()),
                        (
                            &format!("its definition's severity, {severity},"),
                            Some(topic(severity).as_str()),
                        ),
                    );
                }
            }
            let Some((_, runbook)) = description.split_once("Runbook: ") else {
                continue;
            };
            let (address, page) = runbook.split(' ').next().unwrap().rsplit_once('/').unwrap();
            same(
                (&format!("runbook of {name}"), address),
                ("runbook_base_url", base.as_str()),
            );
            assert!(
                files::root().join("docs/runbooks").join(page).exists(),
                "{environment}: {name} leads to {page}"
            );
        }
    });
}

#[test]
fn interrupting_everybody_takes_a_scope_where_there_are_tokens() {
    let Some(plans) = &*PLANS else { return };
    let api = Planned::read(&plans["prod-api"]);
    for route in api.all("aws_apigatewayv2_route") {
        let key = route.text("/route_key");
        same(
            (
                &format!("authorization of {key}"),
                route.text("/authorization_type"),
            ),
            ("authentication = \"jwt\"", "JWT"),
        );
        let scoped = route.values["authorization_scopes"]
            .as_array()
            .is_some_and(|scopes| !scopes.is_empty());
        same(
            (&format!("scope of {key}"), scoped),
            ("the API's rule", key == "POST /api/runs/interrupt-all"),
        );
    }
    for integration in api.all("aws_apigatewayv2_integration") {
        let user = integration.values["request_parameters"]["overwrite:header.X-User"].as_str();
        assert_eq!(
            user,
            Some("$context.authorizer.claims.username"),
            "the user is who the token says"
        );
    }
}

#[test]
fn an_address_is_in_no_log_unless_asked_for() {
    each("api", |_, api| {
        let format = api
            .one("aws_apigatewayv2_stage", "default")
            .text("/access_log_settings/0/format");
        assert!(!format.contains("sourceIp"), "{format}");
        assert!(
            format.len() < 200,
            "{} bytes before anything is filled in",
            format.len()
        );
    });
}
