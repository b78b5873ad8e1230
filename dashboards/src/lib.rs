//! Dashboards and alarms as typed Rust definitions.
//!
//! What is emitted is what is drawn, watched and paid for: queries start from the
//! constants that handlers record. A dimension that a metric lacks, or an aggregate that
//! its kind does not have, does not compile. One definition renders to Grafana JSON for
//! CloudWatch and for Prometheus; alarms render to a Terraform module.
//!
//! A dashboard of your own:
//!
//! ```
//! use dashboards::model::{Dashboard, Deployment, Narrow, Panel, Threshold};
//! use dashboards::render::grafana::{self, Backend};
//! use telemetry::DashboardLink;
//!
//! telemetry::catalogue! {
//!     /// Orders that left the shop.
//!     ORDER_SHIPPED: Counter {
//!         name: "order_shipped",
//!         unit: Count,
//!         by: [[]],
//!         sample: Rate { per_minute: 4.0 },
//!     }
//! }
//! const SHOP: DashboardLink = DashboardLink { uid: "shop", slug: "shop" };
//! const DEPLOYMENT: Deployment =
//!     Deployment { namespace: "Shop", prefix: "shop", environments: &["prod"], resources: &[] };
//!
//! let shipped = Panel::time_series("Orders shipped")
//!     .describe("Falls to zero when the warehouse is offline: call it.")
//!     .draw("shipped", ORDER_SHIPPED.total().sum())
//!     .threshold(Threshold::below(1.0));
//! let shop = Dashboard::new(SHOP, "Shop").row("Orders", [shipped]);
//! let json = grafana::dashboard(&DEPLOYMENT, &shop, Backend::CloudWatch)?;
//! assert!(json.is_some_and(|json| json.contains("Shop/$environment")));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! - [`model`]: what a query, a panel, a dashboard and an alarm are;
//! - [`aws`]: metrics that AWS publishes, declared like our own;
//! - [`render`]: how Grafana, Terraform and Markdown spell them;
//! - [`lint`], [`cost`], [`diff`]: what is wrong with them, what they cost, what changed;
//! - [`report`]: what was found, for code scanning, test reports and pull requests;
//! - [`evaluate`], [`scenario`]: how CloudWatch judges alarms, and tests of them;
//! - `live` (feature `cli`): what AWS has, compared with the definitions;
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
pub mod evaluate;
#[cfg(test)]
mod fixture;
pub mod lint;
#[cfg(feature = "cli")]
pub mod live;
pub mod model;
pub mod preview;
pub mod render;
pub mod report;
pub mod scenario;
pub mod view;
