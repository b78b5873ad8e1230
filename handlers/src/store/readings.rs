//! Writing readings: one by a conditional put, a batch by BatchWriteItem.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{KeysAndAttributes, PutRequest, ReturnValuesOnConditionCheckFailure, WriteRequest},
};
use uuid::Uuid;

use super::{
    Store,
    backoff::Backoff,
    failure::{self, call},
    items::{Item, expiry, from_reading, string, to_reading},
};
use crate::{
    Deadline, Error, Result,
    domain::{Reading, Status, Timestamp},
};

/// Items that one BatchWriteItem takes.
const CHUNK: usize = 25;
/// Time that a batch leaves of the request's budget, to tell what is written and what is not.
const REPORT_RESERVE: Duration = Duration::from_millis(500);

/// How storing a reading went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is new.
    New,
    /// The same reading was stored before.
    Before,
}

type Key = (Uuid, Timestamp);

impl Store {
    /// The user and the status of a run that is sent readings. Reads the run, unless it was
    /// found running within the last two seconds.
    ///
    /// # Errors
    /// [`Error::UnknownRun`] or [`Error::Unavailable`].
    pub async fn receiver(&self, deadline: Deadline, id: Uuid) -> Result<(String, Status)> {
        let now = self.clock.now();
        if let Some(username) = self.known_runs.user_of(id, now) {
            return Ok((username, Status::Running));
        }
        let run = self.run(deadline, id).await?.ok_or(Error::UnknownRun(id))?;
        let run = run.as_of(now);
        self.known_runs.remember(&run, now);
        Ok((run.username, run.status))
    }

    /// Renews the lease of a run that was fed, if it is time to. No answer waits for that.
    pub fn fed(&self, deadline: Deadline, id: Uuid) {
        let Some((lease, end)) = self.known_runs.renewal(id, self.clock.now()) else {
            return;
        };
        let store = self.clone();
        self.background.spawn(async move {
            if let Err(error) = store.move_lease(deadline, id, lease.ends_at, end).await {
                tracing::warn!(run_id = %id, %error, "the lease of a run that is fed was not renewed");
            }
            store.known_runs.forget(id);
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
    pub async fn put_reading(&self, deadline: Deadline, reading: &Reading) -> Result<Stored> {
        let request = self
            .client
            .put_item()
            .table_name(&self.sensor_data_table)
            .set_item(Some(self.reading_item(reading)))
            .condition_expression("attribute_not_exists(id)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(failure) = deadline.limit(request.send()).await? else {
            return Ok(Stored::New);
        };
        if let Some(PutItemError::ConditionalCheckFailedException(failed)) =
            failure.as_service_error()
        {
            let same = failed
                .item()
                .map(to_reading)
                .transpose()?
                .is_some_and(|stored| stored == *reading);
            return if same {
                Ok(Stored::Before)
            } else {
                Err(Error::ReadingConflict(reading.id))
            };
        }
        Err(failure::error(failure))
    }

    /// Stores the readings of a batch; returns for each how it went. `may_exist` says which of
    /// them have an id of the client's, so may be stored already.
    ///
    /// # Errors
    /// [`Error::ReadingConflict`] if another reading has the id and timestamp of one of them:
    /// nothing is stored then. [`Error::PartlyStored`] if some are not stored in time.
    pub async fn put_batch(
        &self,
        deadline: Deadline,
        readings: &[Reading],
        may_exist: &[bool],
    ) -> Result<Vec<Stored>> {
        let candidates = readings
            .iter()
            .zip(may_exist)
            .filter(|(_, may_exist)| **may_exist)
            .map(|(reading, _)| key_of(reading));
        let existing = self.readings_by_key(deadline, candidates.collect()).await?;
        let mut stored = Vec::with_capacity(readings.len());
        for reading in readings {
            stored.push(match existing.get(&key_of(reading)) {
                None => Stored::New,
                Some(existing) if existing == reading => Stored::Before,
                Some(_) => return Err(Error::ReadingConflict(reading.id)),
            });
        }
        let new: Vec<&Reading> = readings
            .iter()
            .zip(&stored)
            .filter(|(_, stored)| **stored == Stored::New)
            .map(|(reading, _)| reading)
            .collect();
        let chunks = new
            .chunks(CHUNK)
            .map(|chunk| self.write_chunk(deadline.before(REPORT_RESERVE), chunk));
        let unwritten: Vec<Key> = futures_util::future::join_all(chunks)
            .await
            .into_iter()
            .flatten()
            .collect();
        if unwritten.is_empty() {
            Ok(stored)
        } else {
            Err(partly_stored(readings, &unwritten))
        }
    }

    /// Writes up to 25 readings, repeating what DynamoDB left over; returns what is not
    /// known to be written when the deadline comes.
    async fn write_chunk(&self, deadline: Deadline, chunk: &[&Reading]) -> Vec<Key> {
        let mut waiting: HashMap<Key, &Reading> = chunk
            .iter()
            .map(|reading| (key_of(reading), *reading))
            .collect();
        let mut backoff = Backoff::new();
        while let Ok(rest) = self.write_once(deadline, waiting.values().copied()).await {
            waiting.retain(|key, _| rest.contains(key));
            if waiting.is_empty() || backoff.pause(deadline).await.is_err() {
                break;
            }
        }
        waiting.into_keys().collect()
    }

    /// One BatchWriteItem; returns the keys that it left unprocessed.
    async fn write_once(
        &self,
        deadline: Deadline,
        readings: impl Iterator<Item = &Reading>,
    ) -> Result<Vec<Key>> {
        let writes = readings.map(|reading| {
            let put = PutRequest::builder()
                .set_item(Some(self.reading_item(reading)))
                .build();
            let put = put.map_err(|error| Error::Internal(error.to_string()))?;
            Ok(WriteRequest::builder().put_request(put).build())
        });
        let writes = writes.collect::<Result<Vec<_>>>()?;
        let request = self
            .client
            .batch_write_item()
            .request_items(&self.sensor_data_table, writes);
        let answer = call(deadline, request.send()).await?;
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
        let mut readings = HashMap::new();
        let mut backoff = Backoff::new();
        let mut keys: Vec<Item> = keys
            .into_iter()
            .map(|(id, time)| {
                Item::from([
                    ("id".into(), string(id)),
                    ("timestamp".into(), string(time.to_string())),
                ])
            })
            .collect();
        while !keys.is_empty() {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(true)
                .build();
            let wanted = wanted.map_err(|error| Error::Internal(error.to_string()))?;
            let request = self
                .client
                .batch_get_item()
                .request_items(&self.sensor_data_table, wanted);
            let answer = call(deadline, request.send()).await?;
            for item in answer
                .responses
                .into_iter()
                .flat_map(HashMap::into_values)
                .flatten()
            {
                let reading = to_reading(&item)?;
                readings.insert(key_of(&reading), reading);
            }
            keys = answer
                .unprocessed_keys
                .into_iter()
                .flat_map(HashMap::into_values)
                .flat_map(|rest| rest.keys)
                .collect();
            if !keys.is_empty() {
                backoff.pause(deadline).await?;
            }
        }
        Ok(readings)
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

fn partly_stored(readings: &[Reading], unwritten: &[Key]) -> Error {
    let is_written = |reading: &Reading| !unwritten.contains(&key_of(reading));
    Error::PartlyStored {
        written: readings
            .iter()
            .filter(|reading| is_written(reading))
            .map(|reading| reading.id)
            .collect(),
        failed: (0..readings.len())
            .filter(|n| !is_written(&readings[*n]))
            .collect(),
    }
}
