//! Tables: names, time to live, and the number that sizes everything.

use handlers::store::tables::{RUNS, SENSOR_DATA};
use serde_json::Value;

use super::{FUNCTIONS, each, expected, planned, same};

#[test]
fn tables_have_the_names_that_functions_and_dashboards_use() {
    each("api", |environment, api| {
        let data = planned(environment, "data").unwrap();
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
    });
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
    let (Some(data), Some(api)) = (planned("prod", "data"), planned("prod", "api")) else {
        return;
    };
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
