//! The handlers of the sensor API.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use catalogue::{
    READINGS, RUN_ID, RejectReason, Route, SENSOR_DATA_INGESTED, SENSOR_DATA_REJECTED, SENSOR_ID,
    USER,
};
use telemetry::event;
use telemetry::http::is_detailed;

use super::{
    bodies::{ReadingsBody, ReadingsParameters, StoredBody},
    document::{AnyRoute, BadBody, BadParameters, NotAllowed, UnknownRun, UserParameter, path},
    input::{BodyError, JsonBody, Parameters, header_text},
    user::{Caller, Sender},
};
use crate::{
    AppState, Deadline, Error, Result,
    domain::{Ingestion, NewReading, Reading, ReadingsQuery, Status, both, run_id},
    store::{BatchOutcome, WriteOutcome},
};

/// The header that may name the run of the readings.
const RUN_HEADER: &str = "X-Run-Id";

/// Stores a reading, or a batch of up to 100 readings of one run.
#[utoipa::path(
    post, path = path(Route::IngestReadings), tag = "sensors", request_body = ref("#/components/schemas/IngestionBody"),
    params(
        UserParameter,
        ("X-Run-Id" = Option<uuid::Uuid>, Header, nullable = false, description = "Id of the run, unless the body has it"),
    ),
    responses(
        (status = 201, description = "Stored: the reading, or for a batch the readings", body = StoredBody),
        (status = 200, description = "Stored before: nothing was changed", body = StoredBody),
        (status = 409, description = "The run is not running, or another reading has this id and timestamp", body = ref("#/components/schemas/ErrorBody")),
        BadBody, NotAllowed, UnknownRun, AnyRoute,
    )
)]
pub(super) async fn ingest(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    headers: HeaderMap,
    Sender(caller): Sender,
    body: std::result::Result<JsonBody, BodyError>,
) -> Response {
    let sender = caller.name().map(str::to_owned);
    // What is refused says by whom it was sent, whose run it may be.
    let name_sender = || sender.iter().for_each(|name| USER.set(name));
    let body = match body {
        Ok(JsonBody(body)) => body.unwrap_or_default(),
        Err(error) => {
            name_sender();
            SENSOR_DATA_REJECTED.increment(RejectReason::Invalid);
            return error.into_response();
        }
    };
    let readings = body.as_array().map_or(1, Vec::len);
    let stored = store(&state, deadline, &headers, caller, &body).await;
    stored
        .inspect_err(|error| {
            name_sender();
            record_rejected(error, readings);
        })
        .into_response()
}

async fn store(
    state: &AppState,
    deadline: Deadline,
    headers: &HeaderMap,
    caller: Caller,
    body: &serde_json::Value,
) -> Result<(StatusCode, Json<StoredBody>)> {
    let store = state.store();
    let now = store.clock().now();
    let run_header = header_text(headers, RUN_HEADER)
        .map(|text| run_id(RUN_HEADER, &text))
        .transpose();
    let (user, run_header) = both(caller.named(), run_header)?;
    let ingestion = Ingestion::from_body(body, run_header, now)?;
    let run_id = ingestion.run_id;
    RUN_ID.set(run_id.to_string());
    let (owner, status) = store.owner_and_status(deadline, run_id).await?;
    let is_other = user.as_ref().is_some_and(|user| *user != owner);
    let username = user.unwrap_or(owner);
    if is_other || is_detailed() {
        USER.set(username.as_str());
    }
    let may_exist: Vec<bool> = ingestion
        .readings
        .iter()
        .map(|reading| reading.own_id.is_some())
        .collect();
    let received = |reading: NewReading| reading.received(run_id, username.clone(), now);
    let mut readings: Vec<Reading> = ingestion.readings.into_iter().map(received).collect();
    let BatchOutcome {
        readings: outcomes,
        error,
    } = match status {
        Status::Running if ingestion.is_batch => {
            store.put_batch(deadline, &readings, &may_exist).await?
        }
        Status::Running => vec![store.put_reading(deadline, &readings[0]).await?].into(),
        // What is stored already is answered as before, however the run has ended since.
        _ if !may_exist.contains(&false) && store.are_stored(deadline, &readings).await? => {
            vec![WriteOutcome::Duplicate; readings.len()].into()
        }
        _ => return Err(Error::NotRunning { id: run_id, status }),
    };
    if outcomes.iter().any(Option::is_some) {
        store.renew_lease(deadline, run_id);
    }
    // An id that was made here can only exist because an attempt's answer was lost.
    let is_new = |n: usize| match outcomes[n] {
        Some(WriteOutcome::Written) => true,
        Some(WriteOutcome::Duplicate) => !may_exist[n],
        None => false,
    };
    let places = 0..readings.len();
    let new: Vec<&Reading> = places
        .filter(|n| is_new(*n))
        .map(|n| &readings[n])
        .collect();
    match ingestion.is_batch {
        true => event::each(READINGS, &new, |reading| record_ingested(reading)),
        false => new.iter().for_each(|reading| record_ingested(reading)),
    }
    let status = match new.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::CREATED,
    };
    if let Some(error) = error {
        return Err(error);
    }
    let body = match ingestion.is_batch {
        true => StoredBody::Batch(ReadingsBody::new(readings, None)),
        false => StoredBody::One(Box::new(readings.remove(0).into())),
    };
    Ok((status, Json(body)))
}

fn record_ingested(reading: &Reading) {
    SENSOR_ID.set(reading.sensor_id.as_str());
    SENSOR_DATA_INGESTED.increment(());
    for (quantity, value) in reading.measurements.iter() {
        quantity.record(value);
    }
}

fn record_rejected(error: &Error, readings: usize) {
    let (reason, count) = match error {
        Error::Invalid(_) | Error::ReadingConflict(_) => (RejectReason::Invalid, readings),
        Error::UnknownRun(_) => (RejectReason::UnknownRun, readings),
        Error::NotRunning { .. } => (RejectReason::RunNotRunning, readings),
        Error::PartlyStored { failed, .. } => (RejectReason::Unavailable, failed.len()),
        Error::LimitReached { .. }
        | Error::Unauthenticated
        | Error::Forbidden(_)
        | Error::Unavailable(_)
        | Error::Internal(_) => (RejectReason::Unavailable, readings),
    };
    SENSOR_DATA_REJECTED.add(count as u64, reason);
}

/// A page of readings: of a run, of a sensor, or of all runs, run by run.
#[utoipa::path(
    get, path = path(Route::ListReadings), tag = "sensors", params(ReadingsParameters),
    responses((status = 200, description = "A page of readings", body = ReadingsBody), BadParameters, AnyRoute)
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    parameters: Parameters,
) -> Result<Json<ReadingsBody>> {
    let query = ReadingsQuery::from_parameters(&parameters.0)?;
    let page = state.store().list_readings(deadline, &query).await?;
    Ok(Json(ReadingsBody::new(page.items, page.next_key)))
}
