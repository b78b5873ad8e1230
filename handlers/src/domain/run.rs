//! Runs: one simulation each, from its start to its end.

use std::{fmt, time::Duration};

use catalogue::RunOutcome;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Lease, StartRequest, Timestamp};

/// Where a run is in its life; all but the first are ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Started and not ended.
    Running,
    /// Finished well.
    Completed,
    /// Finished with an error.
    Failed,
    /// Interrupted by a person, or past its lease.
    Interrupted,
}

impl Status {
    /// The name in the API and in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Interrupted => "INTERRUPTED",
        }
    }

    /// The status with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Running,
            Self::Completed,
            Self::Failed,
            Self::Interrupted,
        ]
        .into_iter()
        .find(|status| status.as_str() == name)
    }

    /// The outcome that telemetry records, none while running.
    pub const fn outcome(self) -> Option<RunOutcome> {
        match self {
            Self::Running => None,
            Self::Completed => Some(RunOutcome::Completed),
            Self::Failed => Some(RunOutcome::Failed),
            Self::Interrupted => Some(RunOutcome::Interrupted),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the temperatures of an ended run come to.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Readings with a temperature.
    pub count: u64,
    /// Mean in degrees Celsius; null without readings.
    pub average: Option<f64>,
    /// Lowest in degrees Celsius; null without readings.
    pub minimum: Option<f64>,
    /// Highest in degrees Celsius; null without readings.
    pub maximum: Option<f64>,
    /// False when time ran out before every reading was counted.
    pub complete: bool,
    /// When the readings were counted; later ones are not in it.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Id.
    pub id: Uuid,
    /// Who started it.
    pub username: String,
    /// Where it is in its life.
    pub status: Status,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Planned duration in seconds.
    pub duration: u32,
    /// Planned time between two readings of a sensor, in seconds.
    pub interval: u32,
    /// What the client sent along, with `sensorIds`, `duration` and `interval`.
    pub params: Map<String, Value>,
    /// Why it failed or was interrupted.
    pub error_message: Option<String>,
    /// Statistics, some time after the end.
    pub stats: Option<Stats>,
    /// When it counts as abandoned.
    pub lease_ends_at: Timestamp,
}

/// What is written to the message of a run whose client never finished it.
pub(crate) const LAPSED: &str = "The run was neither fed nor finished in time: its lease is over";

impl Run {
    /// Its lease, where runs have this grace.
    pub fn lease(&self, grace: Duration) -> Lease {
        Lease {
            ends_at: self.lease_ends_at,
            ..Lease::at_start(self.started_at, self.duration, self.interval, grace)
        }
    }

    /// The run as it is to be seen at `now`: past its lease it is interrupted, even
    /// while nobody has written that yet.
    #[must_use]
    pub fn as_of(self, now: Timestamp) -> Self {
        if self.status == Status::Running && now >= self.lease_ends_at {
            self.lapsed()
        } else {
            self
        }
    }

    /// The run, ended by the end of its lease.
    #[must_use]
    pub fn lapsed(self) -> Self {
        let end = self.lease_ends_at;
        self.ended(Status::Interrupted, end, Some(LAPSED.to_owned()))
    }

    /// The run, ended.
    #[must_use]
    pub fn ended(self, status: Status, at: Timestamp, error_message: Option<String>) -> Self {
        Self {
            status,
            finished_at: Some(at.max(self.started_at)),
            error_message,
            ..self
        }
    }
}

/// A run that is to be started.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRun {
    /// The client's idempotency key (see [`super::idempotency_key`]), if it sent one: the run may
    /// exist already.
    pub key: Option<Uuid>,
    /// Who starts it.
    pub username: String,
    /// What was asked for.
    pub request: StartRequest,
}

impl NewRun {
    /// True if `run` is what this start asks for; its `params` hold all that it asked for.
    pub fn describes(&self, run: &Run) -> bool {
        self.username == run.username && self.request.params == run.params
    }
}

/// A run of bob's that started a minute before its lease ends.
#[cfg(test)]
pub(crate) fn fixture(id: Uuid, status: Status, lease_ends_at: Timestamp) -> Run {
    Run {
        id,
        username: "bob".into(),
        status,
        started_at: lease_ends_at - Duration::from_secs(60),
        finished_at: None,
        duration: 1,
        interval: 1,
        params: Map::new(),
        error_message: None,
        stats: None,
        lease_ends_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_interrupted_from_the_end_of_its_lease_on_unless_it_has_ended() {
        let end = Timestamp::from_millis(1_800_000_000_000);
        let before = end - Duration::from_millis(1);
        let run = |status| fixture(Uuid::nil(), status, end);
        let seen = |status, now| run(status).as_of(now).status;
        assert_eq!(seen(Status::Running, before), Status::Running);
        assert_eq!(seen(Status::Running, end), Status::Interrupted);
        assert_eq!(seen(Status::Completed, end), Status::Completed);
        assert_eq!(run(Status::Running).as_of(end).finished_at, Some(end));
    }
}
