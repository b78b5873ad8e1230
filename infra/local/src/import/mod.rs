//! Copies runs and readings from the tables of the Python API.
//!
//! A page of the old table is read, stored, and noted in a file; so a copy that was interrupted goes
//! on where it was. What is stored already is not stored again, so nothing is lost or doubled
//! whatever happens in between.

pub(crate) mod command;
mod old;
mod progress;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{AttributeValue, Select};
use handlers::Deadline;
use handlers::domain::Reading;
use handlers::store::{Store, WriteOutcome};

pub use progress::Counts;
use progress::Progress;

/// An item of an old table.
type Item = HashMap<String, AttributeValue>;

/// Items of a page: one transaction takes as many readings.
const PAGE: i32 = 100;
/// How long storing a page may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is copied, and to where.
#[derive(Debug)]
pub struct Import {
    /// A client of the old tables.
    pub from: Client,
    /// The old table of runs.
    pub runs: String,
    /// The old table of readings.
    pub readings: String,
    /// Where to store.
    pub to: Store,
    /// The file that says how far it is.
    pub progress: PathBuf,
}

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Of the table of runs.
    pub runs: Counts,
    /// Of the table of readings.
    pub readings: Counts,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "runs: {}\nreadings: {}", self.runs, self.readings)
    }
}

/// Why a copy stopped. Start it again: it goes on where it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// An old table cannot be read.
    #[error("cannot read {table}: {reason}")]
    Read {
        /// The table.
        table: String,
        /// What DynamoDB said.
        reason: String,
    },
    /// The file of the progress cannot be read or written.
    #[error("cannot use {}: {source}; choose another file with --progress FILE", .path.display())]
    Progress {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The new tables do not take what is sent.
    #[error("cannot store: {0}")]
    Store(#[from] handlers::Error),
    /// The old table has another number of items than were copied.
    #[error("{table} has {there} items, but {seen} were copied: something was writing to it; remove {} and start again", .progress.display())]
    Counts {
        /// The table.
        table: String,
        /// Items it has now.
        there: u64,
        /// Items that were read.
        seen: u64,
        /// The file of the progress.
        progress: PathBuf,
    },
}

impl Import {
    /// Copies, and tells `said` after each page.
    ///
    /// # Errors
    /// [`ImportError`]; what was copied by then stays.
    pub async fn run(&self, said: impl Fn(&Summary)) -> Result<Summary, ImportError> {
        let mut progress = Progress::open(&self.progress)?;
        while !progress.runs.done {
            let (items, next) = self.page(&self.runs, progress.runs.next.take()).await?;
            for item in &items {
                let counts = &mut progress.runs.counts;
                match old::run(item) {
                    Ok(run) => {
                        counts.add(self.to.put_ended(Deadline::after(PATIENCE), &run).await?);
                    }
                    Err(reason) => counts.refuse(&self.runs, item, &reason),
                }
            }
            progress.runs.page_ended(next);
            progress.save(&self.progress)?;
            said(&progress.summary());
        }
        while !progress.readings.done {
            let (items, next) = self
                .page(&self.readings, progress.readings.next.take())
                .await?;
            self.store_readings(&items, &mut progress.readings.counts)
                .await?;
            progress.readings.page_ended(next);
            progress.save(&self.progress)?;
            said(&progress.summary());
        }
        let summary = progress.summary();
        self.check(&self.runs, summary.runs).await?;
        self.check(&self.readings, summary.readings).await?;
        Ok(summary)
    }

    async fn store_readings(&self, items: &[Item], counts: &mut Counts) -> Result<(), ImportError> {
        let mut readings: Vec<Reading> = Vec::with_capacity(items.len());
        for item in items {
            match old::reading(item) {
                Ok(reading) => readings.push(reading),
                Err(reason) => counts.refuse(&self.readings, item, &reason),
            }
        }
        let deadline = Deadline::after(PATIENCE);
        let own = vec![true; readings.len()];
        let batch = self.to.put_batch(deadline, &readings, &own).await?;
        for outcome in batch.readings.into_iter().flatten() {
            counts.add(outcome);
        }
        batch.error.map_or(Ok(()), |error| Err(error.into()))
    }

    async fn page(
        &self,
        table: &str,
        start: Option<HashMap<String, String>>,
    ) -> Result<(Vec<Item>, Option<HashMap<String, String>>), ImportError> {
        let start = start.map(|key| {
            let members = key.into_iter();
            members
                .map(|(name, value)| (name, AttributeValue::S(value)))
                .collect()
        });
        let scan = self.from.scan().table_name(table).limit(PAGE);
        let answer = scan.set_exclusive_start_key(start).send().await;
        let answer = answer.map_err(|error| self.unreadable(table, error))?;
        let text =
            |(name, value): (String, AttributeValue)| Some((name, value.as_s().ok()?.clone()));
        let next = answer.last_evaluated_key;
        let next = next.map(|key| key.into_iter().filter_map(text).collect());
        Ok((answer.items.unwrap_or_default(), next))
    }

    /// Compares with what the table has now.
    async fn check(&self, table: &str, counts: Counts) -> Result<(), ImportError> {
        let pages = self.from.scan().table_name(table).select(Select::Count);
        let mut pages = pages.into_paginator().send();
        let mut there = 0;
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.unreadable(table, error))?;
            there += u64::try_from(page.count).unwrap_or_default();
        }
        if there == counts.seen() {
            return Ok(());
        }
        Err(ImportError::Counts {
            table: table.to_owned(),
            there,
            seen: counts.seen(),
            progress: self.progress.clone(),
        })
    }

    fn unreadable(&self, table: &str, error: impl std::error::Error) -> ImportError {
        ImportError::Read {
            table: table.to_owned(),
            reason: DisplayErrorContext(error).to_string(),
        }
    }
}

impl Counts {
    fn add(&mut self, outcome: WriteOutcome) {
        match outcome {
            WriteOutcome::Written => self.copied += 1,
            WriteOutcome::Duplicate => self.before += 1,
        }
    }

    fn refuse(&mut self, table: &str, item: &Item, reason: &str) {
        self.refused += 1;
        let id = item.get("id").and_then(|id| id.as_s().ok());
        tracing::warn!(table, id, reason, "an item is not copied");
    }
}
