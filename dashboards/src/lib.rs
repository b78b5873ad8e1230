#![doc = include_str!("../README.md")]
//!
//! - [`model`]: what a query, a panel, a dashboard and an alarm are;
//! - [`aws`]: metrics that AWS publishes, declared like our own;
//! - [`render`]: how Grafana, Terraform and Markdown spell them;
//! - [`lint`], [`cost`], [`diff`]: what is wrong with them, what they cost, what changed;
//! - [`report`]: what was found, for code scanning, test reports and pull requests;
//! - [`evaluate`], [`scenario`]: how CloudWatch judges alarms, and tests of them;
//! - `live` (feature `cli`): what AWS has, compared with the definitions;
//! - `emf_check` (feature `emf-check`): whether event lines are what the catalogue says;
//! - [`data`]: events in memory, and what panels make of them;
//! - [`view`]: what a panel shows, between the data and the drawing;
//! - [`draw`]: panels and dashboards as HTML and SVG;
//! - [`preview`]: all dashboards as files, from recorded or sample events;
//! - `cli` (feature `cli`): the command line over one [`Library`](model::Library).

#[doc(hidden)]
pub use telemetry;

pub mod aws;
#[cfg(feature = "cli")]
pub mod cli;
pub mod cost;
pub mod data;
pub mod diff;
pub mod draw;
#[cfg(feature = "emf-check")]
pub mod emf_check;
pub mod evaluate;
#[cfg(test)]
mod fixture;
mod fnv;
pub mod functions;
pub mod lint;
#[cfg(feature = "cli")]
pub mod live;
pub mod model;
pub mod preview;
pub mod render;
pub mod report;
pub mod scenario;
pub mod view;
