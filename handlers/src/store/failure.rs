//! What a call's failure means: try later, or a defect.

use std::error::Error as StdError;

use aws_sdk_dynamodb::{
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::CancellationReason,
};

use crate::{Deadline, Error, Result, client::is_contention};

type Answer<T, E> = std::result::Result<T, SdkError<E>>;

/// Makes a call within the deadline and turns its failure into an [`Error`].
pub(super) async fn call<T, E>(
    deadline: Deadline,
    request: impl Future<Output = Answer<T, E>>,
) -> Result<T>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    deadline.limit(request).await?.map_err(error)
}

/// What an SDK error means: everything that passes by itself is [`Error::Unavailable`], the
/// rest is a defect or a wrong deployment.
pub(super) fn error<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let passing = match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        SdkError::ServiceError(service) => {
            service.raw().status().is_server_error() || service.err().code().is_some_and(passes)
        }
        _ => false,
    };
    let text = cause(error);
    if passing {
        Error::Unavailable(text)
    } else {
        Error::Internal(text)
    }
}

/// What went wrong, for the log: what DynamoDB said, or else everything that is known.
fn cause<E>(error: SdkError<E>) -> String
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match (&error, error.code(), error.message()) {
        (SdkError::ServiceError(_), Some(code), Some(message)) => format!("{code}: {message}"),
        _ => DisplayErrorContext(error).to_string(),
    }
}

/// Codes of answers that another attempt may turn into success, beside those with a 5xx status.
fn passes(code: &str) -> bool {
    matches!(
        code,
        "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "Throttling"
            | "RequestLimitExceeded"
            | "LimitExceededException"
            | "InternalServerError"
            | "ServiceUnavailable"
            | "TransactionConflictException"
            | "TransactionInProgressException"
            | "TransactionCanceledException"
    )
}

/// How a transaction of two items went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Committed {
    /// Both items are written.
    Yes,
    /// Nothing is written: these items did not meet their conditions.
    ConditionsFailed([bool; 2]),
}

/// Sorts the outcome of a transaction of two items into committed, conditions failed and error.
pub(super) fn transaction<T>(answer: Answer<T, TransactWriteItemsError>) -> Result<Committed> {
    let Err(failure) = answer else {
        return Ok(Committed::Yes);
    };
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        failure.as_service_error()
    {
        let failed = failed_conditions(cancelled.cancellation_reasons());
        if failed != [false, false] {
            return Ok(Committed::ConditionsFailed(failed));
        }
        if !is_contention(cancelled.cancellation_reasons()) {
            return Err(Error::Internal(DisplayErrorContext(failure).to_string()));
        }
    }
    Err(error(failure))
}

fn failed_conditions(reasons: &[CancellationReason]) -> [bool; 2] {
    let failed = |n: usize| {
        reasons.get(n).and_then(CancellationReason::code) == Some("ConditionalCheckFailed")
    };
    [failed(0), failed(1)]
}
