//! HTTP: a router for each function, and the one place where errors become statuses.

mod answer;
mod bodies;
mod cors;
mod document;
mod input;
mod links;
mod openapi;
mod runs;
mod schemas;
mod sensors;
mod table;
mod user;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::on,
};
use catalogue::{Route, Service};
use telemetry::http::GoldenSignals;

use self::document::{method, path};
use crate::{AppState, Deadline, Error, REQUEST_BUDGET, domain::limits};

pub use answer::ErrorBody;
pub use cors::{CORS_EXPOSED_HEADERS, CORS_METHODS, CORS_REQUEST_HEADERS, cors};
pub use links::grafana_url;
pub use openapi::openapi;
pub use user::{Claims, SCOPE_CLAIMS};

table::routes! {
    RunApi, bodies of limits::RUN_BODY_BYTES => {
        CanStart: runs::can_start,
        RunningRuns: runs::running,
        StartRun: runs::start,
        FinishRun: runs::finish,
        InterruptAll: runs::interrupt_all,
        AllRuns: runs::all,
        GetRun: runs::get,
        ListRuns: runs::list,
        OpenApi: openapi::document,
    }
    SensorApi, bodies of limits::SENSOR_BODY_BYTES => {
        IngestReadings: sensors::ingest,
        ListReadings: sensors::list,
    }
}

/// The run API: starts, finishes, interrupts and lists runs.
pub fn run_api(state: AppState) -> Router {
    router(Service::RunApi, state)
}

/// The sensor API: takes and lists readings.
pub fn sensor_api(state: AppState) -> Router {
    router(Service::SensorApi, state)
}

/// The router of a function, with its golden signals.
pub fn router(service: Service, state: AppState) -> Router {
    router_without_telemetry(service, state).layer(GoldenSignals::<Route>::new())
}

/// The router of a function without its golden signals: for a program that puts something of its
/// own between both, and what a benchmark measures telemetry against.
pub fn router_without_telemetry(service: Service, state: AppState) -> Router {
    with_common_layers(service, &state).with_state(state)
}

/// The routes of a function and what each of them has: JSON for unknown paths and methods, a token
/// where one is needed, a deadline, and an answer that no cache keeps.
fn with_common_layers(service: Service, state: &AppState) -> Router<AppState> {
    routes_of(service)
        .fallback(no_such_path)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(
            state.clone(),
            user::authenticated,
        ))
        .layer(middleware::from_fn(with_deadline))
        .layer(middleware::map_response(not_kept))
}

async fn no_such_path(request: Request) -> Response {
    let message = format!("There is nothing at {}", request.uri().path());
    ErrorBody::new("not_found", message).with_status(StatusCode::NOT_FOUND)
}

async fn method_not_allowed(request: Request) -> Response {
    let message = format!(
        "{} does not take {}",
        request.uri().path(),
        request.method()
    );
    ErrorBody::new("method_not_allowed", message).with_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// A cache may keep what does not say so, a 404 too: readers would be told of runs that have ended.
async fn not_kept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Gives the request its deadline and answers 503 when it passes, whatever is waited for.
async fn with_deadline(mut request: Request, next: Next) -> Response {
    let ours = Deadline::after(REQUEST_BUDGET);
    let deadline = request
        .extensions()
        .get()
        .map_or(ours, |theirs: &Deadline| ours.min(*theirs));
    request.extensions_mut().insert(deadline);
    deadline
        .limit(next.run(request))
        .await
        .unwrap_or_else(|error| Error::from(error).into_response())
}
