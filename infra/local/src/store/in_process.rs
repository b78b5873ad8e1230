//! The embedded DynamoDB in place of the SDK's HTTP client: what would carry a
//! request over the network hands it to the database in this process. The SDK
//! does the rest as on AWS, from the protocol's JSON to the repetitions.
//!
//! docs/decisions/store.md says why.

use std::fmt;
use std::sync::Weak;

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use axum::body::Bytes;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// What the header `x-amz-target` starts with.
const TARGET: &str = "DynamoDB_20120810.";

/// The answer of a database that cannot grow. On AWS there is nothing like it.
const DISK_FULL: &str =
    r#"{"__type":"sentori#DiskFull","message":"the disk that holds the tables is full"}"#;

/// Answers requests on the store's blocking thread, which may wait for a disk.
#[derive(Clone)]
pub(super) struct InProcess {
    // The store alone decides when the database is closed.
    database: Weak<Database>,
    thread: Handle,
}

impl InProcess {
    /// Answers from this database, on this runtime's blocking thread.
    pub(super) fn new(database: Weak<Database>, thread: Handle) -> Self {
        Self { database, thread }
    }

    /// An HTTP client for the SDK.
    pub(super) fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// The status and the body of the answer to a request; none once the database is closed.
    pub(super) async fn ask(&self, target: String, body: Bytes) -> Option<(u16, Vec<u8>)> {
        let database = self.database.clone();
        let answer = self.thread.spawn_blocking(move || {
            let database = database.upgrade()?;
            Some(answer(&database, &target, &body))
        });
        answer.await.ok().flatten()
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let database = self.database.clone();
        let (reply, answered) = oneshot::channel();
        self.thread.spawn_blocking(move || {
            // After an attempt's timeout nobody waits for its answer, and on a slow disk
            // such requests would queue up before those that somebody waits for.
            if reply.is_closed() {
                return;
            }
            if let Some(database) = database.upgrade() {
                // Whoever left meanwhile left after a write, as on a network.
                let _ = reply.send(respond(&database, &request));
            }
        });
        HttpConnectorFuture::new(async {
            let lost = |_| Err(ConnectorError::io("the store stopped".into()));
            answered.await.unwrap_or_else(lost)
        })
    }
}

fn respond(database: &Database, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let body = request.body().bytes().unwrap_or_default();
    let (status, body) = answer(database, target, body);
    let status =
        StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
    Ok(HttpResponse::new(status, SdkBody::from(body)))
}

/// The status and the body of the answer to a request.
fn answer(database: &Database, target: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let operation = target.strip_prefix(TARGET).unwrap_or(target);
    match dispatch(database, operation, body) {
        Ok(body) => (200, body),
        // Another attempt would find it full as well, and each would write a record.
        Err(error) if error.to_string().contains("disk is full") => (400, DISK_FULL.into()),
        Err(error) => (error.status_code(), error.to_json().into_bytes()),
    }
}

/// Every operation on tables and items that the SDK has a typed call for and
/// the database an answer.
fn dispatch(db: &Database, operation: &str, body: &[u8]) -> dynoxide::Result<Vec<u8>> {
    match operation {
        "BatchGetItem" => typed(body, |request| db.batch_get_item(request)),
        "BatchWriteItem" => typed(body, |request| db.batch_write_item(request)),
        "CreateTable" => typed(body, |request| db.create_table(request)),
        "DeleteItem" => typed(body, |request| db.delete_item(request)),
        "DeleteTable" => typed(body, |request| db.delete_table(request)),
        "DescribeTable" => typed(body, |request| db.describe_table(request)),
        "DescribeTimeToLive" => typed(body, |request| db.describe_time_to_live(request)),
        "GetItem" => typed(body, |request| db.get_item(request)),
        "ListTables" => typed(body, |request| db.list_tables(request)),
        "PutItem" => typed(body, |request| db.put_item(request)),
        "Query" => typed(body, |request| db.query(request)),
        "Scan" => typed(body, |request| db.scan(request)),
        "TransactGetItems" => typed(body, |request| db.transact_get_items(request)),
        "TransactWriteItems" => typed(body, |request| db.transact_write_items(request)),
        "UpdateItem" => typed(body, |request| db.update_item(request)),
        "UpdateTable" => typed(body, |request| db.update_table(request)),
        "UpdateTimeToLive" => typed(body, |request| db.update_time_to_live(request)),
        _ => Err(DynoxideError::UnsupportedCapability(operation.to_owned())),
    }
}

fn typed<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    call: impl FnOnce(Q) -> dynoxide::Result<A>,
) -> dynoxide::Result<Vec<u8>> {
    // The SDK writes well-formed requests, so what cannot be read is a value in one.
    let request = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    serde_json::to_vec(&call(request)?)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
