//! Routes, environment and tables: Terraform's against the handlers' own.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use catalogue::{Route, Service};
use handlers::routes::function_of;
use handlers::store::tables::{RUNS, SENSOR_DATA, Table};
use handlers::{Config, config};
use hcl::{Block, Expression};
use library::DEPLOYMENT;
use library::workload::OTHER_ROUTES;
use telemetry::Dimension as _;

use super::files;
use super::terraform::{Module, attribute, entries, function_environment, nested, text};

/// Settings of the api component that have no default.
pub(super) const SETTINGS: &str = r#"
    environment      = "dev"
    region           = "eu-west-3"
    authentication   = "anonymous"
    allowed_origins  = ["https://app.example.org", "http://localhost:4200"]
    runbook_base_url = "https://example.org/runbooks"
"#;

/// The routes that Terraform gives to functions, with the function of each.
fn deployed() -> BTreeMap<String, String> {
    let api = Module::read("api");
    let routes = entries(api.local("routes")).into_iter();
    routes
        .map(|(route, function)| match function {
            Expression::String(name) => (route, name.clone()),
            other => panic!("{route} goes to {other}, which is no function's name"),
        })
        .collect()
}

#[test]
fn every_route_goes_to_the_function_that_serves_it() {
    let served = Route::ALL.iter().filter_map(|route| {
        let function = function_of(*route)?;
        Some((route.value().to_owned(), function.value().to_owned()))
    });
    assert_eq!(
        deployed(),
        served.collect(),
        "left is `local.routes` in infra/aws/api/main.tf, right what handlers/src/routes serves: \
         mend the former"
    );
}

#[test]
fn every_function_is_deployed_and_has_a_program() {
    let api = Module::read("api");
    let deployed: BTreeSet<String> = entries(api.local("functions"))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let declared: BTreeSet<String> = Service::all()
        .map(|service| service.value().to_owned())
        .collect();
    assert_eq!(
        deployed, declared,
        "left is `local.functions` in infra/aws/api/main.tf, right `Service` in \
         telemetry/catalogue/src/lib.rs: mend the former"
    );
    // What scripts move to another version.
    let script = files::root().join("infra/aws/scripts/functions");
    let programs = Command::new(script).output().unwrap().stdout;
    let programs = String::from_utf8(programs).unwrap();
    let programs: BTreeSet<String> = programs.lines().map(str::to_owned).collect();
    assert_eq!(
        programs, declared,
        "left are the programs in handlers/src/bin, right `Service`: a function has a program of its name"
    );
}

#[test]
fn the_tick_is_not_reachable_through_the_api() {
    let deployed = deployed();
    assert!(!deployed.keys().any(|route| route.contains("tick")));
}

#[test]
fn scopes_and_limits_are_for_routes_that_there_are() {
    let api = Module::read("api");
    let gateway = api.block("module", &["http_api"]);
    let routes = entries(api.local("routes"));
    let exists = |wanted: &str| routes.iter().any(|(route, _)| route == wanted);
    let authentication = entries(attribute(gateway, "authentication").unwrap());
    let scopes = authentication.iter().find(|(name, _)| name == "scopes");
    let scoped = entries(scopes.unwrap().1);
    assert_eq!(scoped.len(), 1);
    assert_eq!(scoped[0].0, "POST /api/runs/interrupt-all");
    let limited = entries(attribute(gateway, "route_throttling").unwrap());
    assert_eq!(limited.len(), 1, "readings have a limit of their own");
    for (route, _) in scoped.iter().chain(&limited) {
        assert!(exists(route), "{route}");
    }
    let others = routes.len() - limited.len();
    assert_eq!(
        others, OTHER_ROUTES,
        "docs/cost.md says what they cost at worst"
    );
}

#[test]
fn environment_variables_are_those_that_the_functions_read() {
    let read: BTreeSet<_> = config::VARIABLES
        .iter()
        .map(|variable| variable.name.to_owned())
        .collect();
    let api = Module::read("api");
    let given: BTreeSet<_> = entries(api.local("environment_variables"))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(given, read);
}

#[test]
fn the_functions_accept_the_environment_that_they_are_given() {
    let environment = function_environment(SETTINGS);
    let config = Config::from_lookup(|name| environment.get(name).cloned()).unwrap();
    assert_eq!(config.environment, "dev");
    assert_eq!(config.runs_table, "sentori-dev-runs");
    assert_eq!(config.sensor_data_table, "sentori-dev-sensor-data");
    assert_eq!(config.max_concurrent_runs, 5);
    assert_eq!(config.retention, None);
    assert_eq!(config.allowed_origins.len(), 2);
}

#[test]
fn a_retention_reaches_the_functions() {
    let settings = format!("{SETTINGS}retention_days = 30\n");
    assert_eq!(function_environment(&settings)["RETENTION_DAYS"], "30");
}

#[test]
fn tables_are_those_of_the_store() {
    let data = Module::read("data");
    for (resource, table) in [("runs", RUNS), ("sensor_data", SENSOR_DATA)] {
        let deployed = data.block("resource", &["aws_dynamodb_table", resource]);
        assert_eq!(
            keys_of(deployed),
            (
                table.partition_key.to_owned(),
                table.sort_key.map(str::to_owned)
            ),
            "{resource}"
        );
        assert_eq!(
            attributes_of(deployed),
            key_attributes(&table),
            "{resource}"
        );
        assert_eq!(indexes_of(deployed), expected_indexes(&table), "{resource}");
        let ttl = nested(deployed, "ttl").next().unwrap();
        assert_eq!(
            text(ttl, "attribute_name"),
            table.time_to_live,
            "{resource}"
        );
    }
}

#[test]
fn tables_survive_mistakes() {
    let data = Module::read("data");
    for table in ["runs", "sensor_data"] {
        let table = data.block("resource", &["aws_dynamodb_table", table]);
        assert_eq!(text(table, "billing_mode"), "PAY_PER_REQUEST");
        for block in ["point_in_time_recovery", "server_side_encryption"] {
            let enabled = attribute(nested(table, block).next().unwrap(), "enabled");
            assert_eq!(enabled, Some(&Expression::Bool(true)), "{block}");
        }
        assert_eq!(
            attribute(table, "deletion_protection_enabled")
                .unwrap()
                .to_string(),
            "var.deletion_protection"
        );
    }
    assert_eq!(
        data.variables().0["deletion_protection"],
        hcl::Value::Bool(true)
    );
}

#[test]
fn names_are_those_that_dashboards_and_alarms_expect() {
    let named = |dimension: &str, name: &str| {
        let resource = DEPLOYMENT.resource(dimension).unwrap();
        resource.naming.resolve("dev", name, "")
    };
    let environment = function_environment(SETTINGS);
    assert_eq!(environment["RUNS_TABLE_NAME"], named("TableName", "runs"));
    assert_eq!(
        environment["SENSOR_DATA_TABLE_NAME"],
        named("TableName", "sensor-data")
    );
    assert_eq!(named("FunctionName", "run-api"), "sentori-dev-run-api");
    let api = Module::read("api");
    let function = api.block("module", &["function"]);
    assert_eq!(
        attribute(function, "name").unwrap().to_string(),
        "\"${local.prefix}-${each.key}\""
    );
}

fn keys_of(block: &Block) -> (String, Option<String>) {
    (
        text(block, "hash_key"),
        attribute(block, "range_key").map(|_| text(block, "range_key")),
    )
}

fn attributes_of(table: &Block) -> BTreeMap<String, String> {
    nested(table, "attribute")
        .map(|block| (text(block, "name"), text(block, "type")))
        .collect()
}

/// Key attributes of a table and its indexes; all are strings.
fn key_attributes(table: &Table) -> BTreeMap<String, String> {
    let of_indexes = table
        .indexes
        .iter()
        .flat_map(|index| [index.partition_key, index.sort_key]);
    let names = [table.partition_key]
        .into_iter()
        .chain(table.sort_key)
        .chain(of_indexes);
    names
        .map(|name| (name.to_owned(), "S".to_owned()))
        .collect()
}

/// Partition key, sort key and projection of each index.
type Indexes = BTreeMap<String, (String, Option<String>, String)>;

fn indexes_of(table: &Block) -> Indexes {
    let index = |block: &Block| {
        let (partition, sort) = keys_of(block);
        (
            text(block, "name"),
            (partition, sort, text(block, "projection_type")),
        )
    };
    nested(table, "global_secondary_index").map(index).collect()
}

fn expected_indexes(table: &Table) -> Indexes {
    let indexes = table.indexes.iter();
    indexes
        .map(|index| {
            let keys = (
                index.partition_key.to_owned(),
                Some(index.sort_key.to_owned()),
                "ALL".to_owned(),
            );
            (index.name.to_owned(), keys)
        })
        .collect()
}
