//! The transactions by which runs start and end: each writes the run and the board together.
//!
//! docs/store.md discusses the races.

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{
        ConditionCheck, Put, TransactWriteItem, Update,
        builders::{ConditionCheckBuilder, UpdateBuilder},
    },
};
use catalogue::{RUN_COMPLETED, RUN_DURATION};
use uuid::Uuid;

use super::{
    Store,
    failure::{Call, TransactionOutcome, condition_failed},
    items::{BOARD, expiry, from_key, from_run, number, run_key, seconds, string},
};
use crate::{
    Deadline, Error, Result,
    domain::{Run, Status, Timestamp},
};

/// DynamoDB's name of the operation.
pub(super) const TRANSACTION: &str = "TransactWriteItems";

/// On what condition the end of a run is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndCondition {
    /// That it is running.
    Running,
    /// That, and that its lease still has the same end.
    SameLease,
}

impl Store {
    /// Stores a new run and gives it a place, if there is one and its idempotency key, if it has
    /// one, has not started another.
    pub(super) async fn put_on_board(
        &self,
        deadline: Deadline,
        run: &Run,
        key: Option<Uuid>,
    ) -> Result<TransactionOutcome> {
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
        let add = TransactWriteItem::builder().update(built(add)?).build();
        let mut items = vec![put, add];
        if let Some(key) = key {
            let put = Put::builder()
                .table_name(&self.runs_table)
                .set_item(Some(from_key(key, run)))
                .condition_expression("attribute_not_exists(id) OR expiresAt <= :now")
                .expression_attribute_values(":now", number(seconds(run.started_at)))
                .build();
            items.push(TransactWriteItem::builder().put(built(put)?).build());
        }
        let call = self.on_runs(TRANSACTION);
        self.transact(deadline, call, items).await
    }

    /// Writes the end of a run and frees its place. True for exactly one caller per run, who
    /// also records it.
    pub(crate) async fn end(
        &self,
        deadline: Deadline,
        ended: &Run,
        condition: EndCondition,
    ) -> Result<bool> {
        let end = self.end_update(ended, condition)?;
        let removal = self.lease_removal(ended.id)?;
        let call = self.on_runs(TRANSACTION);
        let won = match self.transact(deadline, call, vec![end, removal]).await? {
            TransactionOutcome::Committed => true,
            TransactionOutcome::Cancelled(reasons)
                if reasons.first().is_some_and(condition_failed) =>
            {
                false
            }
            TransactionOutcome::Cancelled(_) => {
                self.end_without_lease(deadline, ended, condition).await?
            }
        };
        if won {
            record_end(ended);
        }
        Ok(won)
    }

    /// Writes the end of a run that has no lease, which only interference from outside leaves,
    /// such as a restored table.
    async fn end_without_lease(
        &self,
        deadline: Deadline,
        ended: &Run,
        condition: EndCondition,
    ) -> Result<bool> {
        tracing::warn!(run_id = %ended.id, "the run is running without a lease on the board");
        let no_lease = self
            .board_check(ended.id)
            .condition_expression("attribute_not_exists(leases.#run)")
            .build();
        let no_lease = TransactWriteItem::builder()
            .condition_check(built(no_lease)?)
            .build();
        let end = self.end_update(ended, condition)?;
        let call = self.on_runs(TRANSACTION);
        let committed = self.transact(deadline, call, vec![end, no_lease]).await?;
        Ok(committed == TransactionOutcome::Committed)
    }

    /// Removes a lease whose run is not running, which only interference from outside leaves.
    pub(super) async fn remove_orphan(&self, deadline: Deadline, id: Uuid) -> Result<()> {
        let not_running = ConditionCheck::builder()
            .table_name(&self.runs_table)
            .set_key(Some(run_key(id)))
            .condition_expression("attribute_not_exists(id) OR #status <> :running")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":running", string(Status::Running.as_str()))
            .build();
        let not_running = TransactWriteItem::builder()
            .condition_check(built(not_running)?)
            .build();
        let removal = self.lease_removal(id)?;
        let call = self.on_runs(TRANSACTION);
        let items = vec![not_running, removal];
        if self.transact(deadline, call, items).await? == TransactionOutcome::Committed {
            tracing::warn!(run_id = %id, "removed a lease without a running run from the board");
        }
        Ok(())
    }

    /// Gives the lease of a running run another end, unless someone else did so or ended the run.
    pub(super) async fn move_lease(
        &self,
        deadline: Deadline,
        run: Uuid,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<bool> {
        let on_run = Update::builder()
            .table_name(&self.runs_table)
            .set_key(Some(run_key(run)))
            .update_expression("SET leaseEndsAt = :to")
            .condition_expression("#status = :running AND leaseEndsAt = :from")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":running", string(Status::Running.as_str()))
            .expression_attribute_values(":from", string(from.to_string()))
            .expression_attribute_values(":to", string(to.to_string()))
            .build();
        let on_board = self
            .board_update(run)
            .update_expression("SET leases.#run = :end")
            .condition_expression("attribute_exists(leases.#run)")
            .expression_attribute_values(":end", number(to.as_millis()))
            .build();
        let on_run = TransactWriteItem::builder().update(built(on_run)?).build();
        let on_board = TransactWriteItem::builder()
            .update(built(on_board)?)
            .build();
        let call = self.on_runs(TRANSACTION);
        let items = vec![on_run, on_board];
        Ok(self.transact(deadline, call, items).await? == TransactionOutcome::Committed)
    }

    fn end_update(&self, ended: &Run, condition: EndCondition) -> Result<TransactWriteItem> {
        let finished_at = ended.finished_at.unwrap_or_else(|| self.clock.now());
        let mut set = "SET #status = :status, finishedAt = :finished".to_owned();
        let mut expression = "#status = :running".to_owned();
        let mut update = Update::builder()
            .table_name(&self.runs_table)
            .set_key(Some(run_key(ended.id)))
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
        if condition == EndCondition::SameLease {
            expression.push_str(" AND leaseEndsAt = :lease");
            let lease = string(ended.lease_ends_at.to_string());
            update = update.expression_attribute_values(":lease", lease);
        }
        let update = update
            .update_expression(set)
            .condition_expression(expression);
        let update = built(update.build())?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn lease_removal(&self, run: Uuid) -> Result<TransactWriteItem> {
        let removal = self
            .board_update(run)
            .update_expression("REMOVE leases.#run")
            .condition_expression("attribute_exists(leases.#run)")
            .build();
        Ok(TransactWriteItem::builder().update(built(removal)?).build())
    }

    fn board_update(&self, run: Uuid) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.runs_table)
            .key("id", string(BOARD))
            .expression_attribute_names("#run", run)
    }

    fn board_check(&self, run: Uuid) -> ConditionCheckBuilder {
        ConditionCheck::builder()
            .table_name(&self.runs_table)
            .key("id", string(BOARD))
            .expression_attribute_names("#run", run)
    }

    /// Writes items, all or none. The client token makes the SDK's repetitions of this
    /// one request safe: if an answer is lost, the next attempt learns what happened.
    pub(super) async fn transact(
        &self,
        deadline: Deadline,
        call: Call<'_>,
        items: Vec<TransactWriteItem>,
    ) -> Result<TransactionOutcome> {
        let request = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .client_request_token(Uuid::new_v4());
        call.transaction(call.answer(deadline, request.send()).await?)
    }
}

fn record_end(run: &Run) {
    if let Some(outcome) = run.status.outcome() {
        RUN_COMPLETED.increment(outcome);
    }
    if let Some(finished_at) = run.finished_at {
        RUN_DURATION.record_duration(finished_at.since(run.started_at), ());
    }
}

/// A part of a request that has every member that it needs.
pub(super) fn built<T>(part: std::result::Result<T, BuildError>) -> Result<T> {
    part.map_err(Error::defect)
}
