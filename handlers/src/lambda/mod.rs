//! The functions on Lambda: what is between its runtime and a router.
//!
//! An event is a request of an HTTP API or a REST API, or the schedule's tick; anything else
//! fails, and the process goes on. SIGTERM ends the process in order, in the middle of an
//! invocation too: the invocation is dropped, which writes what is known of it.

mod dispatch;
mod events;

use std::convert::Infallible;
use std::future::{Future, pending};
use std::io::{self, Write};
use std::mem;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use catalogue::Service;
use http::Uri;
use http::header::{HeaderName, HeaderValue, SET_COOKIE};
use http::uri::PathAndQuery;
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_http::{Adapter, LambdaEvent, Request, RequestExt, service_fn};
use lambda_runtime::{Runtime, spawn_graceful_shutdown_handler};
use serde::Deserialize;
use serde_json::Value;
use telemetry::lambda::{Invocations, failed};
use telemetry::property::ERROR;
use telemetry::{Destination, Dimension, Metrics, Telemetry, process_env};
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::routes::{Claims, cors};
use crate::{Config, Deadline, REQUEST_BUDGET, Tick};

/// What ends a function: a configuration that is wrong, or a runtime that does not answer.
pub type Error = lambda_http::Error;

/// Time of an invocation that is kept for the answer. It is more than what telemetry keeps, so
/// that a store which does not answer ends in 503 and not in a timeout.
const RESERVE: Duration = Duration::from_millis(250);

/// Starts telemetry as on Lambda: metrics to stdout, spans to the X-Ray daemon.
///
/// # Errors
/// If a variable has a value that can't be used.
pub fn start_telemetry(service: Service, config: &Config) -> Result<Telemetry, Error> {
    let namespace = catalogue::namespace(&config.environment)?;
    let metrics = Metrics::builder(namespace)
        .emf(Destination::stdout())
        .build()?;
    Ok(telemetry::Config::lambda(service.value(), metrics, &process_env).init()?)
}

/// How a function's process ends: what was wrong is on stderr in words, which a `Result` of
/// `main` would not give.
pub fn ended(outcome: Result<(), Error>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without stderr there is nobody left to tell.
            let _ = writeln!(io::stderr(), "the function cannot run: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves events until the process is told to end. `tick` answers the schedule's event;
/// `join_background_tasks` waits for what the router left to do after an answer, before the next
/// event.
///
/// # Errors
/// If the Runtime API can't be reached.
pub async fn run<T, F>(
    service: Service,
    config: &Config,
    router: Router,
    tick: T,
    join_background_tasks: impl AsyncFn(),
) -> Result<(), Error>
where
    T: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Tick, Error>> + Send + 'static,
{
    let router = router.layer(cors(config));
    let handler = service_fn(move |request: Request| {
        let (router, tick) = (router.clone(), tick.clone());
        async move {
            match request.request_context_ref() {
                Some(RequestContext::PassThrough) => scheduled(&request, tick).await,
                _ => {
                    let answered = router.oneshot(prepare(request)).await;
                    let response = answered.map_err(|never: Infallible| match never {});
                    response.map(with_single_values)
                }
            }
        }
    });
    let handler = Adapter::from(handler)
        .map_err(failed)
        .map_request(dispatch::by_route)
        .map_request(with_every_value);
    let runtime = Runtime::new(handler).layer(Invocations::of(service));
    let (terminate, terminated) = oneshot::channel();
    spawn_graceful_shutdown_handler(move || async move {
        let _ = terminate.send(());
        // The process ends when `main` does.
        pending::<()>().await;
    })
    .await;
    tokio::select! {
        ended = events::serve(runtime, join_background_tasks) => ended,
        _ = terminated => Ok(()),
    }
}

/// A REST API's event has its headers twice, the second time with all values of each. The
/// adapter would take a header's last value for all of them.
fn with_every_value(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV1(request) = &mut event.payload
        && !request.multi_value_headers.is_empty()
    {
        request.headers = mem::take(&mut request.multi_value_headers);
    }
    event
}

/// Runs the tick if that is what the event asks for. No request of an API is such an event:
/// API Gateway wraps whatever a client sends.
async fn scheduled<F>(event: &Request, tick: impl Fn() -> F) -> Result<Response, Error>
where
    F: Future<Output = Result<Tick, Error>>,
{
    #[derive(Deserialize)]
    struct Schedule {
        source: String,
    }
    match serde_json::from_slice(event.body()) {
        Ok(Schedule { source }) if source == TICK => {
            telemetry::lambda::scheduled();
            Ok(Json(tick().await?).into_response())
        }
        _ => {
            ERROR.set("unknown_event");
            Err(Error::from(
                "the event is neither an API Gateway request nor a tick",
            ))
        }
    }
}

/// `source` of the schedule's event.
pub const TICK: &str = "sentori.tick";

/// The request as the router expects it, to be answered before the invocation's time is over.
fn prepare(mut request: Request) -> Request {
    let deadline = request
        .lambda_context_ref()
        .map(lambda_http::Context::deadline);
    let left = deadline.and_then(|deadline| deadline.duration_since(SystemTime::now()).ok());
    let budget = left
        .unwrap_or_default()
        .saturating_sub(RESERVE)
        .min(REQUEST_BUDGET);
    request.extensions_mut().insert(Deadline::after(budget));
    if let Some(uri) = as_requested(&request) {
        *request.uri_mut() = uri;
    }
    if let Some(claims) = claims(&request) {
        request.extensions_mut().insert(claims);
    }
    request
}

/// A header of several values becomes one list, which means the same: an HTTP API takes one value
/// for each. Cookies have a place of their own.
fn with_single_values(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if headers.len() == headers.keys_len() {
        return response;
    }
    let names: Vec<HeaderName> = headers.keys().cloned().collect();
    for name in names.into_iter().filter(|name| name != SET_COOKIE) {
        let values: Vec<&[u8]> = headers
            .get_all(&name)
            .iter()
            .map(HeaderValue::as_bytes)
            .collect();
        if let (2.., Ok(list)) = (
            values.len(),
            HeaderValue::from_bytes(&values.join(&b", "[..])),
        ) {
            headers.insert(name, list);
        }
    }
    response
}

/// The path that [`dispatch::by_route`] made: `lambda_http` puts a stage before it and resolves
/// what looks like `..` in it.
fn as_requested(request: &Request) -> Option<Uri> {
    let path = request.raw_http_path();
    if path.is_empty() || path == request.uri().path() {
        return None;
    }
    let mut parts = request.uri().clone().into_parts();
    let path_and_query = match request.uri().query() {
        Some(query) => PathAndQuery::try_from(format!("{path}?{query}")),
        None => PathAndQuery::try_from(path),
    };
    parts.path_and_query = Some(path_and_query.ok()?);
    Uri::from_parts(parts).ok()
}

/// The claims of the token that the API's authorizer has checked.
fn claims(request: &Request) -> Option<Claims> {
    let authorizer = match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.authorizer.as_ref()?,
        RequestContext::ApiGatewayV1(context) => &context.authorizer,
        _ => return None,
    };
    if let Some(jwt) = &authorizer.jwt {
        return Some(Claims(jwt.claims.clone()));
    }
    // Where a REST API puts them.
    let claims = authorizer.fields.get("claims")?.as_object()?;
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let claims = claims
        .iter()
        .map(|(name, value)| (name.clone(), text(value)));
    Some(Claims(claims.collect()))
}
