//! Golden signals of an HTTP API: rate, errors and duration of every route.
//!
//! [`GoldenSignals`] is a layer of an axum router, so it knows the route that matched and
//! not only the path: metrics have a closed set of names, whatever clients ask for.
//! Within a Lambda invocation it adds to the invocation's event and span; elsewhere, on a
//! laptop or in a test, it begins them, so that one request is one event everywhere.
//!
//! Lambda's log is paid by the byte. So a status of 2xx is not said there, and that there was
//! no error is said by one request of each route in ten seconds and by every traced one, those
//! that are [detailed](is_detailed).

use std::{
    fmt,
    marker::PhantomData,
    mem,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    Json,
    extract::{MatchedPath, Request},
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use http::{Method, StatusCode, header::HOST, uri::Authority};
use opentelemetry_semantic_conventions::attribute::{
    ERROR_TYPE, FAAS_TRIGGER, HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE,
    SERVER_ADDRESS, SERVER_PORT, URL_PATH, URL_SCHEME,
};
use tower::{Layer, Service};

use crate::{
    context::{self, PendingRequest},
    invocation,
    log::PANIC,
    property::{ERROR, STATUS},
    signals::RouteSignals,
};

/// What nginx logs for a client that went away; the answer is never sent.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Layer for a router: metrics, span attributes and properties of every request, by the
/// routes `R` of the service.
///
/// A panic below it is answered with 500 and a JSON body of `error` and `message`.
///
/// ```
/// use axum::{Router, routing::get};
/// use telemetry::http::GoldenSignals;
///
/// telemetry::dimension! {
///     /// The shop's routes.
///     pub enum Route as "Route" {
///         /// One order.
///         GetOrder = "GET /orders/{id}",
///         /// Anything else.
///         Unmatched = "unmatched",
///     }
/// }
/// telemetry::catalogue! {
///     http by Route else Unmatched;
/// }
/// let app: Router = Router::new()
///     .route("/orders/{id}", get(|| async { "an order" }))
///     .layer(GoldenSignals::<Route>::new());
/// ```
pub struct GoldenSignals<R>(PhantomData<fn() -> R>);

impl<R> GoldenSignals<R> {
    /// The layer.
    #[expect(clippy::new_without_default, reason = "nothing has a default here")]
    // Here the compiler says what the bound misses; of a method that is not found it does not.
    pub const fn new() -> Self
    where
        R: RouteSignals,
    {
        Self(PhantomData)
    }
}

impl<R> Clone for GoldenSignals<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for GoldenSignals<R> {}

impl<R> fmt::Debug for GoldenSignals<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GoldenSignals")
    }
}

impl<S, R> Layer<S> for GoldenSignals<R> {
    type Service = GoldenSignalsService<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        GoldenSignalsService {
            inner,
            signals: *self,
        }
    }
}

/// The service that [`GoldenSignals`] makes of another.
#[derive(Debug)]
pub struct GoldenSignalsService<S, R> {
    inner: S,
    signals: GoldenSignals<R>,
}

impl<S: Clone, R> Clone for GoldenSignalsService<S, R> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            signals: self.signals,
        }
    }
}

impl<S, R: RouteSignals> Service<Request> for GoldenSignalsService<S, R>
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
            let route: R = route(&request);
            if context::is_some() {
                // On Lambda the parent is Lambda's; what the client says itself is a link.
                if let Some(client) = context::w3c(request.headers()) {
                    context::span().link(client);
                }
                return observe(inner, request, route).await;
            }
            let id = request.extensions().get::<RequestId>();
            let id = id.map(|RequestId(id)| id.clone());
            let began = context::Request::from_headers(request.headers(), id);
            let method = request.method().clone();
            // What is around it moves it several times: a pointer is cheaper to move.
            invocation::run(began, method, Box::pin(observe(inner, request, route))).await
        })
    }
}

async fn observe<S, R>(mut inner: S, request: Request, route: R) -> Result<Response, S::Error>
where
    S: Service<Request, Response = Response>,
    R: RouteSignals,
{
    describe(&request, route);
    let _in_flight = InFlight::begin(PendingRequest::of(route));
    let answer = async { inner.call(request).await };
    let response = match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(answer) => answer?,
        Err(_) => panic_response(),
    };
    if let Some(pending) = context::take_pending() {
        record_answer(pending, &response);
    }
    Ok(response)
}

/// The route that matched; a `HEAD` counts as the `GET` that answers it.
fn route<R: RouteSignals>(request: &Request) -> R {
    let method = match request.method() {
        &Method::HEAD => "GET",
        method => method.as_str(),
    };
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map(MatchedPath::as_str).unwrap_or_default();
    let matches = |route: &R| {
        let rest = route.value().strip_prefix(method);
        rest.and_then(|rest| rest.strip_prefix(' ')) == Some(path)
    };
    let found = R::all().find(matches);
    found.unwrap_or(R::UNMATCHED)
}

fn describe<R: RouteSignals>(request: &Request, route: R) {
    let span = context::span();
    if !span.is_recorded() {
        return;
    }
    let method = request.method();
    span.set(URL_PATH, request.uri().path().to_owned());
    span.set(URL_SCHEME, scheme(request));
    if let Some(server) = server(request) {
        span.set(SERVER_ADDRESS, server.host().to_owned());
        if let Some(port) = server.port_u16() {
            span.set(SERVER_PORT, i64::from(port));
        }
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

/// How the client called: behind a gateway that is what the gateway says.
fn scheme(request: &Request) -> &'static str {
    let forwarded = request.headers().get("x-forwarded-proto");
    let forwarded = forwarded.and_then(|value| value.to_str().ok());
    match forwarded.or(request.uri().scheme_str()) {
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => "https",
        _ => "http",
    }
}

/// The name and port that the client called.
fn server(request: &Request) -> Option<Authority> {
    let host = request.headers().get(HOST);
    let host = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    host.or_else(|| request.uri().authority().cloned())
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

/// Whether the current request is one that says what others of its time have said: on Lambda
/// one of each route in ten seconds and every traced one, elsewhere each.
///
/// A handler may ask before it sets a property that many events would repeat.
pub fn is_detailed() -> bool {
    context::is_detailed()
}

/// A request's id, if whatever stands before the router gives it one: put it into the
/// extensions of the request. On Lambda it is Lambda's; otherwise one is made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The short, stable name of an error, which goes into the event's `error` and the span's
/// `error.type`: put it into the extensions of the response that reports the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorName(pub &'static str);

fn record_answer(pending: PendingRequest, response: &Response) {
    let status = response.status();
    pending.record(status.is_server_error());
    if !(status.is_success() && context::is_of_lambda()) {
        STATUS.set(status.as_u16());
    }
    let span = context::span();
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

fn record_cancellation(pending: PendingRequest) {
    pending.record(false);
    STATUS.set(CLIENT_CLOSED_REQUEST);
    let span = context::span();
    span.set(HTTP_RESPONSE_STATUS_CODE, i64::from(CLIENT_CLOSED_REQUEST));
}

/// Counts a request also if its future is dropped, as a server does when a client leaves.
struct InFlight;

impl InFlight {
    fn begin(pending: PendingRequest) -> Self {
        context::with(|request| request.begin(pending));
        Self
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(pending) = context::take_pending() {
            record_cancellation(pending);
        }
    }
}

fn panic_response() -> Response {
    let body = serde_json::json!({
        "error": PANIC,
        "message": "The request failed unexpectedly. Its id is in the logs.",
    });
    let mut response = (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response();
    response.extensions_mut().insert(ErrorName(PANIC));
    response
}
