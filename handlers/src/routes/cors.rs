//! Cross-origin requests of the frontend.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{HeaderName, HeaderValue, Method, header, request::Parts};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::Config;

/// Methods that the frontend may use.
pub const CORS_METHODS: [Method; 2] = [Method::GET, Method::POST];
/// Headers that the frontend may send.
pub const CORS_REQUEST_HEADERS: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::AUTHORIZATION,
    HeaderName::from_static("x-user"),
    HeaderName::from_static("x-run-id"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("traceparent"),
];
/// Headers of answers that the frontend may read.
pub const CORS_EXPOSED_HEADERS: [HeaderName; 3] =
    [header::LINK, header::LOCATION, header::RETRY_AFTER];

/// Refused origins that are remembered, so that each is logged once and no client fills the log.
const REFUSED: usize = 16;

/// The layer that lets the frontend's origins in, and answers preflight requests. An HTTP API
/// does both itself and replaces what this says; a REST API leaves it to the functions.
pub fn cors(config: &Config) -> CorsLayer {
    let allowed = config.allowed_origins.clone();
    let refused = Arc::new(Mutex::new(BTreeSet::new()));
    let allow = move |origin: &HeaderValue, _: &Parts| {
        let is_allowed = allowed.contains(origin);
        if !is_allowed {
            say_once(&refused, origin, &allowed);
        }
        is_allowed
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allow))
        .allow_methods(CORS_METHODS)
        .allow_headers(CORS_REQUEST_HEADERS)
        .expose_headers(CORS_EXPOSED_HEADERS)
        .max_age(std::time::Duration::from_secs(3_600))
}

fn say_once(refused: &Mutex<BTreeSet<Vec<u8>>>, origin: &HeaderValue, allowed: &[HeaderValue]) {
    let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
    if refused.len() < REFUSED && refused.insert(origin.as_bytes().to_vec()) {
        tracing::warn!(
            ?origin,
            ?allowed,
            "a page of this origin may not read answers: add it to ALLOWED_ORIGIN"
        );
    }
}
