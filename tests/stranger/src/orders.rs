//! The API that takes orders.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde_json::{Value, json};
use telemetry::http::{ErrorName, GoldenSignals};

use crate::catalogue::{ARTICLE, ORDER_ID, ORDER_PLACED, Route};
use crate::warehouse::{Order, PRICES};

/// The routes, with their golden signals.
pub fn router() -> Router {
    Router::new()
        .route("/orders", post(place))
        .route("/prices", get(prices))
        .layer(GoldenSignals::<Route>::new())
}

async fn place(Json(order): Json<Order>) -> Response {
    ORDER_ID.set(&order.id);
    ARTICLE.set(&order.article);
    match order.total() {
        Ok(cents) => {
            ORDER_PLACED.increment(());
            tracing::info!(cents, "order taken");
            let answer = json!({ "id": order.id, "cents": cents });
            (StatusCode::CREATED, Json(answer)).into_response()
        }
        Err(message) => {
            let answer = json!({ "error": "invalid", "message": message });
            let name = Extension(ErrorName("invalid"));
            (StatusCode::BAD_REQUEST, name, Json(answer)).into_response()
        }
    }
}

async fn prices() -> Json<Value> {
    let price = |(article, cents)| json!({ "article": article, "cents": cents });
    Json(PRICES.map(price).into_iter().collect())
}
