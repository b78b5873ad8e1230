//! What the SDK's type-erased inputs, outputs and errors say of an operation.

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata as _,
    operation::{
        batch_get_item, batch_write_item, get_item, put_item, query, transact_write_items,
        update_item,
    },
    types::{ConsumedCapacity, ReturnConsumedCapacity},
};
use aws_smithy_runtime_api::client::interceptors::context::{Error, Input, Output};

/// Error codes of a call that DynamoDB had no capacity for.
const THROTTLES: [&str; 3] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
];

/// For every operation of the store: its types, the tables of an input, and the
/// capacities of an output.
macro_rules! operations {
    ($($module:ident: $input:ident, $output:ident, $error:ident,
       |$in:ident| $tables:expr, |$out:ident| $capacities:expr;)+) => {
        /// Asks for the consumed capacity, unless the caller has said what to return.
        pub(super) fn ask_for_capacity(input: &mut Input) {
            $(if let Some(input) = input.downcast_mut::<$module::$input>() {
                let total = ReturnConsumedCapacity::Total;
                input.return_consumed_capacity.get_or_insert(total);
                return;
            })+
        }

        /// The tables that an input names, each once.
        pub(super) fn tables(input: &Input) -> Vec<String> {
            let mut tables: Vec<String> = Vec::new();
            $(if let Some($in) = input.downcast_ref::<$module::$input>() {
                tables.extend($tables.into_iter().map(str::to_owned));
            })+
            tables.sort_unstable();
            tables.dedup();
            tables
        }

        /// The capacity that was consumed, by table.
        pub(super) fn capacities(output: &Output) -> &[ConsumedCapacity] {
            $(if let Some($out) = output.downcast_ref::<$module::$output>() {
                return $capacities;
            })+
            &[]
        }

        /// The code of an error that DynamoDB answered.
        pub(super) fn error_code(error: &Error) -> Option<&str> {
            $(if let Some(error) = error.downcast_ref::<$module::$error>() {
                return error.code();
            })+
            None
        }
    };
}

operations! {
    get_item: GetItemInput, GetItemOutput, GetItemError,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    put_item: PutItemInput, PutItemOutput, PutItemError,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    update_item: UpdateItemInput, UpdateItemOutput, UpdateItemError,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    query: QueryInput, QueryOutput, QueryError,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    batch_get_item: BatchGetItemInput, BatchGetItemOutput, BatchGetItemError,
        |input| input.request_items.iter().flatten().map(|(table, _)| table.as_str()),
        |output| output.consumed_capacity();
    batch_write_item: BatchWriteItemInput, BatchWriteItemOutput, BatchWriteItemError,
        |input| input.request_items.iter().flatten().map(|(table, _)| table.as_str()),
        |output| output.consumed_capacity();
    transact_write_items: TransactWriteItemsInput, TransactWriteItemsOutput, TransactWriteItemsError,
        |input| input.transact_items().iter().filter_map(transaction_table),
        |output| output.consumed_capacity();
}

fn transaction_table(item: &aws_sdk_dynamodb::types::TransactWriteItem) -> Option<&str> {
    let put = item
        .put
        .as_ref()
        .map(aws_sdk_dynamodb::types::Put::table_name);
    let update = || {
        item.update
            .as_ref()
            .map(aws_sdk_dynamodb::types::Update::table_name)
    };
    let delete = || {
        item.delete
            .as_ref()
            .map(aws_sdk_dynamodb::types::Delete::table_name)
    };
    let check = || {
        item.condition_check
            .as_ref()
            .map(aws_sdk_dynamodb::types::ConditionCheck::table_name)
    };
    put.or_else(update).or_else(delete).or_else(check)
}

/// Whether DynamoDB refused for want of capacity; in a transaction, of any of its items.
pub(super) fn is_throttle(error: &Error) -> bool {
    use transact_write_items::TransactWriteItemsError::TransactionCanceledException;
    if error_code(error).is_some_and(|code| THROTTLES.contains(&code)) {
        return true;
    }
    let Some(TransactionCanceledException(cancelled)) = error.downcast_ref() else {
        return false;
    };
    let mut reasons = cancelled.cancellation_reasons().iter();
    reasons.any(|reason| {
        let code = reason.code().unwrap_or_default();
        code == "ThrottlingError" || code == "ProvisionedThroughputExceeded"
    })
}
