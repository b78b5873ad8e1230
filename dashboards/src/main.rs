//! Renders, checks and prices dashboards and alarms.
fn main() {}
