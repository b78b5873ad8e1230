//! Unit tests for alarms: series in, expected states over time.
//!
//! A scenario is a story, such as "five minutes without data while a run is active",
//! and says what alarms are to make of it. `dashboards test` plays scenarios by the
//! rules of [`evaluate`](crate::evaluate); docs/test-alarms.md has the notation.

mod coverage;
mod file;
mod notation;
mod report;
mod run;
mod series;
mod suite;

pub use coverage::{Gap, gaps};
pub use file::{FileError, Problem, Scenario, Times, parse, read};
pub use notation::{MAX_STEPS, NotationError, StepState, parse_series, parse_states, write_states};
pub use report::timeline;
pub use run::{
    Difference, NotificationCount, Outcome, ScenarioError, ScenarioOutcome, run, series_key,
};
pub use suite::{Case, Coverage, NotificationCase, Report, SuiteError, play};
