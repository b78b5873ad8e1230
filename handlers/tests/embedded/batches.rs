//! A batch of which a part is stored.

use aws_sdk_dynamodb::{
    Client, config::ConfigBag, operation::batch_write_item::BatchWriteItemInput,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept, context::BeforeSerializationInterceptorContextMut, dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use handlers::{AppState, run_api, sensor_api};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Embedded, counted, post, recording};

/// Sends what is written in batches to a table that is not there.
#[derive(Debug)]
struct NoBatchTable;

#[dyn_dispatch_hint]
impl Intercept for NoBatchTable {
    fn name(&self) -> &'static str {
        "NoBatchTable"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(input) = context.input_mut().downcast_mut::<BatchWriteItemInput>() {
            let writes = input.request_items.take().into_iter().flatten();
            let elsewhere = writes.map(|(_, writes)| ("Nothing".to_owned(), writes));
            input.request_items = Some(elsewhere.collect());
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_batch_that_is_stored_in_part_what_is_new_and_what_is_missing_is_counted() {
    let embedded = Embedded::start().await;
    let start = post("/api/runs/start", json!({}));
    let (_, run) = start.send(&run_api(embedded.state())).await;
    let client = embedded.client.config().to_builder();
    let client = Client::from_conf(client.interceptor(NoBatchTable).build());
    let state = AppState::new(embedded.config.clone(), client, embedded.clock.clock());
    let sensors = sensor_api(state);

    let now = embedded.clock.now().to_string();
    let new = json!({ "runId": run["id"], "sensorId": "s", "temperature": 20 });
    let own = |id: Uuid| {
        let mut reading = new.clone();
        reading["id"] = id.to_string().into();
        reading["timestamp"] = now.as_str().into();
        reading
    };
    let [before, first] = [1, 2].map(Uuid::from_u128);
    let (status, _) = post("/api/sensors/data", own(before)).send(&sensors).await;
    assert_eq!(status, 201);

    let (metrics, lines) = recording();
    let batch = post(
        "/api/sensors/data",
        json!([new, own(before), new, own(first)]),
    );
    let (status, answer) = metrics.scope(batch.send(&sensors)).await;
    assert_eq!((status, &answer["error"]), (500, &json!("partly_stored")));
    assert_eq!(answer["details"]["written"], json!([before, first]));
    assert_eq!(answer["details"]["failed"], json!([0, 2]));
    let events = lines.json();
    let total = |metric| -> u64 { events.iter().map(|event| counted(event, metric)).sum() };
    assert_eq!(total("sensor_data_ingested"), 1, "{events:#?}");
    assert_eq!(total("sensor_data_rejected"), 2);
    let temperatures = events
        .iter()
        .filter(|event| event["temperature"] != Value::Null);
    assert_eq!(temperatures.count(), 1);
}
