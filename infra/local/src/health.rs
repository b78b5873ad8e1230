//! `/healthz`: whether the table of runs answers, as a load balancer or a
//! script that waits for the server would ask.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use axum::Router;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use http::StatusCode;
use serde_json::json;

/// Whoever asks wants to know now, not what a retry finds out.
const PATIENCE: Duration = Duration::from_secs(2);

/// Serves `/healthz` for the store behind `client`.
pub(crate) fn router(client: Client, runs_table: String) -> Router {
    Router::new().route(
        "/healthz",
        get(async move || answer(&client, &runs_table).await),
    )
}

async fn answer(client: &Client, runs_table: &str) -> Response {
    let described = client.describe_table().table_name(runs_table).send();
    match tokio::time::timeout(PATIENCE, described).await {
        Ok(Ok(_)) => Json(json!({ "status": "ok" })).into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the store is not healthy");
            unavailable()
        }
        Err(_) => unavailable(),
    }
}

fn unavailable() -> Response {
    let body = json!({ "error": "unavailable", "message": "The store does not answer" });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}
