//! What a call's failure means: try later, or a defect.

use std::error::Error as StdError;

use aws_sdk_dynamodb::{
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::CancellationReason,
};

use super::{
    attempts::{self, Attempt},
    contention::is_contention,
};
use crate::{Deadline, DeadlineExceeded, Error, Failure, Result};

type Answer<T, E> = std::result::Result<T, SdkError<E>>;

/// Which call it is, for the record of its failure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) operation: &'static str,
    pub(super) table: &'a str,
    /// Whether it is for what DynamoDB left undone the time before.
    is_repeat: bool,
}

impl<'a> Call<'a> {
    pub(super) const fn new(operation: &'static str, table: &'a str) -> Self {
        Self {
            operation,
            table,
            is_repeat: false,
        }
    }

    /// The same for what DynamoDB has left undone.
    pub(super) const fn repeated(self) -> Self {
        Self {
            is_repeat: true,
            ..self
        }
    }

    /// Makes the call within the deadline and turns its failure into an [`Error`].
    pub(super) fn make<T, E>(
        self,
        deadline: Deadline,
        request: impl Future<Output = Answer<T, E>> + Send,
    ) -> impl Future<Output = Result<T>> + Send
    where
        T: Send,
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let answer = self.answer(deadline, request);
        async move { answer.await?.map_err(|error| self.error(error)) }
    }

    /// Makes the call within the deadline and leaves its failure to the caller.
    pub(super) fn answer<T, E>(
        self,
        deadline: Deadline,
        request: impl Future<Output = Answer<T, E>> + Send,
    ) -> impl Future<Output = Result<Answer<T, E>>> + Send
    where
        T: Send,
        E: Send,
    {
        // The SDK's futures are large and deep. Held by value, each is there once more in the
        // future of every caller, and a debug build's stack does not take that.
        let request = Box::pin(request);
        async move {
            let (answer, last) = attempts::with_last_failure(deadline.limit(request)).await;
            answer.map_err(|error| Error::Unavailable(self.deadline_exceeded(error, last)))
        }
    }

    /// The time was over before an answer came, or before it was asked for: named by what the
    /// attempts so far failed with.
    pub(super) fn deadline_exceeded(
        self,
        error: DeadlineExceeded,
        last: Option<Attempt>,
    ) -> Failure {
        match last {
            Some(Attempt { name, message }) => self.failure(name, format!("{message}; {error}")),
            None if self.is_repeat => {
                let message = format!("DynamoDB left a part of it undone; {error}");
                self.failure("Unprocessed", message)
            }
            None => self.failure("Timeout", error.to_string()),
        }
    }

    /// What an SDK error means: everything that passes by itself is [`Error::Unavailable`], the
    /// rest is a defect or a wrong deployment.
    pub(super) fn error<E>(self, error: SdkError<E>) -> Error
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let (transient, kind) = match &error {
            SdkError::TimeoutError(_) => (true, "Timeout"),
            SdkError::DispatchFailure(_) => (true, "NoConnection"),
            SdkError::ResponseError(_) => (true, "BadResponse"),
            SdkError::ServiceError(service) => {
                let transient = service.raw().status().is_server_error()
                    || service.err().code().is_some_and(is_transient);
                (transient, "UnknownError")
            }
            _ => (false, "BadRequest"),
        };
        let name = error.code().unwrap_or(kind).to_owned();
        let message = match (&error, error.message()) {
            (SdkError::ServiceError(_), Some(message)) => message.to_owned(),
            _ => DisplayErrorContext(error).to_string(),
        };
        let failure = self.failure(name, message);
        if transient {
            Error::Unavailable(failure)
        } else {
            Error::Internal(failure)
        }
    }

    fn failure(self, name: impl Into<String>, message: String) -> Failure {
        Failure::Call {
            operation: self.operation,
            table: self.table.to_owned(),
            name: name.into(),
            message,
        }
    }

    /// Sorts the outcome of a transaction into committed, conditions failed and error.
    pub(super) fn transaction<T>(
        self,
        answer: Answer<T, TransactWriteItemsError>,
    ) -> Result<TransactionOutcome> {
        let Err(failure) = answer else {
            return Ok(TransactionOutcome::Committed);
        };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
            failure.as_service_error()
        {
            let reasons = cancelled.cancellation_reasons();
            if reasons.iter().any(condition_failed) {
                return Ok(TransactionOutcome::Cancelled(reasons.to_vec()));
            }
            if !is_contention(reasons) {
                let message = DisplayErrorContext(failure).to_string();
                let name = "TransactionCanceledException";
                return Err(Error::Internal(self.failure(name, message)));
            }
        }
        Err(self.error(failure))
    }
}

/// Codes of answers that another attempt may turn into success, beside those with a 5xx status.
fn is_transient(code: &str) -> bool {
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

/// How a transaction went.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TransactionOutcome {
    /// All items are written.
    Committed,
    /// Nothing is written: for each item in turn, whether it met its condition.
    Cancelled(Vec<CancellationReason>),
}

/// True if this is what kept a transaction's item from being written.
pub(super) fn condition_failed(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use aws_sdk_dynamodb::{
        config::http::HttpResponse,
        error::{ConnectorError, ErrorMetadata},
        operation::batch_write_item::{BatchWriteItemError, BatchWriteItemOutput},
        types::error::TransactionCanceledException,
    };

    use super::*;

    fn response(status: u16) -> HttpResponse {
        HttpResponse::new(status.try_into().unwrap(), "".into())
    }

    /// An answer of DynamoDB that is an error.
    fn refusal(status: u16, code: &str) -> SdkError<BatchWriteItemError> {
        let error = ErrorMetadata::builder().code(code).message("told").build();
        SdkError::service_error(BatchWriteItemError::generic(error), response(status))
    }

    #[test]
    fn what_passes_by_itself_is_unavailable_and_the_rest_is_a_defect() {
        let cut = || ConnectorError::io("cut".into());
        for (error, transient, expected) in [
            (SdkError::timeout_error("late"), true, "Timeout"),
            (SdkError::dispatch_failure(cut()), true, "NoConnection"),
            (
                SdkError::response_error("cut", response(200)),
                true,
                "BadResponse",
            ),
            (SdkError::construction_failure("odd"), false, "BadRequest"),
            (
                refusal(500, "InternalServerError"),
                true,
                "InternalServerError",
            ),
            (refusal(503, "Odd"), true, "Odd"),
            (
                refusal(400, "ThrottlingException"),
                true,
                "ThrottlingException",
            ),
            (
                refusal(400, "AccessDeniedException"),
                false,
                "AccessDeniedException",
            ),
        ] {
            let is_answer = matches!(error, SdkError::ServiceError(_));
            let (unavailable, failure) =
                match Call::new("BatchWriteItem", "SensorData").error(error) {
                    Error::Unavailable(failure) => (true, failure),
                    Error::Internal(failure) => (false, failure),
                    other => panic!("{other:?}"),
                };
            let Failure::Call { name, message, .. } = failure else {
                panic!("{failure:?}");
            };
            assert_eq!((unavailable, name.as_str()), (transient, expected));
            assert_eq!(message == "told", is_answer, "{name}: {message}");
        }
    }

    #[test]
    fn a_cancelled_transaction_is_what_its_reasons_say() {
        let outcome = |codes: &[&str]| {
            let reasons = codes.iter();
            let reasons = reasons.map(|code| CancellationReason::builder().code(*code).build());
            let code = ErrorMetadata::builder().code("TransactionCanceledException");
            let cancelled = TransactionCanceledException::builder()
                .set_cancellation_reasons(Some(reasons.collect()))
                .meta(code.build())
                .build();
            let error = TransactWriteItemsError::TransactionCanceledException(cancelled);
            let answer: Answer<(), _> = Err(SdkError::service_error(error, response(400)));
            Call::new("TransactWriteItems", "Runs").transaction(answer)
        };
        assert!(matches!(
            outcome(&["None", "ConditionalCheckFailed"]),
            Ok(TransactionOutcome::Cancelled(reasons)) if condition_failed(&reasons[1])
        ));
        assert!(matches!(
            outcome(&["None", "ValidationError"]),
            Err(Error::Internal(_))
        ));
        assert!(matches!(
            outcome(&["TransactionConflict", "None"]),
            Err(Error::Unavailable(_))
        ));
    }

    /// What a call is named by that has no answer when the time is up.
    async fn name(call: Call<'_>) -> String {
        let silence = pending::<Answer<BatchWriteItemOutput, BatchWriteItemError>>();
        let answer = call.make(Deadline::after(Duration::ZERO), silence).await;
        match answer {
            Err(Error::Unavailable(Failure::Call { name, .. })) => name,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_repeat_without_an_answer_is_named_by_what_was_left_undone() {
        let call = Call::new("BatchWriteItem", "SensorData");
        assert_eq!(name(call).await, "Timeout");
        assert_eq!(name(call.repeated()).await, "Unprocessed");
    }
}
