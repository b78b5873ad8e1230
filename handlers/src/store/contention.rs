//! Transactions that lost against another one, and may succeed a moment later.

use aws_sdk_dynamodb::{
    config::{
        interceptors::InterceptorContext,
        retry::{ClassifyRetry, RetryAction},
    },
    operation::{
        put_item::PutItemError, transact_write_items::TransactWriteItemsError,
        update_item::UpdateItemError,
    },
    types::CancellationReason,
};

/// Retries what lost against another transaction: the SDK takes a cancelled transaction for final.
#[derive(Debug)]
pub(crate) struct Contention;

impl ClassifyRetry for Contention {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(error) = context
            .output_or_error()
            .and_then(Result::err)
            .and_then(|error| error.as_operation_error())
        else {
            return RetryAction::NoActionIndicated;
        };
        let lost = if let Some(error) = error.downcast_ref::<TransactWriteItemsError>() {
            matches!(error, TransactWriteItemsError::TransactionCanceledException(cancelled) if is_contention(cancelled.cancellation_reasons()))
        } else {
            error
                .downcast_ref()
                .is_some_and(PutItemError::is_transaction_conflict_exception)
                || error
                    .downcast_ref()
                    .is_some_and(UpdateItemError::is_transaction_conflict_exception)
        };
        if lost {
            RetryAction::throttling_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "DynamoDB contention"
    }
}

/// True if a transaction was cancelled for nothing but conflicts and throttles, so that the
/// same transaction may succeed a moment later.
pub(super) fn is_contention(reasons: &[CancellationReason]) -> bool {
    let mut codes = reasons
        .iter()
        .filter_map(CancellationReason::code)
        .filter(|code| *code != "None")
        .peekable();
    codes.peek().is_some()
        && codes.all(|code| {
            matches!(
                code,
                "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"
            )
        })
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::error::{
        ConditionalCheckFailedException, TransactionCanceledException, TransactionConflictException,
    };
    use aws_smithy_runtime_api::client::{
        interceptors::context::{Error, Input},
        orchestrator::OrchestratorError,
    };

    use super::*;

    fn reasons(codes: &[&str]) -> Vec<CancellationReason> {
        codes
            .iter()
            .map(|code| CancellationReason::builder().code(*code).build())
            .collect()
    }

    fn is_repeated<E: std::error::Error + Send + Sync + 'static>(error: E) -> bool {
        let mut context = InterceptorContext::new(Input::erase(()));
        context.set_output_or_error(Err(OrchestratorError::operation(Error::erase(error))));
        Contention.classify_retry(&context) == RetryAction::throttling_error()
    }

    #[test]
    fn what_loses_against_a_transaction_is_repeated_whatever_it_is() {
        let conflict = || TransactionConflictException::builder().build();
        assert!(is_repeated(PutItemError::TransactionConflictException(
            conflict()
        )));
        assert!(is_repeated(UpdateItemError::TransactionConflictException(
            conflict()
        )));
        let cancelled = |code| {
            let cancelled = TransactionCanceledException::builder();
            let cancelled = cancelled.set_cancellation_reasons(Some(reasons(&[code])));
            TransactWriteItemsError::TransactionCanceledException(cancelled.build())
        };
        assert!(is_repeated(cancelled("TransactionConflict")));
        assert!(!is_repeated(cancelled("ConditionalCheckFailed")));
        let failed = ConditionalCheckFailedException::builder().build();
        assert!(!is_repeated(PutItemError::ConditionalCheckFailedException(
            failed
        )));
    }

    #[test]
    fn only_contention_is_repeated() {
        assert!(is_contention(&reasons(&["None", "TransactionConflict"])));
        assert!(is_contention(&reasons(&[
            "ThrottlingError",
            "TransactionConflict"
        ])));
        assert!(!is_contention(&reasons(&[
            "ConditionalCheckFailed",
            "TransactionConflict"
        ])));
        assert!(!is_contention(&reasons(&["ValidationError", "None"])));
        assert!(!is_contention(&reasons(&["None", "None"])));
        assert!(!is_contention(&[]));
    }
}
