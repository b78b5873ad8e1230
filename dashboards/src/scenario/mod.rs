//! Unit tests for alarms: series in, expected states over time.

mod notation;

pub use notation::{MAX_STEPS, NotationError, parse_series, parse_states, write_states};
