//! Cross-origin requests of the frontend, where no API Gateway answers them.

use axum::http::{HeaderName, Method, header};
use tower_http::cors::CorsLayer;

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
pub const CORS_EXPOSED_HEADERS: [HeaderName; 2] = [header::LINK, header::RETRY_AFTER];

/// The layer that lets the frontend's origin in. On AWS the API Gateway does this.
pub fn cors(config: &Config) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(config.allowed_origin.clone())
        .allow_methods(CORS_METHODS)
        .allow_headers(CORS_REQUEST_HEADERS)
        .expose_headers(CORS_EXPOSED_HEADERS)
        .max_age(std::time::Duration::from_secs(3_600))
}
