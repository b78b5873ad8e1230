//! Metrics, traces and logs of serverless functions from one typed catalogue.

pub mod catalogue;
#[doc(hidden)]
pub mod check;
mod dimension;
pub mod event;
pub mod links;
mod metric;
pub mod property;
mod unit;

pub use dimension::{Dimension, DimensionDefinition, Key, Labels, MAX_DIMENSIONS};
pub use metric::{
    Counter, Declared, Definition, Distribution, Gauge, Kind, Metric, MetricKind, Namespace,
    PublishedBy, Resolution, Sample,
};
pub use property::Property;
pub use unit::Unit;
