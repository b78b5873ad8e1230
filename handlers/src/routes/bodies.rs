//! The parameters of lists, as the OpenAPI document describes them, and the bodies of answers.

use std::borrow::Cow;

use catalogue::Quantity;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;

use super::links::grafana_url;
use crate::Config;
use crate::domain::{Reading, Run, Stats, Status, Timestamp};

/// The name of a quantity.
#[derive(Serialize)]
pub(super) struct ReadingType(&'static str);

impl PartialSchema for ReadingType {
    fn schema() -> RefOr<Schema> {
        let names = Quantity::ALL.map(Quantity::name);
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.enum_values(Some(names)).into()
    }
}

impl ToSchema for ReadingType {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ReadingType")
    }
}

/// Parameters of a page of runs.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what domain::RunsQuery reads")]
pub(super) struct RunsParameters {
    /// Runs at most.
    limit: Option<u32>,
    /// The `nextKey` of the page before.
    last_key: Option<String>,
}

/// Parameters of a page of readings.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what domain::ReadingsQuery reads")]
pub(super) struct ReadingsParameters {
    /// Only readings of this run.
    run_id: Option<Uuid>,
    /// Only readings of this sensor.
    sensor_id: Option<String>,
    /// Only readings at or after this date, or date and time.
    start_date: Option<String>,
    /// Only readings at or before this date, or date and time.
    end_date: Option<String>,
    /// Readings at most.
    limit: Option<u32>,
    /// The `nextKey` of the page before; belongs to the same other parameters.
    last_key: Option<String>,
}

/// A run.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunBody {
    /// Id.
    pub(super) id: Uuid,
    /// Who started it.
    username: String,
    /// The same, as older clients read it.
    user: String,
    /// Where it is in its life.
    status: Status,
    /// When it was started.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// When it ended; null while it is running.
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
    /// Planned duration in seconds.
    duration: u32,
    /// Seconds between two readings of a sensor.
    interval: u32,
    /// What the start sent, with `sensorIds`, `duration` and `interval`, and `runId`.
    params: Map<String, Value>,
    /// The dashboard of its readings.
    grafana_url: String,
    /// Why it failed or was interrupted.
    error_message: Option<String>,
    /// Statistics, some time after the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    stats: Option<Stats>,
}

impl RunBody {
    /// The run as the API shows it, with a link into the environment's Grafana.
    pub(super) fn new(mut run: Run, config: &Config) -> Self {
        // The frontend lets a user abandon a run by the id that it finds here.
        run.params.insert("runId".into(), run.id.to_string().into());
        Self {
            user: run.username.clone(),
            grafana_url: grafana_url(&config.grafana_url, &config.environment, &run),
            id: run.id,
            username: run.username,
            status: run.status,
            started_at: run.started_at,
            finished_at: run.finished_at,
            duration: run.duration,
            interval: run.interval,
            params: run.params,
            error_message: run.error_message,
            stats: run.stats,
        }
    }
}

/// Whether another run may start.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlacesBody {
    /// True if a place is free.
    pub(super) can_start: bool,
    /// Runs that hold a place.
    pub(super) current_running: usize,
    /// Places there are.
    pub(super) max_allowed: usize,
    /// Places that are free.
    pub(super) available: usize,
}

impl PlacesBody {
    /// The places of which so many are taken.
    pub(super) fn new(current_running: usize, max_allowed: usize) -> Self {
        let available = max_allowed.saturating_sub(current_running);
        Self {
            can_start: available > 0,
            current_running,
            max_allowed,
            available,
        }
    }
}

/// What interrupting all runs did.
#[derive(Serialize, ToSchema)]
pub(super) struct InterruptedBody {
    /// Runs that were interrupted.
    pub(super) interrupted: usize,
    /// The same in words.
    pub(super) message: String,
}

/// A page of runs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunsBody {
    /// Runs, newest first.
    pub(super) items: Vec<RunBody>,
    /// How many there are on this page.
    pub(super) count: usize,
    /// Send it as `lastKey` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_key: Option<String>,
}

/// A reading, also as older clients read it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReadingBody {
    /// The reading.
    #[serde(flatten)]
    reading: Reading,
    /// The same as `username`.
    user: String,
    /// The value of the first quantity that there is.
    #[serde(rename = "reading")]
    value: f64,
    /// What `reading` is.
    #[serde(rename = "type")]
    kind: ReadingType,
}

impl From<Reading> for ReadingBody {
    fn from(reading: Reading) -> Self {
        let first = reading.measurements.iter().next();
        let (quantity, value) = first.unwrap_or((Quantity::ALL[0], 0.0));
        Self {
            user: reading.username.clone(),
            reading,
            value,
            kind: ReadingType(quantity.name()),
        }
    }
}

/// A page of readings, or a batch that was stored.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReadingsBody {
    /// Readings; newest first on a page, as sent in a batch.
    pub(super) items: Vec<ReadingBody>,
    /// How many there are.
    pub(super) count: usize,
    /// Send it as `lastKey` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_key: Option<String>,
}

impl ReadingsBody {
    /// A page of these.
    pub(super) fn new(readings: Vec<Reading>, next_key: Option<String>) -> Self {
        Self {
            count: readings.len(),
            items: readings.into_iter().map(ReadingBody::from).collect(),
            next_key,
        }
    }
}

/// The answer to an ingestion: the reading, or for a batch its readings.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum StoredBody {
    /// A reading.
    One(Box<ReadingBody>),
    /// The readings of a batch, as sent.
    Batch(ReadingsBody),
}
