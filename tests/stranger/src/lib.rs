//! A shop on Lambda whose telemetry, dashboards and alarms are Sentori's crates.

pub mod catalogue;
pub mod function;
pub mod library;
pub mod orders;
pub mod picker;
pub mod warehouse;
