//! The handlers of the run API.

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use catalogue::{RUN_ID, RUN_REJECTED, RUN_STARTED, USER};
use uuid::Uuid;

use super::{
    answer::ErrorBody,
    bodies::{
        CanStartBody, FinishBody, InterruptedBody, RunBody, RunsBody, RunsParameters, StartBody,
    },
    input::{BodyError, JsonBody, Parameters, header_text},
    user::User,
};
use crate::{
    AppState, Deadline, Error, Result,
    domain::{
        FinishRequest, IDEMPOTENCY_HEADER, NewRun, Run, RunsQuery, StartRequest, Status,
        idempotency_key, limits, run_id,
    },
    error::both,
    store::{Started, Unless},
};

/// May another run start?
#[utoipa::path(get, path = "/api/runs/can-start", tag = "runs", responses((status = 200, body = CanStartBody)))]
pub(super) async fn can_start(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
) -> Result<Json<CanStartBody>> {
    let store = state.store();
    let current_running = store.board(deadline).await?.taken(store.clock().now());
    state.observe_running(current_running);
    let max_allowed = store.max_running();
    let available = max_allowed.saturating_sub(current_running);
    Ok(Json(CanStartBody {
        can_start: available > 0,
        current_running,
        max_allowed,
        available,
    }))
}

/// The runs that are running, newest first.
#[utoipa::path(get, path = "/api/runs/running", tag = "runs", responses((status = 200, body = Vec<RunBody>)))]
pub(super) async fn running(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
) -> Result<Json<Vec<RunBody>>> {
    let runs = state.store().running(deadline).await?;
    state.observe_running(runs.len());
    Ok(Json(bodies(&state, runs)))
}

/// Starts a run. With an `Idempotency-Key`, the same start again answers 200 with the same run.
#[utoipa::path(
    post, path = "/api/runs/start", tag = "runs", request_body = Option<StartBody>,
    params(
        ("X-User" = String, Header, description = "3 to 20 of A-Z, a-z, 0-9, dot, underscore and hyphen"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 printable ASCII characters"),
    ),
    responses(
        (status = 201, description = "Started", body = RunBody),
        (status = 200, description = "Started before with this key", body = RunBody),
        (status = 400, description = "Invalid", body = ErrorBody),
        (status = 409, description = "The limit of running runs is reached", body = ErrorBody),
        (status = 503, description = "Not known in time whether it started", body = ErrorBody),
    )
)]
pub(super) async fn start(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    headers: HeaderMap,
    user: User,
    body: std::result::Result<JsonBody, BodyError>,
) -> std::result::Result<Response, BodyError> {
    let body = body?.0;
    Ok(start_run(
        &state,
        deadline,
        &headers,
        user,
        StartRequest::from_body(body.as_ref()),
    )
    .await
    .into_response())
}

async fn start_run(
    state: &AppState,
    deadline: Deadline,
    headers: &HeaderMap,
    user: User,
    request: Result<StartRequest>,
) -> Result<(StatusCode, Json<RunBody>)> {
    let (username, request) = both(user.required(), request)?;
    USER.set(username.as_str());
    let key = header_text(headers, IDEMPOTENCY_HEADER)
        .map(|key| idempotency_key(&username, key))
        .transpose()?;
    let new = NewRun {
        id: key.unwrap_or_else(Uuid::new_v4),
        repeatable: key.is_some(),
        username,
        request,
    };
    match state.store().start(deadline, &new).await {
        Ok(Started::New(run, running)) => {
            RUN_ID.set(run.id.to_string());
            RUN_STARTED.increment(());
            state.observe_running(running);
            Ok((StatusCode::CREATED, Json(body(state, run))))
        }
        Ok(Started::Before(run)) => {
            RUN_ID.set(run.id.to_string());
            Ok((StatusCode::OK, Json(body(state, run))))
        }
        Err(error) => {
            if let Error::LimitReached { running, .. } = &error {
                RUN_REJECTED.increment(());
                state.observe_running(*running);
            }
            Err(error)
        }
    }
}

/// Finishes a run.
#[utoipa::path(
    post, path = "/api/runs/{id}/finish", tag = "runs", request_body = Option<FinishBody>,
    params(("id" = Uuid, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "Finished", body = RunBody),
        (status = 400, description = "Invalid", body = ErrorBody),
        (status = 404, description = "No such run", body = ErrorBody),
        (status = 409, description = "The run is not running", body = ErrorBody),
        (status = 503, description = "Not known in time whether it finished", body = ErrorBody),
    )
)]
pub(super) async fn finish(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    Path(id): Path<String>,
    body: std::result::Result<JsonBody, BodyError>,
) -> std::result::Result<Response, BodyError> {
    let body = body?.0;
    Ok(finish_run(
        &state,
        deadline,
        run_id("id", &id),
        FinishRequest::from_body(body.as_ref()),
    )
    .await
    .into_response())
}

async fn finish_run(
    state: &AppState,
    deadline: Deadline,
    id: Result<Uuid>,
    request: Result<FinishRequest>,
) -> Result<Json<RunBody>> {
    let (id, request) = both(id, request)?;
    RUN_ID.set(id.to_string());
    let store = state.store();
    let now = store.clock().now();
    let run = store
        .run(deadline, id)
        .await?
        .ok_or(Error::UnknownRun(id))?
        .as_of(now);
    USER.set(run.username.as_str());
    if run.status != Status::Running {
        return Err(Error::NotRunning {
            id,
            status: run.status,
        });
    }
    let mut ended = run.ended(request.status, now, request.error_message);
    if !store.end(deadline, &ended, Unless::Ended).await? {
        let status = store
            .run(deadline, id)
            .await?
            .map_or(Status::Interrupted, |run| run.status);
        return Err(Error::NotRunning { id, status });
    }
    store.add_stats(deadline, &mut ended).await;
    Ok(Json(body(state, ended)))
}

/// Interrupts every run that is running.
#[utoipa::path(post, path = "/api/runs/interrupt-all", tag = "runs", responses((status = 200, body = InterruptedBody)))]
pub(super) async fn interrupt_all(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
) -> Result<Json<InterruptedBody>> {
    let store = state.store();
    let mut runs = store.interrupt_all(deadline).await?;
    for run in &mut runs {
        store.add_stats(deadline, run).await;
    }
    let interrupted = runs.len();
    let message = match interrupted {
        0 => "No run was running".to_owned(),
        1 => "1 run was interrupted".to_owned(),
        many => format!("{many} runs were interrupted"),
    };
    Ok(Json(InterruptedBody {
        interrupted,
        message,
    }))
}

/// A run.
#[utoipa::path(
    get, path = "/api/runs/{id}", tag = "runs",
    params(("id" = Uuid, Path, description = "Id of the run")),
    responses(
        (status = 200, body = RunBody),
        (status = 400, description = "Not a UUID", body = ErrorBody),
        (status = 404, description = "No such run", body = ErrorBody),
    )
)]
pub(super) async fn get(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    Path(id): Path<String>,
) -> Result<Json<RunBody>> {
    let id = run_id("id", &id)?;
    RUN_ID.set(id.to_string());
    let run = state
        .store()
        .run(deadline, id)
        .await?
        .ok_or(Error::UnknownRun(id))?;
    Ok(Json(body(&state, run.as_of(state.store().clock().now()))))
}

/// A page of runs, newest first.
#[utoipa::path(
    get, path = "/api/runs", tag = "runs", params(RunsParameters),
    responses((status = 200, body = RunsBody), (status = 400, description = "Invalid", body = ErrorBody))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    parameters: Parameters,
) -> Result<Json<RunsBody>> {
    let query = RunsQuery::from_parameters(&parameters.0)?;
    let page = state.store().list_runs(deadline, &query).await?;
    let items = bodies(&state, page.items);
    Ok(Json(RunsBody {
        count: items.len(),
        items,
        next_key: page.next_key,
    }))
}

/// The newest 500 runs in one answer; if there are more, the header `Link` leads to the rest.
#[utoipa::path(
    get, path = "/api/runs/all", tag = "runs",
    responses((status = 200, body = Vec<RunBody>, headers(("Link" = Option<String>, description = "The next runs, rel=\"next\""))))
)]
pub(super) async fn all(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
) -> Result<Response> {
    let query = RunsQuery {
        limit: limits::ALL_RUNS,
        last_key: None,
    };
    let page = state.store().list_runs(deadline, &query).await?;
    let answer = Json(bodies(&state, page.items));
    let Some(key) = page.next_key else {
        return Ok(answer.into_response());
    };
    let link = format!(
        "</api/runs?limit={}&lastKey={key}>; rel=\"next\"",
        limits::RUNS_PAGE.0.end()
    );
    Ok(([(header::LINK, link)], answer).into_response())
}

fn body(state: &AppState, run: Run) -> RunBody {
    RunBody::new(run, &state.config().grafana_url)
}

fn bodies(state: &AppState, runs: Vec<Run>) -> Vec<RunBody> {
    runs.into_iter().map(|run| body(state, run)).collect()
}
