//! The frontend's calls, header by header and field by field.

use std::time::Duration;

use axum::body::Bytes;
use catalogue::Quantity;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, ClientError, Reply};

/// One reading to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) sensor: u32,
    pub(crate) quantity: Quantity,
    pub(crate) value: f64,
}

impl Reading {
    /// What a sensor measures in a round: the first one temperature, the next ones take turns.
    /// Its values are a slow wave between the usual ones, another one for each sensor, to two
    /// decimals.
    pub(crate) fn usual(sensor: u32, round: u32) -> Self {
        let turn = (sensor as usize + Quantity::ALL.len() - 1) % Quantity::ALL.len();
        let quantity = Quantity::ALL[turn];
        let (low, high) = quantity.usual();
        let wave = (f64::from(round) / 20.0 + f64::from(sensor)).sin();
        let value = f64::midpoint(low, high) + (high - low) / 2.0 * wave;
        Self {
            sensor,
            quantity,
            value: (value * 100.0).round() / 100.0,
        }
    }
}

/// The API as the frontend calls it.
#[derive(Clone, Debug)]
pub(crate) struct Calls(Client);

impl Calls {
    pub(crate) fn new(client: Client) -> Self {
        Self(client)
    }

    pub(crate) async fn can_start(&self, user: &str) -> Result<Reply, ClientError> {
        self.0
            .send(
                get("/api/runs/can-start")
                    .header("x-user", user)
                    .body(Bytes::new())?,
            )
            .await
    }

    /// `duration` and `interval` are sent in whole seconds, rounded up.
    pub(crate) async fn start(
        &self,
        user: &str,
        sensors: u32,
        duration: Duration,
        interval: Duration,
    ) -> Result<Reply, ClientError> {
        let sensor_ids: Vec<String> = (1..=sensors).map(sensor_id).collect();
        let body = json!({
            "sensorIds": sensor_ids,
            "duration": whole_seconds(duration),
            "interval": whole_seconds(interval),
        });
        self.0
            .send(
                post("/api/runs/start")
                    .header("x-user", user)
                    .body(bytes(&body))?,
            )
            .await
    }

    pub(crate) async fn record(
        &self,
        user: &str,
        run: &str,
        reading: Reading,
    ) -> Result<Reply, ClientError> {
        let body = json!({
            "sensorId": sensor_id(reading.sensor),
            "reading": reading.value,
            "type": reading.quantity.name(),
        });
        let request = post("/api/sensors/data")
            .header("x-user", user)
            .header("x-run-id", run);
        self.0.send(request.body(bytes(&body))?).await
    }

    pub(crate) async fn running(&self, user: &str) -> Result<Reply, ClientError> {
        self.0
            .send(
                get("/api/runs/running")
                    .header("x-user", user)
                    .body(Bytes::new())?,
            )
            .await
    }

    pub(crate) async fn finish(
        &self,
        user: &str,
        run: &str,
        body: &Value,
    ) -> Result<Reply, ClientError> {
        let request = post(&format!("/api/runs/{run}/finish")).header("x-user", user);
        self.0.send(request.body(bytes(body))?).await
    }

    /// One page of a run's readings, newest first.
    pub(crate) async fn readings(
        &self,
        run: &str,
        key: Option<&str>,
    ) -> Result<Reply, ClientError> {
        let key = key.map(|key| format!("&lastKey={key}")).unwrap_or_default();
        let path = format!("/api/sensors/data?runId={run}&limit=100{key}");
        self.0.send(get(&path).body(Bytes::new())?).await
    }
}

/// How a reply that is not a success is counted: by status and error code.
pub(crate) fn kind(reply: &Result<Reply, ClientError>) -> String {
    match reply {
        Err(error) => error.to_string(),
        Ok(reply) => match reply.json()["error"].as_str() {
            Some(code) => format!("{} {code}", reply.status.as_u16()),
            None => reply.status.to_string(),
        },
    }
}

/// Whether the server has taken what was sent: 201, or 200 for what it had.
pub(crate) fn accepted(reply: &Reply) -> bool {
    matches!(reply.status, StatusCode::OK | StatusCode::CREATED)
}

fn sensor_id(number: u32) -> String {
    format!("sensor-{number}")
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

fn get(path: &str) -> http::request::Builder {
    Request::builder().method(Method::GET).uri(path)
}

fn post(path: &str) -> http::request::Builder {
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-type", "application/json")
}

fn bytes(body: &Value) -> Bytes {
    Bytes::from(body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!(whole_seconds(Duration::from_millis(200)), 1);
        assert_eq!(whole_seconds(Duration::from_secs(2)), 2);
        assert_eq!(whole_seconds(Duration::from_millis(2001)), 3);
    }

    #[test]
    fn values_are_plausible_and_short() {
        for round in 0..500 {
            for sensor in 1..=6 {
                let Reading {
                    quantity, value, ..
                } = Reading::usual(sensor, round);
                assert!(quantity.range().contains(&value), "{quantity:?} {value}");
                assert!(format!("{value}").len() <= 7, "{value}");
            }
        }
    }
}
