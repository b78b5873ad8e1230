//! Dashboards and alarms as typed Rust definitions.

pub mod aws;
pub mod evaluate;
pub mod model;
pub mod scenario;
