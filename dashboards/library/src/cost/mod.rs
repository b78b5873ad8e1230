//! What the system costs: a dashboard of its present rate, and the tables of docs/cost.md.

mod choices;
mod dashboard;
mod tables;

pub use dashboard::dashboard;

use dashboards::model::Table;

/// The tables by their names in docs/cost.md.
pub(crate) const TABLES: &[Table] = &[
    ("idle", tables::idle),
    ("active", tables::active),
    ("million", tables::million),
    ("run", tables::run),
    ("looking", tables::looking),
    ("watching", tables::watching),
    ("worst", tables::worst),
    ("choices", choices::table),
];
