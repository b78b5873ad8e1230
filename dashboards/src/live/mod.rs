//! What is live in AWS, compared with the definitions; everything here only reads.
//!
//! Terraform owns the alarms: [`drift`] says what someone changed beside it, and
//! [`verify`] whether what dashboards and alarms read has data at all. [`History`] is what there
//! was, for alarms to be tried on.

mod attributes;
mod client;
mod drift;
mod environment;
mod history;
mod series;
mod verify;

pub use client::{Access, AwsError, connect};
pub use drift::{Drift, Kind, drift};
pub use environment::Environment;
pub use history::History;
pub use verify::{MissingMetric, Verification, expected_empty, verify};
