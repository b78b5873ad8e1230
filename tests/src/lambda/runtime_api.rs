//! The HTTP side: the Runtime API and what internal extensions need of the Extensions API.
//!
//! Each request becomes a [`Call`] to the environment, which alone decides; a handler here only
//! translates. `/next` and the extension's `/event/next` hang until there is something to say.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::PAYLOAD_LIMIT;

/// An event as `/next` hands it out.
pub(super) struct Event {
    pub(super) request_id: String,
    pub(super) deadline_ms: u128,
    pub(super) function_arn: String,
    pub(super) trace_header: String,
    pub(super) payload: Bytes,
}

/// What the runtime asked for or reported. The runtime waits until `reply` is used or dropped.
pub(super) enum Call {
    Next {
        reply: oneshot::Sender<Event>,
    },
    Response {
        id: String,
        body: Bytes,
        reply: oneshot::Sender<StatusCode>,
    },
    Error {
        id: String,
        error: FunctionError,
        reply: oneshot::Sender<StatusCode>,
    },
    InitError {
        error: FunctionError,
        reply: oneshot::Sender<StatusCode>,
    },
    ExtensionRegistered,
}

/// An error as the runtime reports it: a type for machines and a message for people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FunctionError {
    /// The error's type, as `Runtime.ExitError`.
    pub error_type: String,
    /// What happened.
    pub error_message: String,
}

impl Default for FunctionError {
    fn default() -> Self {
        Self {
            error_type: "Runtime.Unknown".into(),
            error_message: "the runtime's error report is not JSON".into(),
        }
    }
}

impl FunctionError {
    fn parse(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }
}

/// A Runtime API on a free port of the loopback address, for one execution environment.
pub(super) struct RuntimeApi {
    pub(super) addr: SocketAddr,
    pub(super) calls: mpsc::Receiver<Call>,
    server: JoinHandle<std::io::Result<()>>,
}

impl RuntimeApi {
    pub(super) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let (sender, calls) = mpsc::channel(4);
        let server = tokio::spawn(axum::serve(listener, routes(sender)).into_future());
        Ok(Self {
            addr,
            calls,
            server,
        })
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Calls = mpsc::Sender<Call>;

fn routes(calls: Calls) -> Router {
    let runtime = Router::new()
        .route("/invocation/next", get(next))
        .route("/invocation/{id}/response", post(response))
        .route("/invocation/{id}/error", post(error))
        .route("/init/error", post(init_error));
    let extensions = Router::new()
        .route("/register", post(register))
        .route("/event/next", get(extension_next));
    Router::new()
        .nest("/2018-06-01/runtime", runtime)
        .nest("/2020-01-01/extension", extensions)
        .layer(DefaultBodyLimit::max(2 * PAYLOAD_LIMIT))
        .with_state(calls)
}

async fn next(State(calls): State<Calls>) -> Response {
    let (reply, event) = oneshot::channel();
    let sent = calls.send(Call::Next { reply }).await;
    match (sent, event.await) {
        (Ok(()), Ok(event)) => event.into_response(),
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

impl IntoResponse for Event {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        set("content-type", "application/json");
        set("lambda-runtime-aws-request-id", &self.request_id);
        set("lambda-runtime-deadline-ms", &self.deadline_ms.to_string());
        set("lambda-runtime-invoked-function-arn", &self.function_arn);
        set("lambda-runtime-trace-id", &self.trace_header);
        (headers, self.payload).into_response()
    }
}

async fn response(State(calls): State<Calls>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    ask(&calls, |reply| Call::Response { id, body, reply }).await
}

async fn error(State(calls): State<Calls>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    let error = FunctionError::parse(&body);
    ask(&calls, |reply| Call::Error { id, error, reply }).await
}

async fn init_error(State(calls): State<Calls>, body: Bytes) -> StatusCode {
    let error = FunctionError::parse(&body);
    ask(&calls, |reply| Call::InitError { error, reply }).await
}

async fn ask(calls: &Calls, call: impl FnOnce(oneshot::Sender<StatusCode>) -> Call) -> StatusCode {
    let (reply, status) = oneshot::channel();
    match calls.send(call(reply)).await {
        Ok(()) => status.await.unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The identifier that an extension sends back with each of its calls; there is one at most.
const EXTENSION_ID: &str = "5f0c1c1e-0000-4000-8000-000000000001";

async fn register(State(calls): State<Calls>) -> Response {
    if calls.send(Call::ExtensionRegistered).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let about = r#"{"functionName":"function","functionVersion":"$LATEST","handler":"bootstrap"}"#;
    ([("lambda-extension-identifier", EXTENSION_ID)], about).into_response()
}

/// An internal extension may ask for no event but INVOKE, and the functions here ask for none:
/// registering is what makes Lambda send SIGTERM. So this never answers.
async fn extension_next() -> StatusCode {
    std::future::pending().await
}
