//! Storing runs that ended elsewhere: what a copy of older tables needs.

use aws_sdk_dynamodb::operation::put_item::PutItemError;

use super::{
    Store, WriteOutcome,
    items::{expiry, from_run, string},
};
use crate::{Deadline, Result, domain::Run};

impl Store {
    /// Stores an ended run, unless there is one with its id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] if it is not known in time whether it is stored.
    pub async fn put_ended(&self, deadline: Deadline, run: &Run) -> Result<WriteOutcome> {
        let mut item = from_run(run);
        let ended = run.finished_at.unwrap_or(run.started_at);
        item.insert("finishedAt".into(), string(ended.to_string()));
        if let Some(message) = &run.error_message {
            item.insert("errorMessage".into(), string(message));
        }
        if let Some(retention) = self.retention {
            item.insert("expiresAt".into(), expiry(self.clock.now(), retention));
        }
        let request = self
            .client
            .put_item()
            .table_name(&self.runs_table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(id)");
        let call = self.on_runs("PutItem");
        match call.answer(deadline, request.send()).await? {
            Ok(_) => Ok(WriteOutcome::Written),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(WriteOutcome::Duplicate)
            }
            Err(error) => Err(call.error(error)),
        }
    }
}
