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
//! What a service measures stands in its catalogue, all of it in one place:
//!
//! ```
//! pub mod shop {
//!     telemetry::dimension! {
//!         /// The shop's functions.
//!         pub enum Function as "Function" {
//!             /// Picks what was ordered.
//!             Picker = "picker",
//!         }
//!     }
//!     telemetry::properties! {
//!         /// Id of the order: in events, log records, spans and X-Ray's index.
//!         ORDER_ID as "order_id", logged, annotated;
//!     }
//!     telemetry::catalogue! {
//!         lambda by Function; // what the layer around the runtime records
//!
//!         /// Orders that were picked.
//!         ORDER_PICKED: Counter {
//!             name: "order_picked",
//!             unit: Count,
//!             by: [[]],
//!             sample: Rate { per_minute: 4.0 },
//!         }
//!     }
//!     /// Everything that the shop measures: what `emf::check`, dashboards and Prometheus take.
//!     pub const SHOP: telemetry::Catalogue = telemetry::Catalogue::new(ALL, PROPERTIES);
//! }
//!
//! # #[cfg(feature = "lambda")] mod function {
//! # use super::shop;
//! use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
//! use serde_json::Value;
//! use shop::{Function, ORDER_ID, ORDER_PICKED};
//! use telemetry::lambda::{Invocations, failed};
//! use telemetry::{ApplicationNamespace, Config, Destination, Metrics, process_env};
//! use tower::ServiceExt as _;
//!
//! async fn pick(event: LambdaEvent<Value>) -> Result<&'static str, Error> {
//!     ORDER_ID.set(event.payload["id"].as_str().unwrap_or("none"));
//!     ORDER_PICKED.increment(());
//!     Ok("picked")
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Error> {
//!     let namespace = ApplicationNamespace::new("Shop/dev")?;
//!     let metrics = Metrics::builder(namespace).emf(Destination::stdout()).build()?;
//!     let _telemetry = Config::lambda("picker", metrics, &process_env).init()?;
//!     let runtime = Runtime::new(service_fn(pick).map_err(failed));
//!     runtime.layer(Invocations::of(Function::Picker)).run().await
//! }
//! # }
//! # fn main() {}
//! ```
//!
//! An invocation writes
//! `{"_aws":{...},"order_picked":1,"function":"picker","request_id":"...","trace_id":"...","order_id":"..."}`,
//! whether it succeeds, fails, panics or runs into its deadline.
//!
//! An HTTP API adds `http by Route else Unmatched;` to its catalogue and
//! `http::GoldenSignals::<Route>::new()` to its router; a DynamoDB client adds
//! `dynamodb by Operation else Other;` and the interceptor
//! `dynamodb::Calls::<Operation>::new()`.
//!
//! # Map
//!
//! | to | see |
//! |---|---|
//! | define metrics, dimensions and properties | [`catalogue!`], [`dimension!`], [`properties!`] |
//! | know what the layers record | [`signals`], [`property::STANDARD`] |
//! | choose where recordings go | [`Metrics`], [`Destination`] |
//! | put recordings that belong together into one event | [`event`] |
//! | spawn tasks and threads that record for an invocation | [`task`] |
//! | know the format, and check lines of it | [`emf`], [`emf::check`] |
//! | serve Prometheus | [`prometheus`] |
//! | start telemetry in a process | `init` |
//! | instrument a Lambda function | `lambda` |
//! | instrument an axum router | `http` |
//! | instrument a DynamoDB client | `dynamodb` |
//! | trace: X-Ray daemon or OTLP | `trace` |
//! | log without leaking or being fooled | `log` |
//!
//! Guides: docs/add-a-metric.md, docs/telemetry.md, docs/traces-and-logs.md. A program to
//! start from: `cargo run -p telemetry --example write_an_event`.
//!
//! # Features
//!
//! Without any, the crate is catalogues, events and their check. A function asks for the
//! layers it needs and for where its spans go; each brings `init`, `trace` and `log`.
//!
//! | feature | adds | crates with it alone |
//! |---|---|--:|
//! | none | | 20 |
//! | `lambda` | the layer around the Lambda runtime | 86 |
//! | `http` | the layer of an axum router | 71 |
//! | `dynamodb` | the interceptor of a DynamoDB client | |
//! | `xray` | spans to the X-Ray daemon | |
//! | `otlp` | spans to an OpenTelemetry collector | |
//! | `prometheus` | the answer to a scrape | 51 |
//!
//! A queue function with `lambda` and `xray` has 90, an API with `http`, `lambda`, `dynamodb`
//! and `xray` 164 (`cargo tree -e normal`, November 2026).

mod catalogue;
#[doc(hidden)]
pub mod check;
#[cfg(feature = "runtime")]
mod context;
mod definition;
mod dimension;
#[cfg(feature = "dynamodb")]
pub mod dynamodb;
pub mod emf;
#[cfg(feature = "runtime")]
mod env;
pub mod event;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "runtime")]
pub mod init;
#[cfg(any(feature = "lambda", feature = "http"))]
mod invocation;
#[cfg(feature = "lambda")]
pub mod lambda;
mod link;
#[cfg(feature = "runtime")]
pub mod log;
mod metric;
mod namespace;
mod pipeline;
pub mod prometheus;
pub mod property;
pub mod signals;
mod sink;
mod startup;
pub mod task;
#[cfg(feature = "runtime")]
pub mod trace;
mod unit;

pub use catalogue::Catalogue;
pub use definition::{
    Counter, Definition, Distribution, Gauge, Kind, MetricKind, Namespace, Resolution, Sample,
    billed_metrics,
};
pub use dimension::{Dimension, DimensionDefinition, Key, Labels, MAX_DIMENSIONS};
#[cfg(feature = "runtime")]
pub use env::{Env, InitError, process_env};
#[cfg(feature = "runtime")]
pub use init::{Config, Tap, Telemetry};
pub use link::DashboardLink;
pub use metric::{Declared, Metric, PublishedBy};
pub use namespace::{ApplicationNamespace, InvalidNamespace};
pub use pipeline::{AlreadyInstalled, Builder, Metrics};
pub use property::Property;
pub use sink::{Destination, Lines, OpenError};
pub use startup::startup_warnings;
pub use unit::Unit;
