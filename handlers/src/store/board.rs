//! The running board: one item that says which runs hold a place, and until when.
//!
//! A run starts and ends by one transaction each, on the run and the board together, so the
//! two always agree and the limit holds without locks. docs/store.md discusses the races.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::AttributeValue};
use uuid::Uuid;

use super::{
    Store,
    failure::{self, Committed, call},
    items::{Item, string},
};
use crate::{
    Deadline, Error, Result,
    domain::{NewRun, Run, Status, Timestamp},
};

/// Key of the board in the table of runs; no run has it, since a run's id is a UUID.
pub(super) const BOARD: &str = "board";

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
        let mut may_exist = new.repeatable;
        loop {
            if may_exist && let Some(run) = self.run(deadline, new.id).await? {
                return self.started_before(new, run);
            }
            let board = self.board_without_lapsed(deadline).await?;
            if board.leases.contains_key(&new.id) {
                // The same start succeeded just now; without a run the lease is an orphan.
                self.remove_orphan(deadline, new.id).await?;
                may_exist = true;
                continue;
            }
            let running = board.leases.len();
            if running >= self.max_running {
                return Err(Error::LimitReached {
                    running,
                    max: self.max_running,
                });
            }
            let run = self.new_run(new);
            match self.put_on_board(deadline, &run).await? {
                Committed::Yes => return Ok(Started::New(run, running + 1)),
                Committed::ConditionsFailed([true, _]) => may_exist = true,
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
        board.leases.retain(|id, _| !lapsed.contains(id));
        let ended = self.end_all(deadline, lapsed, Run::lapsed).await?;
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
        self.end_all(deadline, leases, interrupted).await
    }

    /// Ends the runs of leases that were on the board; returns those that this call ended.
    ///
    /// One after the other: they all change the board, so at once they would only conflict.
    /// After losing one to another caller, who is likely to be ending the same runs, this looks
    /// which are left instead of competing for each.
    async fn end_all(
        &self,
        deadline: Deadline,
        mut ids: Vec<Uuid>,
        end: impl Fn(Run) -> Run,
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
            for run in runs.into_values().map(&end) {
                lost = !self.end(deadline, &run).await?;
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

fn lease(id: &str, end: &AttributeValue) -> Option<(Uuid, Timestamp)> {
    let millis = end.as_n().ok()?.parse().ok()?;
    Some((id.parse().ok()?, Timestamp::from_millis(millis)))
}
