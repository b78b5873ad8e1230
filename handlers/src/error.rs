//! What can go wrong, without HTTP: the routes turn it into statuses.

use uuid::Uuid;

use crate::{
    deadline::DeadlineExceeded,
    domain::{Problem, Problems, Status},
};

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

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
    #[error("{} of the readings were not stored; {}", failed.len(), advice(.cause))]
    PartlyStored {
        /// Ids of the readings that are stored.
        written: Vec<Uuid>,
        /// Positions in the batch of the other readings.
        failed: Vec<usize>,
        /// What kept those from being stored.
        #[source]
        cause: Box<Error>,
    },
    /// The request has no token, where one is needed.
    #[error("This API takes calls with a token only: send Authorization: Bearer and the token")]
    Unauthenticated,
    /// The token does not allow this; the text says what is missing.
    #[error("{0}")]
    Forbidden(String),
    /// The store did not answer in time. What was asked may still have happened.
    #[error("The service is not available at the moment; try again shortly")]
    Unavailable(#[source] Failure),
    /// A defect or a wrong deployment, which another attempt will not change.
    #[error("Something went wrong on our side")]
    Internal(#[source] Failure),
}

/// What failed behind an answer: for the log, not for the client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A call to the store.
    #[error("{operation} on {table} failed: {name}: {message}")]
    Call {
        /// DynamoDB's name of the operation.
        operation: &'static str,
        /// The table.
        table: String,
        /// The error's name, as AWS has it.
        name: String,
        /// What DynamoDB said, or all that is known.
        message: String,
    },
    /// The request's time was over.
    #[error("no answer within the request's time budget")]
    DeadlineExceeded,
    /// Something that these handlers would not have done or written.
    #[error("{0}")]
    Defect(String),
}

impl From<DeadlineExceeded> for Error {
    fn from(_: DeadlineExceeded) -> Self {
        Self::Unavailable(Failure::DeadlineExceeded)
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems.0)
    }
}

fn advice(cause: &Error) -> &'static str {
    match cause {
        Error::Unavailable(_) => "send those again",
        _ => "that is a fault on our side, which sending them again will not change",
    }
}

impl Error {
    /// One problem with one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Problems::with(field, message).into()
    }

    /// A defect, told in words.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it is given to `map_err` as it stands"
    )]
    pub(crate) fn defect(what: impl ToString) -> Self {
        Self::Internal(Failure::Defect(what.to_string()))
    }

    /// Writes one record of what the client need not know: which call failed, and how. `what`
    /// says what that means. The run is the event's, unless `run` names it.
    pub(crate) fn log(&self, what: &str, run: Option<Uuid>) {
        let (transient, failure) = match self {
            Self::Unavailable(failure) => (true, failure),
            Self::Internal(failure) => (false, failure),
            Self::PartlyStored { cause, .. } => return cause.log(what, run),
            // The client's own fault, and told to it.
            _ => return,
        };
        let (operation, table, name) = match failure {
            Failure::Call {
                operation,
                table,
                name,
                ..
            } => (Some(*operation), Some(table.as_str()), Some(name.as_str())),
            Failure::DeadlineExceeded | Failure::Defect(_) => (None, None, None),
        };
        let run = run.map(tracing::field::display);
        if transient {
            tracing::warn!(run_id = run, operation, table, error_name = name, cause = %failure, "{what}");
        } else {
            tracing::error!(run_id = run, operation, table, error_name = name, cause = %failure, "{what}");
        }
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
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden(_) => "forbidden",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal_error",
        }
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
