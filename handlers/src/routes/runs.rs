//! The handlers of the run API.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use catalogue::{RUN_ID, RUN_REJECTED, RUN_STARTED, Route, USER};

use super::{
    answer::{self, ErrorBody},
    bodies::{InterruptedBody, PlacesBody, RunBody, RunsBody, RunsParameters},
    document::{
        AnyRoute, BadBody, BadParameters, IdempotencyParameter, NotAllowed, UnknownRun,
        UserParameter, path,
    },
    input::{JsonBody, Parameters, RunId, header_text},
    user::Caller,
};
use crate::{
    AppState, Deadline, Error, Result,
    domain::{
        FinishRequest, IDEMPOTENCY_HEADER, NewRun, Run, RunsQuery, StartRequest, Status, both,
        idempotency_key, limits,
    },
    store::{EndCondition, StartOutcome, Store},
};

/// May another run start?
#[utoipa::path(get, path = path(Route::CanStart), tag = "runs", responses((status = 200, description = "Whether, and how many places are free", body = PlacesBody), AnyRoute))]
pub(super) async fn can_start(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
) -> std::result::Result<Json<PlacesBody>, Response> {
    let store = state.store();
    let max = store.max_running();
    let board = store.board(deadline).await.map_err(|error| {
        // The frontend reads the numbers from an error too: those that were true when last seen.
        error.log("the places are not known", None);
        let places = PlacesBody {
            can_start: false,
            available: 0,
            ..PlacesBody::new(state.last_running(), max)
        };
        let body = ErrorBody {
            places: Some(places),
            ..ErrorBody::of(&error)
        };
        body.with_status(answer::status(&error))
    })?;
    let running = board.taken(store.clock().now());
    state.observe_running(running);
    Ok(Json(PlacesBody::new(running, max)))
}

/// The runs that are running, newest first.
#[utoipa::path(get, path = path(Route::RunningRuns), tag = "runs", responses((status = 200, description = "The running runs", body = Vec<RunBody>), AnyRoute))]
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
    post, path = path(Route::StartRun), tag = "runs", request_body = ref("#/components/schemas/StartBody"),
    params(UserParameter, IdempotencyParameter),
    responses(
        (status = 201, description = "Started", body = RunBody, headers(("Location" = String, description = "Where the run is"))),
        (status = 200, description = "Started before with this key", body = RunBody),
        (status = 409, description = "The limit of running runs is reached", body = ref("#/components/schemas/ErrorBody")),
        BadBody, NotAllowed, AnyRoute,
    )
)]
pub(super) async fn start(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    headers: HeaderMap,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Response> {
    let request = StartRequest::from_body(body.as_ref());
    let (username, request) = both(caller.user(), request)?;
    USER.set(username.as_str());
    let key = header_text(&headers, IDEMPOTENCY_HEADER)
        .map(|key| idempotency_key(&username, &key))
        .transpose()?;
    let new = NewRun {
        key,
        username,
        request,
    };
    let started = state.store().start(deadline, &new).await;
    match started {
        Ok(StartOutcome::New(run, running)) => {
            RUN_ID.set(run.id.to_string());
            RUN_STARTED.increment(());
            state.observe_running(running);
            let place = path(Route::GetRun).replace("{id}", &run.id.to_string());
            let answer = (
                StatusCode::CREATED,
                [(header::LOCATION, place)],
                Json(body_of(&state, run)),
            );
            Ok(answer.into_response())
        }
        Ok(StartOutcome::Repeated(run)) => {
            RUN_ID.set(run.id.to_string());
            Ok(Json(body_of(&state, run)).into_response())
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
    post, path = path(Route::FinishRun), tag = "runs", request_body = ref("#/components/schemas/FinishBody"),
    params(("id" = Uuid, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "Finished", body = RunBody),
        (status = 409, description = "The run is not running", body = ref("#/components/schemas/ErrorBody")),
        BadBody, NotAllowed, UnknownRun, AnyRoute,
    )
)]
pub(super) async fn finish(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    RunId(id): RunId,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<RunBody>> {
    let request = FinishRequest::from_body(body.as_ref());
    let (id, request) = both(id, request)?;
    RUN_ID.set(id.to_string());
    let store = state.store();
    let now = store.clock().now();
    let run = store.run(deadline, id).await?;
    let run = run.ok_or(Error::UnknownRun(id))?.as_of(now);
    USER.set(run.username.as_str());
    caller.may_end_run_of(&run.username)?;
    if run.status != Status::Running {
        return Err(Error::NotRunning {
            id,
            status: run.status,
        });
    }
    let mut ended = run.ended(request.status, now, request.error_message);
    if !store.end(deadline, &ended, EndCondition::Running).await? {
        let status = store
            .run(deadline, id)
            .await?
            .map_or(Status::Interrupted, |run| run.status);
        return Err(Error::NotRunning { id, status });
    }
    store.add_stats(deadline, &mut ended).await;
    Ok(Json(body_of(&state, ended)))
}

/// Interrupts every run that is running.
#[utoipa::path(
    post, path = path(Route::InterruptAll), tag = "runs",
    responses((status = 200, description = "The runs that were interrupted", body = InterruptedBody), NotAllowed, AnyRoute)
)]
pub(super) async fn interrupt_all(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    caller: Caller,
) -> Result<Json<InterruptedBody>> {
    caller.may_end_runs_of_others()?;
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
    get, path = path(Route::GetRun), tag = "runs",
    params(("id" = Uuid, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "The run", body = RunBody),
        BadParameters, UnknownRun, AnyRoute,
    )
)]
pub(super) async fn get(
    State(state): State<AppState>,
    Extension(deadline): Extension<Deadline>,
    RunId(id): RunId,
) -> Result<Json<RunBody>> {
    let id = id?;
    RUN_ID.set(id.to_string());
    let run = state
        .store()
        .run(deadline, id)
        .await?
        .ok_or(Error::UnknownRun(id))?;
    Ok(Json(body_of(
        &state,
        run.as_of(state.store().clock().now()),
    )))
}

/// A page of runs, newest first.
#[utoipa::path(
    get, path = path(Route::ListRuns), tag = "runs", params(RunsParameters),
    responses((status = 200, description = "A page of runs", body = RunsBody), BadParameters, AnyRoute)
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

/// The newest runs in one answer, at most 500 and as many as Lambda can answer with; if there are
/// more, the header `Link` leads to the rest.
#[utoipa::path(
    get, path = path(Route::AllRuns), tag = "runs",
    responses((status = 200, description = "The newest runs", body = Vec<RunBody>, headers(("Link" = Option<String>, description = "The next runs, rel=\"next\""))), AnyRoute)
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
    let (mut next, mut bytes, mut items) = (page.next_key, 0, Vec::new());
    let mut last_key = None;
    for run in page.items {
        let key = Store::key_after(&run);
        let body = body_of(&state, run);
        bytes += bytes_in_an_event(&body);
        if bytes > limits::ALL_RUNS_BYTES {
            next = last_key;
            break;
        }
        items.push(body);
        last_key = Some(key);
    }
    let answer = Json(items);
    let Some(key) = next else {
        return Ok(answer.into_response());
    };
    let link = format!(
        "</api/runs?limit={}&lastKey={key}>; rel=\"next\"",
        limits::RUNS_PAGE.0.end()
    );
    Ok(([(header::LINK, link)], answer).into_response())
}

/// Bytes of a run and a comma in Lambda's answer, where the body is a string within JSON.
fn bytes_in_an_event(run: &RunBody) -> usize {
    let text = serde_json::to_string(run).unwrap_or_default();
    let escaped = text.bytes().filter(|byte| matches!(byte, b'"' | b'\\'));
    text.len() + escaped.count() + 1
}

fn body_of(state: &AppState, run: Run) -> RunBody {
    RunBody::new(run, state.config())
}

fn bodies(state: &AppState, runs: Vec<Run>) -> Vec<RunBody> {
    runs.into_iter().map(|run| body_of(state, run)).collect()
}
