//! What sending spans to the X-Ray daemon costs between two invocations: a server span and
//! two children, the first time and afterwards.
//!
//! `cargo bench -p sentori-telemetry --features http,xray --bench flush`
#![allow(missing_docs, clippy::expect_used, reason = "a benchmark")]

use std::{
    io::Write as _,
    net::UdpSocket,
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant, SystemTime},
};

use axum::{Router, body::Body, extract::Request, routing::get};
use shop::Route;
use telemetry::{Config, Destination, Metrics, Telemetry, http::GoldenSignals};
use tower::Service as _;

const ROUNDS: usize = 2_001;

fn main() {
    let daemon = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    daemon
        .set_read_timeout(Some(Duration::from_secs(5)))
        .expect("not zero");
    let address = daemon.local_addr().expect("bound").to_string();
    let env = |name: &str| (name == "AWS_XRAY_DAEMON_ADDRESS").then(|| address.clone());
    let telemetry = Config::lambda("orders", metrics(), &env)
        .init()
        .expect("telemetry starts");
    let mut app = Router::new()
        .route("/", get(work))
        .layer(GoldenSignals::<Route>::new());
    let first = flush(&mut app, &telemetry, &daemon);
    let mut later: Vec<_> = (1..ROUNDS)
        .map(|_| flush(&mut app, &telemetry, &daemon))
        .collect();
    later.sort_unstable();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let table = format!(
        "| | us |\n|---|---:|\n| first | {:.0} |\n| later, best | {:.0} |\n| later, median | {:.0} |\n",
        micros(first),
        micros(later[0]),
        micros(later[later.len() / 2]),
    );
    let mut out = std::io::stdout();
    out.write_all(table.as_bytes()).expect("stdout is open");
}

fn metrics() -> Metrics {
    let namespace = shop::namespace("bench");
    Metrics::builder(namespace)
        .emf(Destination::writer("nowhere", std::io::sink()))
        .build()
        .expect("nothing to open")
}

async fn work() {
    for _ in 0..2 {
        drop(tracing::info_span!("child").entered());
    }
}

/// How long the spans of one request take to be sent; they have arrived afterwards.
fn flush(app: &mut Router, telemetry: &Telemetry, daemon: &UdpSocket) -> Duration {
    let request = Request::get("/").header("traceparent", traceparent());
    let request = request.body(Body::empty()).expect("valid");
    let answer = pin!(app.call(request)).poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Ok(_)) = answer else {
        unreachable!("nothing here waits");
    };
    let started = Instant::now();
    telemetry.flush();
    let elapsed = started.elapsed();
    for _ in 0..3 {
        daemon.recv(&mut [0; 4096]).expect("a segment");
    }
    elapsed
}

/// A sampled caller. X-Ray takes only trace ids that begin with a recent time.
fn traceparent() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = now.expect("after 1970").as_secs();
    format!("00-{seconds:08x}16cd43dd8448eb211c80319c-b7ad6b7169203331-01")
}
