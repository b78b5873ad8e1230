//! What the system costs: a dashboard of its present rate, and the tables of docs/cost.md.

mod choices;
mod dashboard;
mod tables;

pub use dashboard::dashboard;
pub(crate) use tables::ALL as TABLES;
