//! Dashboards and alarms as typed Rust definitions.

pub mod aws;
pub mod cost;
pub mod evaluate;
pub mod library;
pub mod live;
pub mod model;
pub mod render;
pub mod scenario;
