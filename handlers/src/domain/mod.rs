//! Runs and readings: values, limits and validation, without any I/O.

mod finish;
mod ingestion;
mod lease;
pub mod limits;
mod object;
mod params;
mod problem;
mod query;
mod reading;
mod run;
mod start;
mod timestamp;
mod user;

pub use finish::FinishRequest;
pub use ingestion::Ingestion;
pub use lease::Lease;
pub(crate) use problem::both;
pub use problem::{Problem, Problems};
pub use query::{ReadingsQuery, RunsQuery};
pub use reading::{Measurements, NewReading, Reading};
#[cfg(test)]
pub(crate) use run::fixture;
pub use run::{NewRun, Run, Stats, Status};
pub use start::StartRequest;
pub use timestamp::Timestamp;
pub(crate) use user::{IDEMPOTENCY_HEADER, UNKNOWN_USER, USER_HEADER};
pub use user::{idempotency_key, run_id, username};
