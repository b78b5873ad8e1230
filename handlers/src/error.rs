//! What can go wrong, without HTTP: the routes turn it into statuses.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::Status;

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// One thing that is wrong with a request, and how to put it right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The field, header or query parameter, such as `duration` or `[3].temperature`.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The request breaks a rule; every broken one is named.
    #[error("{}", summary(.0))]
    Invalid(Vec<Problem>),
    /// There is no such run.
    #[error("There is no run {0}")]
    UnknownRun(Uuid),
    /// All places for running runs are taken.
    #[error("{running} of {max} runs are running; wait until one has ended")]
    LimitReached {
        /// Runs that hold a place.
        running: usize,
        /// Places there are.
        max: usize,
    },
    /// The run has ended, or its lease is over.
    #[error("Run {id} is not running: it is {status}")]
    NotRunning {
        /// The run.
        id: Uuid,
        /// How it ended.
        status: Status,
    },
    /// Another reading with this id and timestamp is stored; nothing was changed.
    #[error("Another reading with id {0} and this timestamp exists; send a new id")]
    ReadingConflict(Uuid),
    /// Part of a batch is stored, the rest may not be.
    #[error("{} of the readings were not stored; send those again", failed.len())]
    PartlyStored {
        /// Ids of the readings that are stored.
        written: Vec<Uuid>,
        /// Positions in the batch of the readings to send again.
        failed: Vec<usize>,
    },
    /// The store did not answer in time. What was asked may still have happened.
    #[error("The service is not available at the moment; try again shortly")]
    Unavailable(String),
    /// A defect or a wrong deployment; the text is for the log, not for the client.
    #[error("Something went wrong on our side")]
    Internal(String),
}

impl Error {
    /// One problem with one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem {
            field: field.into(),
            message: message.into(),
        }])
    }

    /// The short, stable name that clients may rely on.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_request",
            Self::UnknownRun(_) => "run_not_found",
            Self::LimitReached { .. } => "run_limit_reached",
            Self::NotRunning { .. } => "run_not_running",
            Self::ReadingConflict(_) => "reading_conflict",
            Self::PartlyStored { .. } => "partly_stored",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal_error",
        }
    }
}

/// Both values, or every problem of both: a client is told everything at once.
pub(crate) fn both<A, B>(a: Result<A>, b: Result<B>) -> Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(Error::Invalid(mut a)), Err(Error::Invalid(b))) => {
            a.extend(b);
            Err(Error::Invalid(a))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

fn summary(problems: &[Problem]) -> String {
    match problems {
        [] => "The request is not valid".into(),
        [only] => format!("{}: {}", only.field, only.message),
        [first, rest @ ..] => format!(
            "{}: {} (and {} more)",
            first.field,
            first.message,
            rest.len()
        ),
    }
}
