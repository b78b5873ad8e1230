//! Metrics that AWS publishes about a service's resources, declared like its own.
//!
//! Names, dimensions and units are those of the services' documentation. Which resources
//! there are is the service's to say, with a dimension of each kind; the values are short
//! names, and what AWS calls the resources depends on the environment
//! ([`Resource`](crate::model::Resource)).
//!
//! ```
//! telemetry::dimension! {
//!     /// The functions.
//!     pub enum Service as "Service" {
//!         /// Takes orders.
//!         Orders = "orders",
//!     }
//! }
//! dashboards::lambda_metrics!(Service);
//! use dashboards::{aws::Function, model::Narrow};
//! let errors = ERRORS.of(Function(Service::Orders)).sum();
//! ```

mod apigateway;
mod dynamodb;
mod ecs;
mod lambda;
mod load_balancer;
mod logs;
pub mod recommended;
mod resource;
mod sns;

pub use resource::{Function, LogGroup};
