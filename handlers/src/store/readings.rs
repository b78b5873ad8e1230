//! Writing readings: those with ids of the client's by conditional puts, a batch of others by
//! BatchWriteItem, which takes no conditions.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{
        Put, PutRequest, ReturnValuesOnConditionCheckFailure, TransactWriteItem, WriteRequest,
    },
};
use uuid::Uuid;

use super::{
    Store,
    backoff::Backoff,
    failure::{Call, TransactionOutcome, condition_failed},
    items::{Item, expiry, from_reading, string, to_reading},
    transitions::{TRANSACTION, built},
};
use crate::{
    Deadline, Error, Result,
    domain::{Reading, Status, Timestamp},
};

/// Condition of a write that must not replace a reading.
const NOT_STORED: &str = "attribute_not_exists(id)";
/// Items that one BatchWriteItem takes.
const CHUNK: usize = 25;
/// Time that a batch leaves of the request's budget, to tell what is written and what is not.
const REPORT_RESERVE: Duration = Duration::from_millis(500);

/// How storing a reading or a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It is new.
    Written,
    /// The same was stored before.
    Duplicate,
}

/// How storing a batch went.
#[derive(Debug)]
pub struct BatchOutcome {
    /// For each reading; none for one that is not known to be stored.
    pub readings: Vec<Option<WriteOutcome>>,
    /// What kept some from being stored: [`Error::PartlyStored`], or the cause alone if that is a
    /// defect and none is stored.
    pub error: Option<Error>,
}

type Key = (Uuid, Timestamp);

impl Store {
    /// The user and the status of a run that is sent readings. Reads the run, unless it was
    /// found running within the last two seconds.
    ///
    /// # Errors
    /// [`Error::UnknownRun`] or [`Error::Unavailable`].
    pub async fn owner_and_status(&self, deadline: Deadline, id: Uuid) -> Result<(String, Status)> {
        let now = self.clock.now();
        if let Some(username) = self.run_cache.username(id, now) {
            return Ok((username, Status::Running));
        }
        let run = self.run(deadline, id).await?.ok_or(Error::UnknownRun(id))?;
        let run = run.as_of(now);
        self.run_cache
            .insert(&run, run.lease(self.lease_grace), now);
        Ok((run.username, run.status))
    }

    /// Renews the lease of a run that has got readings, if it is time to. No answer waits for that.
    pub fn renew_lease(&self, deadline: Deadline, id: Uuid) {
        let Some((lease, end)) = self.run_cache.renewal(id, self.clock.now()) else {
            return;
        };
        let store = self.clone();
        self.background.spawn(async move {
            if let Err(error) = store.move_lease(deadline, id, lease.ends_at, end).await {
                error.log("the lease of a run that is fed was not renewed", Some(id));
            }
            store.run_cache.remove(id);
        });
    }

    /// True if each of these readings, which have ids of the client's, is stored already.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the store does not answer in time.
    pub async fn are_stored(&self, deadline: Deadline, readings: &[Reading]) -> Result<bool> {
        let keys = readings.iter().map(key_of).collect();
        let stored = self.readings_by_key(deadline, keys).await?;
        Ok(readings
            .iter()
            .all(|reading| stored.get(&key_of(reading)) == Some(reading)))
    }

    /// Stores a reading, unless it is stored already.
    ///
    /// # Errors
    /// [`Error::ReadingConflict`] if another one has its id and timestamp,
    /// [`Error::Unavailable`] if it is not known in time whether it is stored.
    pub async fn put_reading(&self, deadline: Deadline, reading: &Reading) -> Result<WriteOutcome> {
        let request = self
            .client
            .put_item()
            .table_name(&self.sensor_data_table)
            .set_item(Some(self.reading_item(reading)))
            .condition_expression(NOT_STORED)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let call = self.on_readings("PutItem");
        let Err(failure) = call.answer(deadline, request.send()).await? else {
            return Ok(WriteOutcome::Written);
        };
        match failure.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                duplicate_of(reading, failed.item())
            }
            _ => Err(call.error(failure)),
        }
    }

    /// Stores the readings of a batch. `may_exist` says which of them have an id of the client's,
    /// so may be stored already.
    ///
    /// # Errors
    /// [`Error::ReadingConflict`] if another reading has the id and timestamp of one of them:
    /// nothing is stored then.
    pub async fn put_batch(
        &self,
        deadline: Deadline,
        readings: &[Reading],
        may_exist: &[bool],
    ) -> Result<BatchOutcome> {
        let (own, new): (Vec<usize>, Vec<usize>) = (0..readings.len()).partition(|n| may_exist[*n]);
        let stored = self.put_own(deadline, readings, own).await?;
        let new: Vec<&Reading> = new.into_iter().map(|n| &readings[n]).collect();
        let chunks = new
            .chunks(CHUNK)
            .map(|chunk| self.write_chunk(deadline.before(REPORT_RESERVE), chunk));
        let failures: Vec<ChunkFailure> = futures_util::future::join_all(chunks)
            .await
            .into_iter()
            .filter_map(std::result::Result::err)
            .collect();
        Ok(BatchOutcome::of(readings, stored, failures))
    }

    /// Stores the readings with ids of the client's, in one transaction: all of them, or none.
    async fn put_own(
        &self,
        deadline: Deadline,
        readings: &[Reading],
        mut own: Vec<usize>,
    ) -> Result<Vec<WriteOutcome>> {
        let mut stored = vec![WriteOutcome::Written; readings.len()];
        while !own.is_empty() {
            let puts = own.iter().map(|n| self.conditional_put(&readings[*n]));
            let puts = puts.collect::<Result<_>>()?;
            let call = self.on_readings(TRANSACTION);
            let TransactionOutcome::Cancelled(reasons) =
                self.transact(deadline, call, puts).await?
            else {
                break;
            };
            // Those that are stored already are left out of the next attempt.
            for (n, reason) in own.iter().zip(&reasons) {
                if condition_failed(reason) {
                    stored[*n] = duplicate_of(&readings[*n], reason.item())?;
                }
            }
            own.retain(|n| stored[*n] == WriteOutcome::Written);
        }
        Ok(stored)
    }

    fn conditional_put(&self, reading: &Reading) -> Result<TransactWriteItem> {
        let put = Put::builder()
            .table_name(&self.sensor_data_table)
            .set_item(Some(self.reading_item(reading)))
            .condition_expression(NOT_STORED)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build();
        Ok(TransactWriteItem::builder().put(built(put)?).build())
    }

    /// Writes up to 25 readings, repeating what DynamoDB left over.
    async fn write_chunk(
        &self,
        deadline: Deadline,
        chunk: &[&Reading],
    ) -> std::result::Result<(), ChunkFailure> {
        let mut waiting = chunk.to_vec();
        let mut backoff = Backoff::new();
        let mut call = self.on_readings("BatchWriteItem");
        loop {
            let next = match self.write_once(call, deadline, &waiting).await {
                Ok(rest) => {
                    waiting.retain(|reading| rest.contains(&key_of(reading)));
                    if waiting.is_empty() {
                        return Ok(());
                    }
                    backoff.pause(call, deadline).await
                }
                Err(error) => Err(error),
            };
            call = match next {
                Ok(call) => call,
                Err(cause) => {
                    let keys = waiting.into_iter().map(key_of).collect();
                    return Err(ChunkFailure { keys, cause });
                }
            };
        }
    }

    /// One BatchWriteItem; returns the keys that it left unprocessed.
    async fn write_once(
        &self,
        call: Call<'_>,
        deadline: Deadline,
        readings: &[&Reading],
    ) -> Result<Vec<Key>> {
        let writes = readings.iter().map(|reading| {
            let put = PutRequest::builder()
                .set_item(Some(self.reading_item(reading)))
                .build();
            Ok(WriteRequest::builder().put_request(built(put)?).build())
        });
        let writes = writes.collect::<Result<Vec<_>>>()?;
        let request = self
            .client
            .batch_write_item()
            .request_items(&self.sensor_data_table, writes);
        let answer = call.make(deadline, request.send()).await?;
        let rest = answer
            .unprocessed_items
            .into_iter()
            .flat_map(HashMap::into_values)
            .flatten();
        rest.filter_map(|write| write.put_request)
            .map(|put| to_reading(&put.item).map(|reading| key_of(&reading)))
            .collect()
    }

    /// The stored readings with these keys.
    async fn readings_by_key(
        &self,
        deadline: Deadline,
        keys: Vec<Key>,
    ) -> Result<HashMap<Key, Reading>> {
        let keys = keys.into_iter().map(|(id, time)| {
            Item::from([
                ("id".into(), string(id)),
                ("timestamp".into(), string(time.to_string())),
            ])
        });
        let call = self.on_readings("BatchGetItem");
        let items = self.items_by_key(call, deadline, keys.collect()).await?;
        let readings = items.iter().map(|item| {
            let reading = to_reading(item)?;
            Ok((key_of(&reading), reading))
        });
        readings.collect()
    }

    fn reading_item(&self, reading: &Reading) -> Item {
        let expires_at = self
            .retention
            .map(|retention| expiry(self.clock.now(), retention));
        from_reading(reading, expires_at)
    }
}

fn key_of(reading: &Reading) -> Key {
    (reading.id, reading.timestamp)
}

/// How it went if `item` is what was stored before under a reading's key.
fn duplicate_of(reading: &Reading, item: Option<&Item>) -> Result<WriteOutcome> {
    match item.map(to_reading).transpose()? {
        Some(stored) if stored == *reading => Ok(WriteOutcome::Duplicate),
        _ => Err(Error::ReadingConflict(reading.id)),
    }
}

/// Readings that are not known to be stored, and why.
struct ChunkFailure {
    keys: Vec<Key>,
    cause: Error,
}

impl From<Vec<WriteOutcome>> for BatchOutcome {
    fn from(outcomes: Vec<WriteOutcome>) -> Self {
        Self {
            readings: outcomes.into_iter().map(Some).collect(),
            error: None,
        }
    }
}

impl BatchOutcome {
    /// That of readings which were `stored` so, except those of the chunks that failed.
    fn of(readings: &[Reading], stored: Vec<WriteOutcome>, failures: Vec<ChunkFailure>) -> Self {
        let unwritten: HashSet<Key> = failures
            .iter()
            .flat_map(|failure| failure.keys.iter().copied())
            .collect();
        let stored = readings.iter().zip(stored);
        let outcomes: Vec<Option<WriteOutcome>> = stored
            .map(|(reading, outcome)| (!unwritten.contains(&key_of(reading))).then_some(outcome))
            .collect();
        // What another attempt will not change matters more than what it may.
        let causes = failures.into_iter().map(|failure| failure.cause);
        let cause = causes.min_by_key(|cause| matches!(cause, Error::Unavailable(_)));
        let error = cause.map(|cause| partly_stored(readings, &outcomes, cause));
        Self {
            readings: outcomes,
            error,
        }
    }
}

fn partly_stored(readings: &[Reading], outcomes: &[Option<WriteOutcome>], cause: Error) -> Error {
    let (written, failed): (Vec<usize>, Vec<usize>) =
        (0..readings.len()).partition(|n| outcomes[*n].is_some());
    if written.is_empty() && matches!(cause, Error::Internal(_)) {
        return cause;
    }
    Error::PartlyStored {
        written: written.into_iter().map(|n| readings[n].id).collect(),
        failed,
        cause: Box::new(cause),
    }
}
