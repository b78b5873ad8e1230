//! Readings.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Timestamp;

/// What one sensor measured at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// Id; the client's, if it sent one.
    pub id: Uuid,
    /// The run it belongs to.
    pub run_id: Uuid,
    /// Who sent it.
    pub username: String,
    /// The sensor that measured.
    pub sensor_id: String,
    /// When it was measured; the time of arrival unless the client sent one.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// Degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Relative humidity in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub humidity: Option<f64>,
    /// Air pressure in hectopascals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<f64>,
}

/// A reading as it arrives, before its run and user are known.
#[derive(Clone, Debug, PartialEq)]
pub struct NewReading {
    /// The client's own id and timestamp: sent again, they change nothing.
    pub own_id: Option<Uuid>,
    /// The client's timestamp.
    pub timestamp: Option<Timestamp>,
    /// The sensor that measured.
    pub sensor_id: String,
    /// Degrees Celsius.
    pub temperature: Option<f64>,
    /// Relative humidity in percent.
    pub humidity: Option<f64>,
    /// Air pressure in hectopascals.
    pub pressure: Option<f64>,
}

impl NewReading {
    /// The reading, for its run and user, with an id and timestamp where it has none.
    pub fn received(self, run_id: Uuid, username: String, now: Timestamp) -> Reading {
        Reading {
            id: self.own_id.unwrap_or_else(Uuid::new_v4),
            run_id,
            username,
            sensor_id: self.sensor_id,
            timestamp: self.timestamp.unwrap_or(now),
            temperature: self.temperature,
            humidity: self.humidity,
            pressure: self.pressure,
        }
    }
}
