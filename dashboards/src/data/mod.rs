//! Events in memory, and what panels make of them: CloudWatch on a laptop.
//!
//! [`Events`] takes in the lines that telemetry writes and answers the *typed* queries of
//! dashboards and alarms, not their text: no query language is parsed here.

mod answer;
mod bucket;
mod events;
mod extract;
mod journal;
mod line;
mod log;
mod malformed;
mod metrics;
mod recorder;
mod samples;
mod scope;

pub use answer::{Chosen, answer, period};
pub use events::{Events, Limits};
pub use journal::Journal;
pub use malformed::Malformed;
pub use recorder::{Counts, Recorder, Tap};
pub use samples::samples;
