//! Dashboards and alarms as typed Rust definitions.

pub mod aws;
pub mod model;
