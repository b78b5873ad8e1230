//! Reading runs: one, several by id, or a page of all.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Page, RunsPage, Store,
    items::{Item, LISTING, run_key, string, to_run},
    page::{PageKey, Position},
    tables::RUNS_BY_START,
};
use crate::{
    Deadline, Error, Result,
    domain::{Run, RunsQuery, Status},
};

/// What a page key of the listing is bound to: there is only one listing.
const LISTING_QUERY: &str = "runs";

impl Store {
    /// Reads a run as it is stored, consistently.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the store does not answer in time.
    pub async fn run(&self, deadline: Deadline, id: Uuid) -> Result<Option<Run>> {
        let request = self
            .client
            .get_item()
            .table_name(&self.runs_table)
            .set_key(Some(run_key(id)))
            .consistent_read(true);
        let call = self.on_runs("GetItem");
        call.make(deadline, request.send())
            .await?
            .item
            .as_ref()
            .map(to_run)
            .transpose()
    }

    /// Reads several runs as they are stored, consistently; those that do not exist are left out.
    pub(super) async fn runs_by_id(
        &self,
        deadline: Deadline,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Run>> {
        // The board holds 50 runs at most, well below the 100 keys of a call.
        let keys = ids.iter().map(|id| run_key(*id)).collect();
        let call = self.on_runs("BatchGetItem");
        let items = self.items_by_key(call, deadline, keys).await?;
        let runs = items.iter().map(|item| {
            let run = to_run(item)?;
            Ok((run.id, run))
        });
        runs.collect()
    }

    /// The runs that are running, newest first, with the board that says so.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the store does not answer in time.
    pub async fn running(&self, deadline: Deadline) -> Result<Vec<Run>> {
        let board = self.board(deadline).await?;
        let ids: Vec<Uuid> = board.leases.into_keys().collect();
        let now = self.clock.now();
        let runs = self.runs_by_id(deadline, &ids).await?;
        let mut running: Vec<Run> = runs
            .into_values()
            .map(|run| run.as_of(now))
            .filter(|run| run.status == Status::Running)
            .collect();
        running.sort_unstable_by_key(|run| std::cmp::Reverse((run.started_at, run.id)));
        Ok(running)
    }

    /// A page of all runs, newest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a page key that is not one of this list, [`Error::Unavailable`] if
    /// the store does not answer in time.
    pub async fn list_runs(&self, deadline: Deadline, query: &RunsQuery) -> Result<RunsPage> {
        let start = match &query.last_key {
            Some(text) => match PageKey::decode(text, LISTING_QUERY)? {
                PageKey::After(position) => Some(position),
                PageKey::Walk { .. } => {
                    return Err(Error::invalid("lastKey", "belongs to another query"));
                }
            },
            None => None,
        };
        let mut items = self.runs_after(deadline, start, query.limit + 1).await?;
        let more = items.len() > query.limit;
        items.truncate(query.limit);
        let next_key = items.last().filter(|_| more).map(Self::key_after);
        Ok(Page { items, next_key })
    }

    /// Up to `limit` runs after a position in the listing, as they are now.
    pub(super) async fn runs_after(
        &self,
        deadline: Deadline,
        mut start: Option<Position>,
        limit: usize,
    ) -> Result<Vec<Run>> {
        let now = self.clock.now();
        let mut runs: Vec<Run> = Vec::new();
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.runs_table)
                .index_name(RUNS_BY_START.name)
                .key_condition_expression("listing = :listing")
                .expression_attribute_values(":listing", string(LISTING))
                .scan_index_forward(false)
                .limit(i32::try_from(limit - runs.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start.map(start_key));
            let call = self.on_runs("Query");
            let answer = call.make(deadline, request.send()).await?;
            for item in answer.items.unwrap_or_default() {
                runs.push(to_run(&item)?.as_of(now));
            }
            // DynamoDB ends a page after 1 MB too.
            if runs.len() >= limit || answer.last_evaluated_key.is_none() {
                return Ok(runs);
            }
            start = runs.last().map(position_of);
        }
    }
}

impl Store {
    /// The `lastKey` of the runs that follow a run in the listing.
    pub fn key_after(run: &Run) -> String {
        PageKey::After(position_of(run)).encode(LISTING_QUERY)
    }
}

/// The position of a run in the listing.
pub(super) fn position_of(run: &Run) -> Position {
    Position {
        time: run.started_at,
        id: run.id,
    }
}

fn start_key(position: Position) -> Item {
    let mut key = run_key(position.id);
    key.insert("listing".into(), string(LISTING));
    key.insert("startedAt".into(), string(position.time.to_string()));
    key
}
