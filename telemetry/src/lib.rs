#![cfg_attr(feature = "lambda", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "lambda"),
    doc = "Metrics, traces and logs of serverless functions from one typed catalogue."
)]
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
//! start from: `cargo run -p sentori-telemetry --example write_an_event`.
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
#[cfg_attr(
    not(all(feature = "dynamodb", feature = "http", feature = "lambda")),
    allow(
        dead_code,
        unused_imports,
        reason = "each layer needs a part of it, and which ones are there is up to the function"
    )
)]
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
#[doc(hidden)]
pub mod name;
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
pub use metric::{CatalogueEntry, Metric, PublishedBy};
pub use namespace::{ApplicationNamespace, InvalidNamespace};
pub use pipeline::{AlreadyInstalled, Builder, Metrics};
pub use property::Property;
pub use sink::{Destination, Lines, OpenError};
pub use startup::startup_warnings;
pub use unit::Unit;
