//! The least that can ingest a reading on Lambda: a router and a DynamoDB client.
//!
//! It makes the calls that sensor-api makes (reads the run once in two seconds, writes the
//! reading with a condition) through a client with the same settings, and has nothing else: no validation,
//! no telemetry, no deadline.

use std::collections::HashMap;
use std::env;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use handlers::client::{Connection, settings};
use jiff::{Timestamp, Unit};
use lambda_http::Error;
use serde_json::{Value, json};
use uuid::Uuid;

struct Function {
    client: Client,
    runs: String,
    sensor_data: String,
    known: Mutex<HashMap<String, Instant>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let connection = Connection::from_lookup(|name| env::var(name).ok())?;
    let function = Function {
        client: Client::from_conf(settings(&connection).build()),
        runs: env::var("RUNS_TABLE_NAME")?,
        sensor_data: env::var("SENSOR_DATA_TABLE_NAME")?,
        known: Mutex::default(),
    };
    let router = Router::new()
        .route("/api/sensors/data", post(ingest))
        .with_state(Arc::new(function));
    lambda_http::run(router).await
}

async fn ingest(
    State(function): State<Arc<Function>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    let header = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let run_id = header("x-run-id");
    if !function.knows(&run_id) {
        function
            .read_run(&run_id)
            .await
            .ok_or(StatusCode::NOT_FOUND)?;
    }
    let kind = body["type"].as_str().unwrap_or_default();
    let now = Timestamp::now()
        .round(Unit::Millisecond)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let reading = json!({
        "id": Uuid::new_v4(),
        "runId": run_id,
        "username": header("x-user"),
        "sensorId": body["sensorId"],
        "timestamp": now.to_string(),
        kind: body["reading"],
    });
    function
        .write(&reading)
        .await
        .ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
    Ok((StatusCode::CREATED, Json(reading)))
}

impl Function {
    fn knows(&self, run_id: &str) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(run_id)
            .is_some_and(|read| read.elapsed() < Duration::from_secs(2))
    }

    async fn read_run(&self, run_id: &str) -> Option<()> {
        let request = self
            .client
            .get_item()
            .table_name(&self.runs)
            .consistent_read(true);
        let answer = request
            .key("id", AttributeValue::S(run_id.to_owned()))
            .send()
            .await
            .ok()?;
        let status = answer.item?.remove("status")?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        (status.as_s().ok()? == "RUNNING").then_some(())?;
        known.insert(run_id.to_owned(), Instant::now());
        Some(())
    }

    async fn write(&self, reading: &Value) -> Option<()> {
        let attribute = |value: &Value| match value {
            Value::String(text) => AttributeValue::S(text.clone()),
            other => AttributeValue::N(other.to_string()),
        };
        let item = reading
            .as_object()?
            .iter()
            .map(|(name, value)| (name.clone(), attribute(value)))
            .collect();
        let request = self
            .client
            .put_item()
            .table_name(&self.sensor_data)
            .set_item(Some(item));
        request
            .condition_expression("attribute_not_exists(id)")
            .send()
            .await
            .ok()?;
        Some(())
    }
}
