//! Metrics, traces and logs of serverless functions from one typed catalogue.

pub mod catalogue;
#[doc(hidden)]
pub mod check;
mod dimension;
pub mod dynamodb;
pub mod emf;
pub mod event;
pub mod http;
pub mod init;
pub mod lambda;
pub mod links;
pub mod log;
mod metric;
mod namespace;
mod pipeline;
#[cfg(feature = "prometheus")]
pub mod prometheus;
pub mod property;
mod sink;
mod startup;
pub mod trace;
mod unit;

pub use dimension::{Dimension, DimensionDefinition, Key, Labels, MAX_DIMENSIONS};
pub use init::{Config, InitError, Telemetry, process_env};
pub use metric::{
    Counter, Declared, Definition, Distribution, Gauge, Kind, Metric, MetricKind, Namespace,
    PublishedBy, Resolution, Sample,
};
pub use namespace::{ApplicationNamespace, InvalidNamespace};
pub use pipeline::{AlreadyInstalled, Builder, Metrics};
pub use property::Property;
pub use sink::{Destination, Lines, OpenError};
pub use startup::startup_warnings;
pub use unit::Unit;
