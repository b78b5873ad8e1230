//! Metrics, traces and logs of serverless functions from one typed catalogue.

pub mod catalogue;
#[doc(hidden)]
pub mod check;
mod dimension;
pub mod emf;
pub mod event;
pub mod links;
mod metric;
mod namespace;
mod pipeline;
#[cfg(feature = "prometheus")]
pub mod prometheus;
pub mod property;
mod sink;
mod unit;

pub use dimension::{Dimension, DimensionDefinition, Key, Labels, MAX_DIMENSIONS};
pub use metric::{
    Counter, Declared, Definition, Distribution, Gauge, Kind, Metric, MetricKind, Namespace,
    PublishedBy, Resolution, Sample,
};
pub use namespace::{ApplicationNamespace, InvalidNamespace};
pub use pipeline::{AlreadyInstalled, Builder, Metrics};
pub use property::Property;
pub use sink::{Destination, Lines, OpenError};
pub use unit::Unit;
