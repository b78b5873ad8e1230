//! What the alarms do, by CloudWatch's rules: samples in, states over time out.
//!
//! Nothing here reads a clock, a file or the network, so the scenarios of
//! `dashboards test` and the live console share it.

mod expression;
mod monitor;
mod points;
mod replay;
mod rule;
mod samples;
mod suppression;

pub use expression::{Lookup, Values, Window, values};
pub use monitor::{HISTORY, Monitor, Notification, Status, Transition};
pub use replay::{Message, replay};
pub use samples::{Samples, significant_count};
pub use suppression::{SuppressedBy, Suppression};
