//! The function: an API of orders.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    routing::{get, post},
};
use http::StatusCode;
use lambda_runtime::LambdaInvocation;
use shop::{CUSTOMER, ORDER_ID, ORDER_PLACED, PARCEL_ID, Route, process};
use telemetry::{Lines, http::GoldenSignals};
use tower::ServiceExt as _;

use crate::environment::{Error, Outcome, run};

/// A span of the client's own, in a trace that is not Lambda's.
pub(crate) const CLIENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Invokes the function with a request.
pub(crate) async fn invoke(method: &str, path: &str, sampled: bool) -> Outcome {
    // What preparing the table records is no part of the invocation.
    let elsewhere = process::metrics(&Lines::default());
    let store = elsewhere.scope(process::dynamodb()).await;
    let app = app(store);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "shop.example:8443")
        .header("x-forwarded-proto", "HTTPS")
        .header("traceparent", CLIENT);
    let request = Arc::new(Mutex::new(request.body(Body::empty()).ok()));
    let runtime = tower::service_fn(move |_event: LambdaInvocation| {
        let (app, request) = (app.clone(), request.lock().unwrap().take().unwrap());
        async move {
            app.oneshot(request).await.map_err(Error::from)?;
            Ok::<(), Error>(())
        }
    });
    run(runtime, sampled).await
}

fn app(store: Client) -> Router {
    Router::new()
        .route("/orders/{id}", get(read))
        .route("/orders", post(unlucky))
        .layer(GoldenSignals::<Route>::new())
        .with_state(store)
}

async fn read(State(store): State<Client>) -> StatusCode {
    ORDER_ID.set("r-1");
    CUSTOMER.set("ada");
    PARCEL_ID.set("p-1");
    tracing::info!(sensors = 3, "reading");
    let read = store
        .get_item()
        .table_name("Runs")
        .key("id", process::text("r-1"));
    let found = read.send().await.unwrap();
    let rejected = store
        .put_item()
        .table_name("Runs")
        .item("id", process::text("r-1"))
        .condition_expression("attribute_exists(id)")
        .send()
        .await;
    match (found.item, rejected) {
        (None, Err(_)) => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    }
}

async fn unlucky() -> StatusCode {
    ORDER_PLACED.increment(());
    panic!("out of luck\nwith \u{1b}[31mcolour")
}
