//! Metrics, traces and logs of serverless functions from one typed catalogue.
//!
//! A metric is defined once, as a Rust constant: its name, kind, unit, description and
//! the dimensions it is split by. Functions record that constant, dashboards query it,
//! alarms watch it, and a bill can be computed from it. What does not fit (a dimension
//! the metric does not have, a gauge that is counted, two metrics of one name, a value
//! that CloudWatch would drop) does not compile.
//!
//! An invocation writes one *event*: all its metrics and searchable properties in one
//! line of JSON, in CloudWatch's Embedded Metric Format. Lambda needs no agent, no layer
//! and no network call for it. Outside Lambda the same recordings are scraped by
//! Prometheus.
//!
//! # A function with telemetry
//!
//! ```no_run
//! # #[cfg(feature = "instrumentation")] mod function {
//! use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
//! use serde_json::Value;
//! use telemetry::{ApplicationNamespace, Config, Destination, Metrics, process_env};
//! use telemetry::catalogue::{RUN_ID, RUN_STARTED, Service};
//! use telemetry::lambda::{Invocations, failed};
//! use tower::ServiceExt as _;
//!
//! async fn start_run(event: LambdaEvent<Value>) -> Result<&'static str, Error> {
//!     RUN_ID.set(event.payload["id"].as_str().unwrap_or("none"));
//!     RUN_STARTED.increment(());
//!     Ok("started")
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Error> {
//!     let namespace = ApplicationNamespace::of_environment("dev")?;
//!     let metrics = Metrics::builder(namespace).emf(Destination::stdout()).build()?;
//!     let _telemetry = Config::lambda(Service::RunApi, metrics, &process_env)?.init()?;
//!     let runtime = Runtime::new(service_fn(start_run).map_err(failed));
//!     runtime.layer(Invocations::of(Service::RunApi)).run().await
//! }
//! # }
//! # fn main() {}
//! ```
//!
//! An invocation writes
//! `{"_aws":{...},"run_started":1,"request_id":"...","trace_id":"...","run_id":"..."}`,
//! whether it succeeds, fails, panics or runs into its deadline.
//!
//! # Map
//!
//! | to | see |
//! |---|---|
//! | define metrics, dimensions and properties | [`catalogue!`], [`dimension!`], [`Property`] |
//! | see Sentori's own | [`catalogue`](mod@catalogue) |
//! | choose where recordings go | [`Metrics`], [`Destination`] |
//! | put recordings that belong together into one event | [`event`] |
//! | know the format, and check lines of it | [`emf`], [`emf::check`] |
//! | serve Prometheus | [`prometheus`] |
//! | start telemetry in a process | `init` |
//! | instrument a Lambda function | `lambda` |
//! | instrument an axum router | `http` |
//! | instrument a DynamoDB client | `dynamodb` |
//! | trace: X-Ray daemon or OTLP | `trace` |
//! | log without leaking or being fooled | `log` |
//! | link to dashboards | [`links`] |
//!
//! Guides: docs/add-a-metric.md, docs/telemetry.md, docs/traces-and-logs.md. A program to
//! start from: `cargo run -p telemetry --example write_an_event`.
//!
//! # Features
//!
//! Without any, the crate is the catalogue, events and their check. `instrumentation`
//! adds what a running service needs: `init`, `lambda`, `http`, `dynamodb`, `trace` and
//! `log`. `prometheus` adds the answer to a scrape.
//!
//! [`catalogue`](mod@catalogue), [`links`] and the layers that record the catalogue's golden signals are
//! Sentori's; everything else knows nothing of it.

pub mod catalogue;
#[doc(hidden)]
pub mod check;
mod dimension;
#[cfg(feature = "instrumentation")]
pub mod dynamodb;
pub mod emf;
pub mod event;
#[cfg(feature = "instrumentation")]
pub mod http;
#[cfg(feature = "instrumentation")]
pub mod init;
#[cfg(feature = "instrumentation")]
pub mod lambda;
pub mod links;
#[cfg(feature = "instrumentation")]
pub mod log;
mod metric;
mod namespace;
mod pipeline;
pub mod prometheus;
pub mod property;
mod sink;
mod startup;
#[cfg(feature = "instrumentation")]
pub mod trace;
mod unit;

pub use dimension::{Dimension, DimensionDefinition, Key, Labels, MAX_DIMENSIONS};
#[cfg(feature = "instrumentation")]
pub use init::{Config, InitError, Tap, Telemetry, process_env};
pub use metric::{
    Counter, Declared, Definition, Distribution, Gauge, Kind, Metric, MetricKind, Namespace,
    PublishedBy, Resolution, Sample, billed_metrics,
};
pub use namespace::{ApplicationNamespace, InvalidNamespace};
pub use pipeline::{AlreadyInstalled, Builder, Metrics};
pub use property::Property;
pub use sink::{Destination, Lines, OpenError};
pub use startup::startup_warnings;
pub use unit::Unit;
