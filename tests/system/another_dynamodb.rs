//! The API on a DynamoDB that is not ours: every answer is the one that it gives on the embedded one.

use std::collections::HashMap;

use handlers::client::Connection;
use sentori::{Config, StoreConfig, Subject};
use system_tests::{Api, FrontDoor, Moto, System};
use uuid::Uuid;

/// Runs a test of the API on moto's DynamoDB and on the embedded one, and compares.
pub(crate) async fn serve<T: Future<Output = ()>>(test: impl Fn(Api) -> T) {
    let Some(moto) = Moto::dynamodb().await else {
        return;
    };
    let name = |table: &str| format!("{table}-{}", Uuid::new_v4());
    let tables = ["RUNS_TABLE_NAME", "SENSOR_DATA_TABLE_NAME"];
    let environment: HashMap<String, String> =
        tables.map(|table| (table.to_owned(), name(table))).into();
    let config = Config {
        store: StoreConfig::Running(Connection::local(moto.url(), "local")),
        environment,
        ..Config::in_memory(&Subject::sentori())
    };
    let theirs = FrontDoor::open(config).await;
    test(theirs.api().clone()).await;
    let ours = System::start().await;
    test(ours.api().clone()).await;
    let lines = |api: &Api| api.transcript().lines().join("\n");
    assert_same(&lines(theirs.api()), &lines(ours.api()));
    theirs.close().await;
    ours.stop().await;
}

fn assert_same(theirs: &str, ours: &str) {
    let diff = similar::TextDiff::from_lines(theirs, ours);
    let diff = diff.unified_diff().header("theirs", "ours").to_string();
    assert!(diff.is_empty(), "{diff}");
}
