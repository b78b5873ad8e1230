//! The compiled functions with what Terraform gives them: environment, time-out and table names,
//! all read from its files. From their packages where `PACKAGES` names them, as on CI.

use std::net::SocketAddr;
use std::time::Duration;

use catalogue::Service;
use handlers::client::connect;
use handlers::{Config, store::tables};
use sentori::store::{EmbeddedStore, Storage, free_port};
use serde_json::{Value, json};
use system_tests::Api;
use system_tests::lambda::{Format, FunctionConfig, Gateway, program};
use telemetry::Dimension;

use super::contract::SETTINGS;
use super::terraform::{Module, function_environment};

/// A function as the api component deploys it, but for the store's address.
fn deployed(service: Service, store: &EmbeddedStore) -> FunctionConfig {
    let defaults = Module::read("api").variables().0;
    let seconds = defaults["timeout_seconds"].as_u64().unwrap();
    let environment = function_environment(SETTINGS);
    let name = format!("sentori-{}-{}", environment["ENVIRONMENT"], service.value());
    let program = program(service).unwrap();
    let config = FunctionConfig {
        timeout: Duration::from_secs(seconds),
        env: environment,
        ..FunctionConfig::new(name, program)
    };
    config
        .env("AWS_ENDPOINT_URL_DYNAMODB", store.url().unwrap())
        .env("AWS_ACCESS_KEY_ID", store.access_key())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_functions_work_with_what_terraform_gives_them() {
    let store = EmbeddedStore::open(&Storage::Memory, Some(free_port())).unwrap();
    let dynamodb = connect(&store.connection_over_http().unwrap());
    let environment = function_environment(SETTINGS);
    let config = Config::from_lookup(|name| environment.get(name).cloned()).unwrap();
    tables::create_tables(&dynamodb, &config).await.unwrap();
    let addr = SocketAddr::from(([127, 0, 0, 1], 0));
    let gateway = Gateway::start(addr, Format::Http, |service| deployed(service, &store), 1)
        .await
        .unwrap();
    let api = Api::at(&format!("http://{}", gateway.addr()));

    let run = api.started("ada").await;
    api.record("ada", &run, "sensor-1", 22.5).expect(201).await;
    let finished = api.finish(&run, &json!({ "status": "SUCCESS" }));
    let finished = finished.expect(200).await;
    assert_eq!(finished["status"], "COMPLETED");
    let grafana = &environment["GRAFANA_URL"];
    let link = finished["grafanaUrl"].as_str().unwrap();
    assert!(link.starts_with(grafana.as_str()), "{link}");

    for table in ["sentori-dev-runs", "sentori-dev-sensor-data"] {
        let stored = dynamodb.scan().table_name(table).send().await.unwrap();
        assert!(stored.count() > 0, "{table} is empty");
    }
    let log = gateway
        .take_invocations()
        .into_iter()
        .flat_map(|one| one.log);
    let lines: Vec<Value> = log
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect();
    for metric in ["run_started", "sensor_data_ingested", "run_completed"] {
        let event = lines.iter().find(|line| line.get(metric).is_some());
        let event = event.unwrap_or_else(|| panic!("no {metric} in {lines:#?}"));
        assert_eq!(
            event["_aws"]["CloudWatchMetrics"][0]["Namespace"],
            "Sentori/dev"
        );
    }
}
