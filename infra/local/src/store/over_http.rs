//! The embedded DynamoDB for other programs on this host: over HTTP, like the real service.
//!
//! Whoever knows the access key, which is printed at the start and new each time, reads and writes
//! everything; signatures are not checked. Browsers have no business here: no page of another
//! origin is let in, and none may read an answer.

use std::hash::{BuildHasher, RandomState};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use http::{HeaderName, StatusCode};
use serde_json::json;

use super::in_process::InProcess;
use crate::server::guarded;

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const JSON: &str = "application/x-amz-json-1.0";

/// A key that nobody knows before.
pub(super) fn new_access_key() -> String {
    // Each state has keys of its own, drawn from the operating system's random numbers.
    format!("SENTORI{:016X}", RandomState::new().hash_one("access key"))
}

/// Answers those who know `key`.
pub(super) fn router(store: InProcess, key: &str) -> Router {
    let router = Router::new()
        .fallback(answer)
        .with_state((store, format!("Credential={key}/")));
    guarded(router, Vec::new())
}

async fn answer(
    State((store, credential)): State<(InProcess, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if !text(AUTHORIZATION).is_some_and(|signed| signed.contains(&credential)) {
        let message = "The access key is not the one that was printed when the server started";
        let name = "com.amazon.coral.service#UnrecognizedClientException";
        let body = json!({ "__type": name, "message": message }).to_string();
        return respond(StatusCode::BAD_REQUEST, body);
    }
    let target = text(TARGET).unwrap_or_default().to_owned();
    match store.ask(target, body).await {
        Some((status, body)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            respond(status, body)
        }
        None => respond(StatusCode::SERVICE_UNAVAILABLE, "{}"),
    }
}

fn respond(status: StatusCode, body: impl Into<Bytes>) -> Response {
    (status, [(CONTENT_TYPE, JSON)], body.into()).into_response()
}
