//! Golden signals of an HTTP API: rate, errors and duration of every route.
//!
//! [`GoldenSignals`] is a layer of an axum router, so it knows the route that matched and
//! not only the path: metrics have a closed set of names, whatever clients ask for.
//! Within a Lambda invocation it adds to the invocation's event and span; elsewhere, on a
//! laptop or in a test, it begins them, so that one request is one event everywhere.

use std::{
    mem,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    Json,
    extract::{MatchedPath, Request},
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use http::{Method, StatusCode};
use opentelemetry_semantic_conventions::attribute::{
    ERROR_TYPE, FAAS_TRIGGER, HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE,
};
use tower::{Layer, Service};

use crate::{
    Dimension as _,
    catalogue::{ERROR, REQUEST, REQUEST_DURATION, REQUEST_ERROR, Route, STATUS},
    log::PANIC,
    trace::current,
};

/// What nginx logs for a client that went away; the answer is never sent.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Layer for a router: metrics, span attributes and properties of every request.
///
/// A panic below it is answered with 500 and a JSON body of `error` and `message`.
///
/// ```
/// use axum::{Router, routing::get};
///
/// let app: Router = Router::new()
///     .route("/api/runs/{id}", get(|| async { "a run" }))
///     .layer(telemetry::http::GoldenSignals);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GoldenSignals;

impl<S> Layer<S> for GoldenSignals {
    type Service = Observed<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Observed { inner }
    }
}

/// The service that [`GoldenSignals`] makes of another.
#[derive(Clone, Debug)]
pub struct Observed<S> {
    inner: S,
}

impl<S> Service<Request> for Observed<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The one that is ready goes into the future; a fresh clone stays.
        let fresh = self.inner.clone();
        let inner = mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            if current::is_some() {
                return observe(inner, request).await;
            }
            let began = current::Request::from_headers(request.headers());
            let method = request.method().clone();
            // What is around it moves it several times: a pointer is cheaper to move.
            current::run(began, method, Box::pin(observe(inner, request))).await
        })
    }
}

async fn observe<S>(mut inner: S, request: Request) -> Result<Response, S::Error>
where
    S: Service<Request, Response = Response>,
{
    let route = route(&request);
    describe(request.method(), route);
    let _in_flight = InFlight::begin(Unanswered {
        route,
        started: Instant::now(),
    });
    let answer = async { inner.call(request).await };
    let response = match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(answer) => answer?,
        Err(_) => panicked(),
    };
    if let Some(unanswered) = current::take_unanswered() {
        unanswered.answered(&response);
    }
    Ok(response)
}

/// The route that matched; a `HEAD` counts as the `GET` that answers it.
fn route(request: &Request) -> Route {
    let method = match request.method() {
        &Method::HEAD => "GET",
        method => method.as_str(),
    };
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map(MatchedPath::as_str).unwrap_or_default();
    let matches = |route: &Route| {
        let rest = route.value().strip_prefix(method);
        rest.and_then(|rest| rest.strip_prefix(' ')) == Some(path)
    };
    let found = Route::ALL.iter().copied().find(matches);
    found.unwrap_or(Route::Unmatched)
}

fn describe(method: &Method, route: Route) {
    let span = current::span();
    if !span.is_recorded() {
        return;
    }
    span.set(FAAS_TRIGGER, "http");
    span.set(HTTP_REQUEST_METHOD, method_name(method));
    if let Some((_, path)) = route.value().split_once(' ') {
        span.set(HTTP_ROUTE, path);
        span.rename(route.value());
    } else {
        span.rename(method_name(method));
    }
}

/// The semantic conventions' name of a method: any that is not standard is `_OTHER`.
fn method_name(method: &Method) -> String {
    const STANDARD: [Method; 9] = [
        Method::CONNECT,
        Method::DELETE,
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::PATCH,
        Method::POST,
        Method::PUT,
        Method::TRACE,
    ];
    let standard = STANDARD.contains(method);
    if standard { method.as_str() } else { "_OTHER" }.to_owned()
}

/// The short, stable name of an error, which goes into the event's `error` and the span's
/// `error.type`: put it into the extensions of the response that reports the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorName(pub &'static str);

/// A request that has not been answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unanswered {
    route: Route,
    started: Instant,
}

impl Unanswered {
    fn answered(self, response: &Response) {
        let status = response.status();
        self.record(status.is_server_error());
        STATUS.set(status.as_u16());
        let span = current::span();
        span.set(HTTP_RESPONSE_STATUS_CODE, i64::from(status.as_u16()));
        let name = response.extensions().get::<ErrorName>();
        if let Some(ErrorName(name)) = name {
            ERROR.set(*name);
        }
        if status.is_server_error() {
            let name = name.map_or("5xx", |ErrorName(name)| name);
            span.set(ERROR_TYPE, name);
            span.fail(name);
        }
    }

    /// Lambda's deadline comes before the answer: nobody will get one.
    pub(crate) fn timed_out(self) {
        self.record(true);
    }

    fn cancelled(self) {
        self.record(false);
        STATUS.set(CLIENT_CLOSED_REQUEST);
        let span = current::span();
        span.set(HTTP_RESPONSE_STATUS_CODE, i64::from(CLIENT_CLOSED_REQUEST));
    }

    fn record(self, failed: bool) {
        REQUEST.increment(self.route);
        REQUEST_ERROR.add(failed.into(), self.route);
        let elapsed = self.started.elapsed().as_secs_f64() * 1e3;
        REQUEST_DURATION.record(elapsed, self.route);
    }
}

/// Counts a request also if its future is dropped, as a server does when a client leaves.
struct InFlight;

impl InFlight {
    fn begin(unanswered: Unanswered) -> Self {
        current::with(|request| request.unanswered.set(Some(unanswered)));
        Self
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(unanswered) = current::take_unanswered() {
            unanswered.cancelled();
        }
    }
}

fn panicked() -> Response {
    let body = serde_json::json!({
        "error": PANIC,
        "message": "The request failed unexpectedly. Its id is in the logs.",
    });
    let mut response = (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response();
    response.extensions_mut().insert(ErrorName(PANIC));
    response
}
