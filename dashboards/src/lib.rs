//! Dashboards and alarms as typed Rust definitions.
