//! The running board: one item that says which runs hold a place, and until when.
//!
//! A run starts and ends by one transaction each, on the run and the board together, so the
//! two always agree and the limit holds without locks. docs/store.md discusses the races.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::AttributeValue};
use uuid::Uuid;

use super::{
    Store,
    failure::TransactionOutcome,
    items::{BOARD, Item, idempotency_key, key_item, seconds, string},
    transitions::EndCondition,
};
use crate::{
    Deadline, Error, Result,
    domain::{Lease, NewRun, Run, Status, Timestamp, limits},
};

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
            .filter(move |(_, end)| has_lapsed(**end, now))
            .map(|(id, _)| *id)
    }
}

/// How a start went.
#[derive(Clone, Debug, PartialEq)]
pub enum StartOutcome {
    /// The run holds a place now, as one of so many.
    New(Run, usize),
    /// The same start came before; this is its run.
    Repeated(Run),
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
        let call = self.on_runs("GetItem");
        let Some(item) = call.make(deadline, request.send()).await?.item else {
            return Ok(Board::default());
        };
        let leases = item.get("leases").and_then(|leases| leases.as_m().ok());
        let leases = leases
            .into_iter()
            .flatten()
            .map(|(id, end)| lease(id, end))
            .collect::<Option<_>>();
        let leases =
            leases.ok_or_else(|| Error::defect("the board's leases are of another form"))?;
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
    pub async fn start(&self, deadline: Deadline, new: &NewRun) -> Result<StartOutcome> {
        loop {
            if let Some(key) = new.key
                && let Some(run) = self.run_of_key(deadline, key).await?
            {
                return self.repeated_start(new, run);
            }
            let running = self.board_without_lapsed(deadline).await?.leases.len();
            if running >= self.max_running {
                return Err(Error::LimitReached {
                    running,
                    max: self.max_running,
                });
            }
            let run = self.new_run(new);
            match self.put_on_board(deadline, &run, new.key).await? {
                TransactionOutcome::Committed => return Ok(StartOutcome::New(run, running + 1)),
                // Others took the place or used the key: look again.
                TransactionOutcome::Cancelled(_) => {}
            }
        }
    }

    /// The run that an idempotency key has started, while the key lasts.
    async fn run_of_key(&self, deadline: Deadline, key: Uuid) -> Result<Option<Run>> {
        let request = self
            .client
            .get_item()
            .table_name(&self.runs_table)
            .set_key(Some(idempotency_key(key)))
            .consistent_read(true);
        let call = self.on_runs("GetItem");
        let Some(item) = call.make(deadline, request.send()).await?.item else {
            return Ok(None);
        };
        let (run, expires_at) = key_item(&item)?;
        if expires_at <= seconds(self.clock.now()) {
            return Ok(None);
        }
        let gone = || Error::defect(format!("run {run} of an idempotency key is not there"));
        let run = self.run(deadline, run).await?;
        run.map(Some).ok_or_else(gone)
    }

    fn repeated_start(&self, new: &NewRun, run: Run) -> Result<StartOutcome> {
        if new.describes(&run) {
            Ok(StartOutcome::Repeated(run.as_of(self.clock.now())))
        } else {
            Err(Error::invalid(
                "Idempotency-Key",
                "was used for another start; send a new key",
            ))
        }
    }

    fn new_run(&self, new: &NewRun) -> Run {
        let started_at = self.clock.now();
        let (duration, interval) = (new.request.duration, new.request.interval);
        let lease = Lease::at_start(started_at, duration, interval, self.lease_grace);
        Run {
            id: Uuid::new_v4(),
            username: new.username.clone(),
            status: Status::Running,
            started_at,
            finished_at: None,
            duration,
            interval,
            params: new.request.params.clone(),
            error_message: None,
            stats: None,
            lease_ends_at: lease.ends_at,
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
        let call = self.on_runs("PutItem");
        match call.answer(deadline, request.send()).await? {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            answer => answer.map(drop).map_err(|error| call.error(error)),
        }
    }

    /// Ends the runs of the board's lapsed leases, after which `board` is as it is then; returns
    /// those that were ended by this call.
    pub(crate) async fn end_lapsed(
        &self,
        deadline: Deadline,
        board: &mut Board,
    ) -> Result<Vec<Run>> {
        let lapsed: Vec<Uuid> = board.lapsed(self.clock.now()).collect();
        if lapsed.is_empty() {
            return Ok(Vec::new());
        }
        // A reading may have renewed the lease since the board was read.
        let lapsed_run =
            |run: Run| has_lapsed(run.lease_ends_at, self.clock.now()).then(|| run.lapsed());
        let ended = self
            .end_all(deadline, lapsed, EndCondition::SameLease, lapsed_run)
            .await?;
        *board = self.board(deadline).await?;
        Ok(ended)
    }

    /// Cuts the leases of runs that have been silent for long; returns how many.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the store does not answer in time; the next tick goes on.
    pub(crate) async fn cut_silent(&self, deadline: Deadline, board: &Board) -> Result<usize> {
        let now = self.clock.now();
        // Whatever its interval, no run is cut whose lease is over before this.
        let soonest = now + limits::SILENCE / 2;
        let long = board.leases.iter().filter(|(_, end)| **end > soonest);
        let long: Vec<Uuid> = long.map(|(id, _)| *id).collect();
        let mut cut = 0;
        for run in self.runs_by_id(deadline, &long).await?.into_values() {
            let lease = run.lease(self.lease_grace);
            // Most runs are too young or near their end: only of the others a reading is asked for.
            if lease.cut(run.started_at, now).is_none() {
                continue;
            }
            let newest = self.newest_reading(deadline, run.id).await?;
            let newest =
                newest.map_or(run.started_at, |newest| newest.min(now).max(run.started_at));
            let Some(end) = lease.cut(newest, now) else {
                continue;
            };
            if self
                .move_lease(deadline, run.id, lease.ends_at, end)
                .await?
            {
                tracing::info!(run_id = %run.id, since = %newest, until = %end, "the run is silent: its lease was cut");
                cut += 1;
            }
        }
        Ok(cut)
    }

    /// Interrupts the runs that the board holds now; returns those that this call ended.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the store does not answer in time; some may be ended then.
    pub async fn interrupt_all(&self, deadline: Deadline) -> Result<Vec<Run>> {
        let now = self.clock.now();
        let leases: Vec<Uuid> = self.board(deadline).await?.leases.into_keys().collect();
        let interrupted = |run: Run| match run.as_of(now) {
            run if run.status == Status::Running => Some(run.ended(
                Status::Interrupted,
                now,
                Some("Interrupted by a user".into()),
            )),
            lapsed => Some(lapsed),
        };
        self.end_all(deadline, leases, EndCondition::Running, interrupted)
            .await
    }

    /// Ends the runs of leases that were on the board, as `end` says and if it says so; returns
    /// those that this call ended.
    ///
    /// One after the other: they all change the board, so at once they would only conflict.
    /// After losing one to another caller, who is likely to be ending the same runs, this looks
    /// which are left instead of competing for each.
    async fn end_all(
        &self,
        deadline: Deadline,
        mut ids: Vec<Uuid>,
        condition: EndCondition,
        end: impl Fn(Run) -> Option<Run>,
    ) -> Result<Vec<Run>> {
        let mut ended = Vec::new();
        while !ids.is_empty() {
            let mut runs = self.runs_by_id(deadline, &ids).await?;
            runs.retain(|_, run| run.status == Status::Running);
            let without_run: Vec<Uuid> = ids
                .iter()
                .copied()
                .filter(|id| !runs.contains_key(id))
                .collect();
            let mut lost = false;
            for run in runs.into_values().filter_map(&end) {
                lost = !self.end(deadline, &run, condition).await?;
                if lost {
                    break;
                }
                ended.push(run);
            }
            if !lost && without_run.is_empty() {
                break;
            }
            let board = self.board(deadline).await?;
            ids.retain(|id| board.leases.contains_key(id));
            // Runs leave the board as they end, so these were left by something else.
            for id in without_run.iter().filter(|id| ids.contains(id)) {
                self.remove_orphan(deadline, *id).await?;
            }
            ids.retain(|id| !without_run.contains(id));
        }
        Ok(ended)
    }
}

/// True if a lease with this end may be ended at `now`.
fn has_lapsed(end: Timestamp, now: Timestamp) -> bool {
    now > end + CLOCK_ALLOWANCE
}

fn lease(id: &str, end: &AttributeValue) -> Option<(Uuid, Timestamp)> {
    let millis = end.as_n().ok()?.parse().ok()?;
    Some((id.parse().ok()?, Timestamp::from_millis(millis)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_holds_its_place_for_five_seconds_after_its_end() {
        let end = Timestamp::from_millis(1_800_000_000_000);
        let board = Board {
            leases: [(Uuid::nil(), end), (Uuid::max(), end + CLOCK_ALLOWANCE)].into(),
            exists: true,
        };
        let last = end + CLOCK_ALLOWANCE;
        assert_eq!((board.taken(last), board.lapsed(last).count()), (2, 0));
        let after = last + Duration::from_millis(1);
        assert_eq!(board.taken(after), 1);
        assert_eq!(board.lapsed(after).collect::<Vec<_>>(), [Uuid::nil()]);
    }
}
