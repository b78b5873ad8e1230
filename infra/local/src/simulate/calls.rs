//! The frontend's calls, header by header and field by field.

use std::time::Duration;

use axum::body::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, ClientError, Reply};

/// What one sensor measures; the API's name of the field, and a plausible value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Temperature,
    Humidity,
    Pressure,
}

impl Measure {
    /// The first sensor measures temperature, the next ones take turns.
    pub(crate) fn of_sensor(number: u32) -> Self {
        match number % 3 {
            1 => Self::Temperature,
            2 => Self::Humidity,
            _ => Self::Pressure,
        }
    }

    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Humidity => "humidity",
            Self::Pressure => "pressure",
        }
    }

    /// A slow wave around a usual value (degrees Celsius, percent, hectopascal),
    /// another one for each sensor, to two decimals.
    pub(crate) fn value(self, sensor: u32, round: u32) -> f64 {
        let (mean, swing) = match self {
            Self::Temperature => (22.0, 4.0),
            Self::Humidity => (50.0, 15.0),
            Self::Pressure => (1013.0, 8.0),
        };
        let wave = (f64::from(round) / 20.0 + f64::from(sensor)).sin();
        ((mean + swing * wave) * 100.0).round() / 100.0
    }
}

/// One reading to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) sensor: u32,
    pub(crate) measure: Measure,
    pub(crate) value: f64,
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
            "type": reading.measure.field(),
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
                let measure = Measure::of_sensor(sensor);
                let value = measure.value(sensor, round);
                let plausible = match measure {
                    Measure::Temperature => 18.0..=26.0,
                    Measure::Humidity => 35.0..=65.0,
                    Measure::Pressure => 1005.0..=1021.0,
                };
                assert!(plausible.contains(&value), "{measure:?} {value}");
                assert!(format!("{value}").len() <= 7, "{value}");
            }
        }
    }
}
