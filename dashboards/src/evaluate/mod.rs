//! What the alarms do, by CloudWatch's rules: samples in, states over time out.
//!
//! Nothing here reads a clock, a file or the network, so the scenarios of
//! `dashboards test` and the live console share it.

mod samples;
mod state;
mod suppression;
mod threshold;

pub use samples::{Samples, significant_count};
pub use state::State;
pub use suppression::{Periods, SuppressedBy, Suppression};
pub use threshold::{Comparison, Decision, EXTRA_POINTS, MissingData, Threshold};
