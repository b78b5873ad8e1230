//! A proxy between the SDK and a DynamoDB that misbehaves on purpose.
//!
//! It works on HTTP, so the SDK's own retries, timeouts and connection pool
//! are part of what is tested.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::client::{Client, Reply};

/// What the proxy does with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the request is passed on and its answer comes back.
    None,
    /// Passes it on after this long.
    Delay(Duration),
    /// Refuses it as above the table's throughput.
    Throttle,
    /// Answers 500 without passing it on.
    ErrorBefore,
    /// Passes it on, then answers 500 all the same.
    ErrorAfter,
    /// Refuses it as in conflict with another transaction.
    Conflict,
    /// Refuses a transaction as still going on under the same client token.
    InProgress,
    /// Refuses it as invalid, which no further attempt will change.
    Refuse,
    /// Refuses it for lack of a permission.
    Deny,
    /// Passes half of a batch on and leaves the rest unprocessed, as DynamoDB does where it
    /// throttles; other operations are passed on.
    Unprocessed,
    /// Closes the connection without passing it on.
    CutBefore,
    /// Passes it on, then closes the connection without an answer.
    CutAfter,
}

impl Fault {
    /// Every kind that passes by itself.
    pub const PASSING: [Self; 9] = [
        Self::Delay(Duration::from_millis(20)),
        Self::Throttle,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::Conflict,
        Self::InProgress,
        Self::Unprocessed,
        Self::CutBefore,
        Self::CutAfter,
    ];
}

/// Decides by the name of the operation, such as `PutItem`.
type Plan = dyn FnMut(&str) -> Fault + Send;

/// A running proxy; it stops when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    url: String,
    accepting: JoinHandle<()>,
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl FaultProxy {
    /// Starts a proxy in front of `store`; `plan` decides on each request, in
    /// the order of arrival.
    ///
    /// # Errors
    /// If `store` is not a URL, or the system has no port left.
    pub async fn start(
        store: &str,
        plan: impl FnMut(&str) -> Fault + Send + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let behind = Arc::new(ProxyState {
            store: Client::new(store).map_err(io::Error::other)?,
            plan: Mutex::new(Box::new(plan)),
        });
        let accepting = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&behind).serve(connection));
            }
        });
        Ok(Self { url, accepting })
    }

    /// Where to send the SDK.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A plan that is set while the system runs; nothing is struck at first.
#[derive(Clone, Debug, Default)]
pub struct Switch(Arc<Mutex<(Option<Fault>, Option<String>)>>);

impl Switch {
    /// From now on strikes every request; [`Fault::None`] strikes none.
    pub fn strike(&self, fault: Fault) {
        *locked(&self.0) = (Some(fault), None);
    }

    /// From now on strikes every request of one operation.
    pub fn strike_only(&self, operation: &str, fault: Fault) {
        *locked(&self.0) = (Some(fault), Some(operation.to_owned()));
    }

    /// The plan to give to the proxy.
    pub fn plan(&self) -> impl FnMut(&str) -> Fault + Send + 'static {
        let Self(state) = self.clone();
        move |operation| {
            let state = locked(&state);
            let applies = state.1.as_deref().is_none_or(|only| only == operation);
            state.0.filter(|_| applies).unwrap_or(Fault::None)
        }
    }
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct ProxyState {
    store: Client,
    plan: Mutex<Box<Plan>>,
}

/// Ends the connection: what hyper does when a service fails.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
struct ConnectionCut;

type Answer = Response<Full<Bytes>>;

impl ProxyState {
    async fn serve(self: Arc<Self>, connection: TcpStream) {
        let _ = connection.set_nodelay(true);
        let service = service_fn(move |request| {
            let behind = Arc::clone(&self);
            async move { behind.handle(request).await }
        });
        // A client that goes away or a cut: both end here, as planned.
        let _ = http1::Builder::new()
            .serve_connection(TokioIo::new(connection), service)
            .await;
    }

    async fn handle(&self, request: Request<Incoming>) -> Result<Answer, ConnectionCut> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| ConnectionCut)?.to_bytes();
        let target = parts
            .headers
            .get("x-amz-target")
            .and_then(|name| name.to_str().ok());
        let operation = target
            .and_then(|name| name.rsplit('.').next())
            .unwrap_or_default()
            .to_owned();
        let transactional = operation == "TransactWriteItems";
        let fault = self.fault(&operation);
        let request = Request::from_parts(parts, body);
        match fault {
            Fault::None => self.pass(request).await,
            Fault::Delay(time) => {
                tokio::time::sleep(time).await;
                self.pass(request).await
            }
            Fault::Throttle => Ok(refuse("ProvisionedThroughputExceededException", json!({}))),
            Fault::ErrorBefore => Ok(internal_error()),
            Fault::ErrorAfter => self.pass(request).await.map(|_| internal_error()),
            Fault::Conflict if transactional => Ok(cancelled(request.body())),
            Fault::Conflict => Ok(refuse("TransactionConflictException", json!({}))),
            Fault::InProgress if transactional => {
                Ok(refuse("TransactionInProgressException", json!({})))
            }
            // Not an answer to anything but a transaction.
            Fault::InProgress => self.pass(request).await,
            Fault::Refuse => Ok(refuse("ValidationException", json!({}))),
            Fault::Deny => Ok(refuse("AccessDeniedException", json!({}))),
            Fault::Unprocessed => self.pass_half(&operation, request).await,
            Fault::CutBefore => Err(ConnectionCut),
            Fault::CutAfter => self.pass(request).await.and(Err(ConnectionCut)),
        }
    }

    /// Tables are created in peace; reads are not part of conflicts.
    fn fault(&self, operation: &str) -> Fault {
        if matches!(
            operation,
            "CreateTable" | "UpdateTimeToLive" | "DescribeTimeToLive"
        ) {
            return Fault::None;
        }
        let reads = ["GetItem", "BatchGetItem", "Query", "DescribeTable"].contains(&operation);
        match (locked(&self.plan))(operation) {
            Fault::Conflict if reads => Fault::None,
            fault => fault,
        }
    }

    /// Passes the first half of a batch on, and adds the rest to the answer.
    async fn pass_half(
        &self,
        operation: &str,
        request: Request<Bytes>,
    ) -> Result<Answer, ConnectionCut> {
        let (list, rest_name) = match operation {
            "BatchWriteItem" => ("", "UnprocessedItems"),
            "BatchGetItem" => ("/Keys", "UnprocessedKeys"),
            _ => return self.pass(request).await,
        };
        let (mut parts, body) = request.into_parts();
        let mut half: Value = serde_json::from_slice(&body).map_err(|_| ConnectionCut)?;
        let mut rest = half["RequestItems"].clone();
        let tables = half["RequestItems"].as_object_mut().ok_or(ConnectionCut)?;
        for (table, wanted) in tables.iter_mut() {
            let kept = wanted.pointer_mut(list).and_then(Value::as_array_mut);
            let left = rest[table].pointer_mut(list).and_then(Value::as_array_mut);
            let (kept, left) = kept.zip(left).ok_or(ConnectionCut)?;
            let half = kept.len() / 2;
            kept.truncate(half);
            left.drain(..half);
        }
        tables.retain(|_, wanted| wanted.pointer(list) != Some(&json!([])));
        let mut answer = json!({});
        if !tables.is_empty() {
            parts.headers.remove("content-length");
            let request = Request::from_parts(parts, Bytes::from(half.to_string()));
            let passed = self.pass(request).await?.into_body().collect().await;
            let passed = passed.map_err(|never| match never {})?.to_bytes();
            answer = serde_json::from_slice(&passed).map_err(|_| ConnectionCut)?;
        }
        answer[rest_name] = rest;
        let mut response = Response::new(Full::new(Bytes::from(answer.to_string())));
        let json = http::HeaderValue::from_static("application/x-amz-json-1.0");
        response.headers_mut().insert("content-type", json);
        Ok(response)
    }

    async fn pass(&self, request: Request<Bytes>) -> Result<Answer, ConnectionCut> {
        let Reply {
            status,
            headers,
            body,
        } = self.store.send(request).await.map_err(|_| ConnectionCut)?;
        let mut answer = Response::new(Full::new(body));
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

fn internal_error() -> Answer {
    error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "InternalServerError",
        json!({}),
    )
}

fn refuse(name: &str, members: Value) -> Answer {
    error(StatusCode::BAD_REQUEST, name, members)
}

/// The first item of the transaction is in conflict, the others are fine.
fn cancelled(body: &[u8]) -> Answer {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let items = body["TransactItems"].as_array().map_or(1, Vec::len);
    let mut reasons = vec![json!({ "Code": "None" }); items];
    reasons[0] =
        json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" });
    refuse(
        "TransactionCanceledException",
        json!({ "CancellationReasons": reasons }),
    )
}

fn error(status: StatusCode, name: &str, mut members: Value) -> Answer {
    members["__type"] = json!(format!("com.amazonaws.dynamodb.v20120810#{name}"));
    members["Message"] = json!(format!("{name}, on purpose"));
    let mut answer = Response::new(Full::new(Bytes::from(members.to_string())));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        "content-type",
        http::HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    answer
}
