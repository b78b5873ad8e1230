//! Sentori on a laptop: every function on an embedded DynamoDB, and a simulator.
//!
//! ```text
//!   browser, curl, simulate          AWS CLI, Lambda binaries
//!            |                                |
//!      front door (axum)                      | HTTP, at --dynamodb-addr
//!       /            \                        |
//!     a router of each function               |
//!       \            /                        |
//!        aws-sdk-dynamodb -------------- embedded DynamoDB (dynoxide)
//!                                             |
//!                                       SQLite in .sentori/
//! ```
//!
//! The routers are the ones that Lambda serves. They share nothing but the
//! tables, and reach those through the SDK, as on AWS.
//!
//! [`build`] puts a server together from a [`Config`]; [`Server::run`] serves
//! until it is told to stop. [`simulate`] calls any server as the frontend does.

mod alarms;
mod app;
mod aws_metrics;
mod capture;
pub mod cli;
pub mod client;
mod config;
mod console;
mod demo;
mod error;
pub mod faults;
mod health;
pub mod import;
mod injection;
mod keeper;
mod lines;
pub mod metrics;
mod observations;
mod otlp;
mod output;
mod query;
mod receiver;
mod record;
mod recording;
mod requests;
mod schedule;
mod serve;
mod server;
mod signals;
pub mod simulate;
pub mod store;
mod subject;
mod terminal;

pub use app::{Server, build};
pub use config::{Config, StoreConfig, process_environment};
pub use error::Error;
pub use injection::Tables;
pub use observations::{Feed, Observations};
pub use recording::recorded;
pub use subject::{Fields, Subject};
