//! The API on tables that misbehave, for a request that asks for it: what would users and
//! dashboards see if DynamoDB did this?

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Json, Response};
use handlers::client::Connection;
use http::{HeaderName, StatusCode};
use serde_json::json;
use tokio::sync::Mutex;
use tower::ServiceExt as _;

use crate::faults::{Fault, FaultProxy};

/// The header that names a fault. No page of another origin may send it.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-fault");

/// The faults by name, and what they do to every call of the tables.
pub(crate) const FAULTS: [(&str, &str, Fault); 6] = [
    ("throttle", "DynamoDB throttles", Fault::Throttle),
    ("error", "DynamoDB answers 500", Fault::ErrorBefore),
    (
        "error-after",
        "DynamoDB writes, then answers 500",
        Fault::ErrorAfter,
    ),
    ("conflict", "Transactions are in conflict", Fault::Conflict),
    (
        "slow",
        "DynamoDB takes 500 ms longer",
        Fault::Delay(Duration::from_millis(500)),
    ),
    ("cut", "Connections are cut", Fault::CutBefore),
];

/// The tables where a proxy reaches them.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The URL.
    pub url: String,
    /// The access key.
    pub access_key: String,
}

/// Makes the API on a connection to the tables.
type Api = dyn Fn(&Connection) -> Router + Send + Sync;

/// A proxy for each fault that was asked for so far, with the API behind it.
struct Injector {
    tables: Tables,
    api: Box<Api>,
    started: Mutex<BTreeMap<&'static str, (FaultProxy, Router)>>,
}

/// Sends requests that ask for a fault to `api` behind a proxy, and others to the router.
pub(crate) fn on_request(
    router: Router,
    tables: Tables,
    api: impl Fn(&Connection) -> Router + Send + Sync + 'static,
) -> Router {
    let injector = Arc::new(Injector {
        tables,
        api: Box::new(api),
        started: Mutex::default(),
    });
    // Before a route is found: the other router would find it a second time.
    Router::new().fallback(move |request: Request| {
        let (injector, router) = (Arc::clone(&injector), router.clone());
        async move {
            match request.headers().get(HEADER).cloned() {
                None => router.oneshot(request).await.into_response(),
                Some(name) => injector.answer(name.as_bytes(), request).await,
            }
        }
    })
}

impl Injector {
    async fn answer(&self, name: &[u8], request: Request) -> Response {
        let known = FAULTS.iter().find(|(known, ..)| known.as_bytes() == name);
        let Some((name, _, fault)) = known else {
            let names: Vec<&str> = FAULTS.iter().map(|(name, ..)| *name).collect();
            let message = format!("{HEADER} is none of {}", names.join(", "));
            return problem(StatusCode::BAD_REQUEST, "unknown_fault", &message);
        };
        match self.behind(name, *fault).await {
            Ok(api) => api.oneshot(request).await.into_response(),
            Err(error) => {
                let message = format!("The proxy cannot be started: {error}");
                problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", &message)
            }
        }
    }

    async fn behind(&self, name: &'static str, fault: Fault) -> io::Result<Router> {
        let mut started = self.started.lock().await;
        if let Some((_, api)) = started.get(name) {
            return Ok(api.clone());
        }
        let proxy = FaultProxy::start(&self.tables.url, move |_| fault).await?;
        let api = (self.api)(&Connection::local(proxy.url(), &self.tables.access_key));
        started.insert(name, (proxy, api.clone()));
        Ok(api)
    }
}

fn problem(status: StatusCode, error: &str, message: &str) -> Response {
    (status, Json(json!({ "error": error, "message": message }))).into_response()
}
