//! How Grafana, Terraform and Markdown spell a library: one file for each dashboard and
//! data source, a Terraform module of the alarms, and the metric reference.

mod files;
pub mod grafana;
pub(crate) mod insights;
pub(crate) mod math;
pub(crate) mod names;
mod pretty;
mod reference;
pub mod terraform;

pub(crate) use files::COST;
pub use files::{Change, File, all, compare, write};
pub(crate) use names::search_length;
pub(crate) use reference::draws;
