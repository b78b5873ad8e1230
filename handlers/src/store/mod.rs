//! The store: DynamoDB, through its own protocol, on AWS and on a laptop alike.
//!
//! - [`tables`]: the two tables, defined once.
//! - `board`: which runs hold a place; `transitions`: the transactions by which runs start and end.
//! - `runs`: reading runs, one, some or a page.
//! - `readings`: writing readings, one or a batch; `pages` reads them.
//! - `stats`: the statistics of an ended run; `imports`: runs that ended elsewhere.
//! - `batch_get`, `page`, `items`, `failure`, `attempts`, `contention`, `backoff`, `run_cache`: items
//!   by their keys, page keys, items, errors, what attempts failed with, what lost against another
//!   transaction, pauses, and the sensor API's cache of runs.
//!
//! docs/store.md tells the protocol and its races.

pub(crate) mod attempts;
mod backoff;
mod batch_get;
mod board;
pub(crate) mod contention;
mod failure;
mod imports;
mod items;
mod page;
mod pages;
mod readings;
mod run_cache;
mod runs;
mod stats;
pub mod tables;
mod transitions;

use std::{sync::Arc, time::Duration};

use aws_sdk_dynamodb::Client;

use crate::{
    Clock, Config,
    background::BackgroundTasks,
    domain::{Reading, Run},
};
use failure::Call;
use run_cache::RunCache;

pub use board::{Board, StartOutcome};
pub use readings::{BatchOutcome, WriteOutcome};
pub(crate) use transitions::EndCondition;

/// The tables and the rules for them. A clone is the same store.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    clock: Clock,
    runs_table: String,
    sensor_data_table: String,
    max_running: usize,
    lease_grace: Duration,
    retention: Option<Duration>,
    run_cache: Arc<RunCache>,
    background: BackgroundTasks,
}

impl Store {
    /// The store on the tables of `config`.
    pub fn new(config: &Config, client: Client, clock: Clock) -> Self {
        Self {
            client,
            clock,
            runs_table: config.runs_table.clone(),
            sensor_data_table: config.sensor_data_table.clone(),
            max_running: config.max_concurrent_runs,
            lease_grace: config.lease_grace,
            retention: config.retention,
            run_cache: Arc::default(),
            background: BackgroundTasks::default(),
        }
    }

    /// A call on the table of runs.
    fn on_runs(&self, operation: &'static str) -> Call<'_> {
        Call::new(operation, &self.runs_table)
    }

    /// A call on the table of readings.
    fn on_readings(&self, operation: &'static str) -> Call<'_> {
        Call::new(operation, &self.sensor_data_table)
    }

    /// How many runs may be running at once.
    pub fn max_running(&self) -> usize {
        self.max_running
    }

    /// Waits until nothing is going on any more that no answer waits for.
    pub async fn join_background_tasks(&self) {
        self.background.join().await;
    }

    /// The clock by which leases end.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// Where the next page starts; none after the last.
    pub next_key: Option<String>,
}

/// A page of runs.
pub type RunsPage = Page<Run>;
/// A page of readings.
pub type ReadingsPage = Page<Reading>;
