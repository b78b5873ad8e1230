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
mod user;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use catalogue::{Route, Service};
use telemetry::Dimension as _;
use telemetry::http::GoldenSignals;
use telemetry::property::FUNCTION;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{AppState, Deadline, Error, REQUEST_BUDGET, domain::limits};

pub use answer::ErrorBody;
pub use cors::{CORS_EXPOSED_HEADERS, CORS_METHODS, CORS_REQUEST_HEADERS, cors};
pub use links::grafana_url;
pub use openapi::{openapi, routes_of};
pub use user::{Claims, SCOPE_CLAIMS};

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

/// The router of a function of which nobody will hear: what a benchmark measures telemetry
/// against.
pub fn router_without_telemetry(service: Service, state: AppState) -> Router {
    let (routes, body_bytes) = routes(service);
    with_common_layers(service, routes, body_bytes, &state).with_state(state)
}

/// The routes of a function, and the bytes that a body may have.
fn routes(service: Service) -> (OpenApiRouter<AppState>, usize) {
    match service {
        Service::RunApi => (run_routes(), limits::RUN_BODY_BYTES),
        Service::SensorApi => (sensor_routes(), limits::SENSOR_BODY_BYTES),
    }
}

fn run_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(runs::can_start))
        .routes(routes!(runs::running))
        .routes(routes!(runs::start))
        .routes(routes!(runs::finish))
        .routes(routes!(runs::interrupt_all))
        .routes(routes!(runs::all))
        .routes(routes!(runs::get))
        .routes(routes!(runs::list))
        .routes(routes!(openapi::document))
}

fn sensor_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sensors::ingest, sensors::list))
}

/// Adds what every route has: JSON for unknown paths and methods, a body limit, a token where
/// one is needed, a deadline, and the function's name in its events and records.
fn with_common_layers(
    service: Service,
    routes: OpenApiRouter<AppState>,
    body_bytes: usize,
    state: &AppState,
) -> Router<AppState> {
    let enter = move |request, next| {
        FUNCTION.set(service.value());
        with_deadline(request, next)
    };
    let (router, _) = routes.split_for_parts();
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(body_bytes))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            user::authenticated,
        ))
        .layer(middleware::from_fn(enter))
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
