//! Events in memory, and what panels make of them: CloudWatch on a laptop.
//!
//! [`Events`] takes in the lines that telemetry writes and answers the *typed* queries of
//! dashboards and alarms, not their text: no query language is parsed here.
//!
//! ```
//! use dashboards::data::{VariableValues, Events, Limits, answer};
//! use dashboards::model::{Deployment, Narrow, Panel};
//! use dashboards::view::{TimeRange, View};
//! use shop::ORDER_PLACED;
//! use telemetry::{Destination, Lines, Metrics};
//!
//! let lines = Lines::default();
//! let namespace = shop::namespace("local");
//! Metrics::builder(namespace).emf(Destination::lines(&lines)).build()?.install()?;
//! ORDER_PLACED.increment(());
//!
//! const DEPLOYMENT: Deployment = Deployment {
//!     namespace: "Shop", prefix: "shop", environments: &["local"], resources: &[],
//! };
//! let mut events = Events::new(DEPLOYMENT, "local", Limits::default());
//! for line in lines.text().lines() {
//!     events.record(line.as_bytes())?;
//! }
//! let now = i64::try_from(std::time::UNIX_EPOCH.elapsed()?.as_secs())?;
//! let range = TimeRange { start: now - 3_600, end: now + 60 };
//! let panel = Panel::stat("Orders").draw("", ORDER_PLACED.total().sum());
//! let View::Number(orders) = answer(&panel, &events, range, &VariableValues::default()) else { panic!() };
//! assert_eq!(orders.value, Some(1.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! *Metrics* are kept as CloudWatch keeps them: for each name and each set of dimension
//! values, the observations of a minute, every value of them, so that percentiles are
//! exact. *Rows* are kept as CloudWatch Logs keeps events: every field of them, as Logs
//! Insights names it, and the line itself. Both are bounded by [`Limits`], and what is
//! oldest goes first; BENCHMARKS.md says how many bytes an event takes.
//!
//! A line says by its `function` which log group it would be in on AWS; one that names none is
//! in no group, so that no log query finds it. Traces are not kept.

mod answer;
mod bucket;
mod events;
mod extract;
mod journal;
mod line;
mod line_error;
mod log;
mod metrics;
mod partial;
mod recorder;
mod samples;
mod scope;
mod value;
mod variable_values;

pub use answer::{answer, period};
pub use events::{Events, Limits};
pub use journal::Journal;
pub use line_error::LineError;
pub use recorder::{Counts, Recorder, Tap};
pub use samples::samples;
pub use variable_values::VariableValues;
