//! The running board: one item that says which runs hold a place, and until when.
//!
//! A run starts and ends by one transaction each, on the run and the board together, so the
//! two always agree and the limit holds without locks. docs/store.md discusses the races.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{AttributeValue, ConditionCheck, Put, TransactWriteItem, Update},
};
use telemetry::catalogue::{RUN_COMPLETED, RUN_DURATION};
use uuid::Uuid;

use super::{
    Store,
    failure::{self, Committed, call},
    items::{Item, expiry, from_run, number, run_key, string},
};
use crate::{
    Deadline, Error, Result,
    domain::{NewRun, Run, Status, Timestamp},
};

/// Key of the board in the table of runs; no run has it, since a run's id is a UUID.
const BOARD: &str = "board";

/// A lease holds its place for this long after its end, so that a fast clock does not end
/// a run that its own reader still sees running.
const CLOCK_ALLOWANCE: Duration = Duration::from_secs(5);

/// The board as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// End of the lease of each run that holds a place.
    pub leases: BTreeMap<Uuid, Timestamp>,
    exists: bool,
}

impl Board {
    /// The places that are taken at `now`; a lease that may be ended holds none.
    pub fn taken(&self, now: Timestamp) -> usize {
        self.leases.len() - self.lapsed(now).count()
    }

    /// Runs whose lease may be ended at `now`.
    pub fn lapsed(&self, now: Timestamp) -> impl Iterator<Item = Uuid> {
        self.leases
            .iter()
            .filter(move |(_, end)| now > **end + CLOCK_ALLOWANCE)
            .map(|(id, _)| *id)
    }
}

/// How a start went.
#[derive(Clone, Debug, PartialEq)]
pub enum Started {
    /// The run holds a place now, as one of so many.
    New(Run, usize),
    /// The same start came before; this is its run.
    Before(Run),
}

impl Store {
    /// Reads the board: one read unit, whatever the number of runs.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the store does not answer in time.
    pub async fn board(&self, deadline: Deadline) -> Result<Board> {
        let request = self
            .client
            .get_item()
            .table_name(&self.runs_table)
            .key("id", string(BOARD))
            .consistent_read(true);
        let Some(item) = call(deadline, request.send()).await?.item else {
            return Ok(Board::default());
        };
        let leases = item.get("leases").and_then(|leases| leases.as_m().ok());
        let leases = leases
            .into_iter()
            .flatten()
            .map(|(id, end)| lease(id, end))
            .collect::<Option<_>>();
        let leases = leases
            .ok_or_else(|| Error::Internal("the board's leases are of another form".into()))?;
        Ok(Board {
            leases,
            exists: true,
        })
    }

    /// Starts a run if a place is free.
    ///
    /// # Errors
    /// [`Error::LimitReached`] if none is, [`Error::Invalid`] if its idempotency key was used for
    /// another start, [`Error::Unavailable`] if it is not known in time whether it started.
    pub async fn start(&self, deadline: Deadline, new: &NewRun) -> Result<Started> {
        if new.repeatable
            && let Some(run) = self.run(deadline, new.id).await?
        {
            return self.started_before(new, run);
        }
        loop {
            let board = self.board_without_lapsed(deadline).await?;
            let running = board.leases.len();
            if running >= self.max_running && !board.leases.contains_key(&new.id) {
                return Err(Error::LimitReached {
                    running,
                    max: self.max_running,
                });
            }
            let run = self.new_run(new);
            match self.put_on_board(deadline, &run).await? {
                Committed::Yes => return Ok(Started::New(run, running + 1)),
                Committed::ConditionsFailed([true, _]) => {
                    let run = self.run(deadline, new.id).await?;
                    let run = run.ok_or_else(|| {
                        Error::Internal(format!("run {} exists and does not", new.id))
                    })?;
                    return self.started_before(new, run);
                }
                // Others took the place: look again.
                Committed::ConditionsFailed([false, _]) => {}
            }
        }
    }

    fn started_before(&self, new: &NewRun, run: Run) -> Result<Started> {
        if new.describes(&run) {
            Ok(Started::Before(run.as_of(self.clock.now())))
        } else {
            Err(Error::invalid(
                "Idempotency-Key",
                "was used for another start; send a new key",
            ))
        }
    }

    fn new_run(&self, new: &NewRun) -> Run {
        let started_at = self.clock.now();
        let planned = Duration::from_secs(new.request.duration.into());
        Run {
            id: new.id,
            username: new.username.clone(),
            status: Status::Running,
            started_at,
            finished_at: None,
            duration: new.request.duration,
            interval: new.request.interval,
            params: new.request.params.clone(),
            error_message: None,
            stats: None,
            lease_ends_at: started_at + planned + self.lease_grace,
        }
    }

    /// The board, existing, after its lapsed leases were ended.
    async fn board_without_lapsed(&self, deadline: Deadline) -> Result<Board> {
        let mut board = self.board(deadline).await?;
        if !board.exists {
            self.create_board(deadline).await?;
        }
        self.end_lapsed(deadline, &mut board).await?;
        Ok(board)
    }

    async fn create_board(&self, deadline: Deadline) -> Result<()> {
        let request = self
            .client
            .put_item()
            .table_name(&self.runs_table)
            .item("id", string(BOARD))
            .item("leases", AttributeValue::M(Item::new()))
            .condition_expression("attribute_not_exists(id)");
        match deadline.limit(request.send()).await? {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            answer => answer.map(drop).map_err(failure::error),
        }
    }

    /// Ends the runs of the board's lapsed leases and takes them off `board`; returns those
    /// that were ended by this call.
    pub(crate) async fn end_lapsed(
        &self,
        deadline: Deadline,
        board: &mut Board,
    ) -> Result<Vec<Run>> {
        let lapsed: Vec<Uuid> = board.lapsed(self.clock.now()).collect();
        let ended = self.end_all(deadline, &lapsed, Run::lapsed).await?;
        board.leases.retain(|id, _| !lapsed.contains(id));
        Ok(ended)
    }

    /// Interrupts the runs that the board holds now; returns those that this call ended.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the store does not answer in time; some may be ended then.
    pub async fn interrupt_all(&self, deadline: Deadline) -> Result<Vec<Run>> {
        let now = self.clock.now();
        let leases: Vec<Uuid> = self.board(deadline).await?.leases.into_keys().collect();
        let interrupted = |run: Run| match run.as_of(now) {
            run if run.status == Status::Running => run.ended(
                Status::Interrupted,
                now,
                Some("Interrupted by a user".into()),
            ),
            lapsed => lapsed,
        };
        self.end_all(deadline, &leases, interrupted).await
    }

    /// Ends runs one after the other: they all change the board, so at once they would only
    /// conflict.
    async fn end_all(
        &self,
        deadline: Deadline,
        ids: &[Uuid],
        end: impl Fn(Run) -> Run,
    ) -> Result<Vec<Run>> {
        let mut runs = self.runs_by_id(deadline, ids).await?;
        let mut ended = Vec::new();
        for id in ids {
            match runs.remove(id) {
                Some(run) if run.status == Status::Running => {
                    let run = end(run);
                    if self.end(deadline, &run).await? {
                        ended.push(run);
                    }
                }
                _ => self.remove_orphan(deadline, *id).await?,
            }
        }
        Ok(ended)
    }

    async fn put_on_board(&self, deadline: Deadline, run: &Run) -> Result<Committed> {
        let put = Put::builder()
            .table_name(&self.runs_table)
            .set_item(Some(from_run(run)))
            .condition_expression("attribute_not_exists(id)")
            .build();
        let add = self
            .board_update(run.id)
            .update_expression("SET leases.#run = :end")
            .condition_expression("attribute_not_exists(leases.#run) AND size(leases) < :max")
            .expression_attribute_values(":end", number(run.lease_ends_at.as_millis()))
            .expression_attribute_values(":max", number(self.max_running))
            .build();
        let put = TransactWriteItem::builder().put(built(put)?).build();
        self.transact(
            deadline,
            put,
            TransactWriteItem::builder().update(built(add)?).build(),
        )
        .await
    }

    /// Writes the end of a run and frees its place. True for exactly one caller per run, who
    /// also records it.
    pub(crate) async fn end(&self, deadline: Deadline, ended: &Run) -> Result<bool> {
        let removal = self
            .board_update(ended.id)
            .update_expression("REMOVE leases.#run")
            .condition_expression("attribute_exists(leases.#run)")
            .build();
        let end = TransactWriteItem::builder()
            .update(self.end_update(ended)?)
            .build();
        let removal = TransactWriteItem::builder().update(built(removal)?).build();
        match self.transact(deadline, end, removal).await? {
            Committed::Yes => {
                record_end(ended);
                Ok(true)
            }
            Committed::ConditionsFailed([true, _]) => Ok(false),
            Committed::ConditionsFailed([false, _]) => Err(Error::Internal(format!(
                "run {} is running without a lease",
                ended.id
            ))),
        }
    }

    fn end_update(&self, ended: &Run) -> Result<Update> {
        let finished_at = ended.finished_at.unwrap_or_else(|| self.clock.now());
        let mut set = "SET #status = :status, finishedAt = :finished".to_owned();
        let mut update = Update::builder()
            .table_name(&self.runs_table)
            .set_key(Some(run_key(ended.id)))
            .condition_expression("#status = :running")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":running", string(Status::Running.as_str()))
            .expression_attribute_values(":status", string(ended.status.as_str()))
            .expression_attribute_values(":finished", string(finished_at.to_string()));
        if let Some(message) = &ended.error_message {
            set.push_str(", errorMessage = :message");
            update = update.expression_attribute_values(":message", string(message));
        }
        if let Some(retention) = self.retention {
            set.push_str(", expiresAt = :expiry");
            update =
                update.expression_attribute_values(":expiry", expiry(self.clock.now(), retention));
        }
        built(update.update_expression(set).build())
    }

    /// Removes a lease whose run is not running, which only interference from outside leaves.
    async fn remove_orphan(&self, deadline: Deadline, id: Uuid) -> Result<()> {
        let not_running = ConditionCheck::builder()
            .table_name(&self.runs_table)
            .set_key(Some(run_key(id)))
            .condition_expression("attribute_not_exists(id) OR #status <> :running")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":running", string(Status::Running.as_str()))
            .build();
        let removal = self
            .board_update(id)
            .update_expression("REMOVE leases.#run")
            .condition_expression("attribute_exists(leases.#run)")
            .build();
        let check = TransactWriteItem::builder()
            .condition_check(built(not_running)?)
            .build();
        let removal = TransactWriteItem::builder().update(built(removal)?).build();
        if self.transact(deadline, check, removal).await? == Committed::Yes {
            tracing::warn!(run_id = %id, "removed a lease without a running run from the board");
        }
        Ok(())
    }

    fn board_update(&self, run: Uuid) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder()
            .table_name(&self.runs_table)
            .key("id", string(BOARD))
            .expression_attribute_names("#run", run)
    }

    /// Writes two items, both or none. The client token makes the SDK's repetitions of this
    /// one request safe: if an answer is lost, the next attempt learns what happened.
    async fn transact(
        &self,
        deadline: Deadline,
        first: TransactWriteItem,
        second: TransactWriteItem,
    ) -> Result<Committed> {
        let request = self
            .client
            .transact_write_items()
            .transact_items(first)
            .transact_items(second)
            .client_request_token(Uuid::new_v4());
        failure::transaction(deadline.limit(request.send()).await?)
    }
}

fn record_end(run: &Run) {
    if let Some(outcome) = run.status.outcome() {
        RUN_COMPLETED.increment(outcome);
    }
    if let Some(finished_at) = run.finished_at {
        RUN_DURATION.record(finished_at.since(run.started_at).as_secs_f64(), ());
    }
}

fn lease(id: &str, end: &AttributeValue) -> Option<(Uuid, Timestamp)> {
    let millis = end.as_n().ok()?.parse().ok()?;
    Some((id.parse().ok()?, Timestamp::from_millis(millis)))
}

/// A part of a request that has every member that it needs.
fn built<T>(part: std::result::Result<T, aws_sdk_dynamodb::error::BuildError>) -> Result<T> {
    part.map_err(|error| Error::Internal(error.to_string()))
}
