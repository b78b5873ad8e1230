//! What telemetry adds to a request: the layer of the router, a span that is not sampled,
//! the scope of an event, six metrics, five properties and the line they are written as.
//!
//! `cargo bench -p sentori-telemetry --features http,otlp --bench request`
#![allow(missing_docs, clippy::expect_used, reason = "a benchmark")]

use std::{
    hint::black_box,
    io::Write as _,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Instant,
};

use axum::{Router, body::Body, extract::Request, routing::post};
use shop::{CUSTOMER, DYNAMODB_REQUEST_DURATION, ORDER_ID, ORDER_PLACED, Route};
use telemetry::{Config, Destination, Metrics, http::GoldenSignals};
use tower::Service as _;

const PATH: &str = "/orders/pick";
/// The caller decided that this one is not sampled.
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

const ROUNDS: usize = 2_001;
const REQUESTS: u32 = 200;

fn main() {
    // Somewhere to send spans to, so that it is the caller's decision that counts.
    let env = |name: &str| {
        (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| "http://127.0.0.1:9".to_owned())
    };
    let _telemetry = Config::local("bench", metrics(), &env)
        .init()
        .expect("telemetry starts");
    let bare = Router::new().route(PATH, post(async || "ok"));
    let instrumented = Router::new()
        .route(PATH, post(ingest))
        .layer(GoldenSignals::<Route>::new());
    let (bare, instrumented) = measure([bare, instrumented]);
    let mut out = std::io::stdout();
    let table = format!(
        "| | best ns |\n|---|---:|\n| bare | {bare:.0} |\n| instrumented | {instrumented:.0} |\n\
         | added | {:.0} |\n",
        instrumented - bare
    );
    out.write_all(table.as_bytes()).expect("stdout is open");
}

fn metrics() -> Metrics {
    let namespace = shop::namespace("bench");
    Metrics::builder(namespace)
        .emf(Destination::writer("nowhere", std::io::sink()))
        .build()
        .expect("nothing to open")
}

async fn ingest() -> &'static str {
    ORDER_ID.set(black_box("9b2d2c9e-3a51-4e57-9d3c-0d7f2c4f6a11"));
    CUSTOMER.set(black_box("ada.lovelace"));
    ORDER_PLACED.increment(());
    DYNAMODB_REQUEST_DURATION.record(black_box(3.25), ());
    "ok"
}

/// The best nanoseconds a request of each, measured in turn so that both see the same
/// machine. The best, because whatever else it does only adds.
fn measure(mut apps: [Router; 2]) -> (f64, f64) {
    let mut best = [f64::MAX; 2];
    for _ in 0..ROUNDS {
        for (app, best) in apps.iter_mut().zip(&mut best) {
            let requests: Vec<_> = (0..REQUESTS).map(|_| request()).collect();
            let start = Instant::now();
            for request in requests {
                answer(app, request);
            }
            let elapsed = start.elapsed().as_nanos() as f64;
            *best = best.min(elapsed / f64::from(REQUESTS));
        }
    }
    (best[0], best[1])
}

fn request() -> Request {
    Request::post(PATH)
        .header("traceparent", TRACEPARENT)
        .body(Body::empty())
        .expect("valid")
}

fn answer(app: &mut Router, request: Request) {
    let answer = pin!(app.call(request)).poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Ok(response)) = answer else {
        unreachable!("nothing here waits");
    };
    assert!(black_box(response).status().is_success());
}
