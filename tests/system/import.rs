//! Copying the tables of the Python API: everything, once, whenever it is interrupted.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use handlers::Clock;
use handlers::store::Store;
use sentori::import::{Counts, Import, ImportError};
use serde_json::{Value, json};
use system_tests::System;

const RUN: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
const READINGS: u64 = 250;

async fn old_table(client: &Client, name: &str) {
    let id = AttributeDefinition::builder()
        .attribute_name("id")
        .attribute_type(ScalarAttributeType::S);
    let key = KeySchemaElement::builder()
        .attribute_name("id")
        .key_type(KeyType::Hash);
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(id.build().unwrap())
        .key_schema(key.build().unwrap())
        .send()
        .await
        .unwrap();
}

fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), attribute(value)));
            AttributeValue::M(members.collect())
        }
        Value::Array(items) => AttributeValue::L(items.iter().map(attribute).collect()),
        other => AttributeValue::S(other.as_str().unwrap().to_owned()),
    }
}

async fn put(client: &Client, table: &str, item: Value) {
    let AttributeValue::M(item) = attribute(&item) else {
        panic!("an object")
    };
    client
        .put_item()
        .table_name(table)
        .set_item(Some(item))
        .send()
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_tables_are_copied_once_and_counted() {
    let system = System::start().await;
    let client = system.dynamodb_without_telemetry();
    old_table(&client, "OldRuns").await;
    old_table(&client, "OldReadings").await;
    let run = json!({
        "id": RUN, "username": "Ada Lovelace", "status": "COMPLETED", "startedAt": "2025-03-01T10:00:00.123456",
        "finishedAt": "2025-03-01T10:01:00+00:00", "params": { "duration": 60, "interval": "5", "sensorIds": ["s 1"] },
    });
    put(&client, "OldRuns", run).await;
    put(
        &client,
        "OldRuns",
        json!({ "id": "not-a-uuid", "startedAt": "2025-03-01T10:00:00" }),
    )
    .await;
    for n in 0..READINGS {
        let id = uuid::Uuid::from_u128(u128::from(n)).to_string();
        let reading = json!({
            "id": id, "runId": RUN, "sensorId": "s 1", "user": "Ada Lovelace", "reading": n, "type": "HUMIDITY",
            "timestamp": format!("2025-03-01T10:00:{:02}.5", n % 60),
        });
        put(&client, "OldReadings", reading).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let import = Import {
        from: client.clone(),
        runs: "OldRuns".to_owned(),
        readings: "OldReadings".to_owned(),
        to: Store::new(&system.handlers(), client.clone(), Clock::system()),
        progress: folder.path().join("import.json"),
    };
    // It is interrupted in the middle of the readings: dropped while it waits.
    let begun = tokio::sync::Notify::new();
    let interrupted = import.run(|summary| {
        if summary.readings.copied > 0 {
            begun.notify_one();
        }
    });
    tokio::select! {
        biased;
        () = begun.notified() => {}
        copied = interrupted => panic!("it was not interrupted: {copied:?}"),
    }

    let copied = import.run(|_| ()).await.unwrap();
    let counts = |copied, before, refused| Counts {
        copied,
        before,
        refused,
    };
    assert_eq!(copied.runs, counts(1, 0, 1));
    // A page may have been stored and not noted.
    let readings = copied.readings;
    assert_eq!(
        (readings.copied + readings.before, readings.refused),
        (READINGS, 0)
    );

    let api = system.api();
    let run = api.run(RUN).await;
    assert_eq!(
        (&run["status"], &run["username"]),
        (&json!("COMPLETED"), &json!("Ada Lovelace"))
    );
    assert_eq!(
        (&run["startedAt"], &run["interval"]),
        (&json!("2025-03-01T10:00:00.123Z"), &json!(5))
    );
    let readings = api.readings(RUN).await;
    assert_eq!(readings.len() as u64, READINGS);
    assert!(
        readings
            .values()
            .all(|reading| reading["humidity"].is_number() && reading["sensorId"] == "s 1")
    );

    // From the start again: everything is there before.
    let again = Import {
        progress: folder.path().join("again.json"),
        ..import
    };
    let copied = again.run(|_| ()).await.unwrap();
    assert_eq!(
        (copied.runs, copied.readings),
        (counts(0, 1, 1), counts(0, READINGS, 0))
    );
    // What was written meanwhile is noticed.
    put(
        &client,
        "OldRuns",
        json!({ "id": RUN.replace('3', "4"), "startedAt": "2025-03-01T10:00:00" }),
    )
    .await;
    let error = again.run(|_| ()).await.unwrap_err();
    assert!(
        matches!(
            error,
            ImportError::Counts {
                there: 3,
                seen: 2,
                ..
            }
        ),
        "{error}"
    );
    system.stop().await;
}
