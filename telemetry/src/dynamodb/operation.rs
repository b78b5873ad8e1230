//! What the SDK's type-erased inputs and outputs say of an operation.

use aws_sdk_dynamodb::{
    operation::{
        batch_execute_statement, batch_get_item, batch_write_item, delete_item, execute_statement,
        execute_transaction, get_item, put_item, query, scan, transact_get_items,
        transact_write_items, update_item,
    },
    types::{ConsumedCapacity, ReturnConsumedCapacity},
};
use aws_smithy_runtime_api::client::interceptors::context::{Input, Output};

/// For every operation that consumes capacity: its types, the tables of an input, and the
/// capacities of an output.
macro_rules! operations {
    ($($module:ident: $input:ident, $output:ident,
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
    };
}

operations! {
    get_item: GetItemInput, GetItemOutput,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    put_item: PutItemInput, PutItemOutput,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    update_item: UpdateItemInput, UpdateItemOutput,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    delete_item: DeleteItemInput, DeleteItemOutput,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    query: QueryInput, QueryOutput,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    scan: ScanInput, ScanOutput,
        |input| input.table_name(), |output| output.consumed_capacity.as_slice();
    batch_get_item: BatchGetItemInput, BatchGetItemOutput,
        |input| input.request_items.iter().flatten().map(|(table, _)| table.as_str()),
        |output| output.consumed_capacity();
    batch_write_item: BatchWriteItemInput, BatchWriteItemOutput,
        |input| input.request_items.iter().flatten().map(|(table, _)| table.as_str()),
        |output| output.consumed_capacity();
    transact_get_items: TransactGetItemsInput, TransactGetItemsOutput,
        |input| input.transact_items().iter().filter_map(|item| Some(item.get.as_ref()?.table_name())),
        |output| output.consumed_capacity();
    transact_write_items: TransactWriteItemsInput, TransactWriteItemsOutput,
        |input| input.transact_items().iter().filter_map(transaction_table),
        |output| output.consumed_capacity();
    // PartiQL names its tables in the statement.
    execute_statement: ExecuteStatementInput, ExecuteStatementOutput,
        |_input| None::<&str>, |output| output.consumed_capacity.as_slice();
    batch_execute_statement: BatchExecuteStatementInput, BatchExecuteStatementOutput,
        |_input| None::<&str>, |output| output.consumed_capacity();
    execute_transaction: ExecuteTransactionInput, ExecuteTransactionOutput,
        |_input| None::<&str>, |output| output.consumed_capacity();
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

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};

    use super::*;

    #[test]
    fn a_transaction_names_the_table_of_each_item_once() {
        let item = TransactWriteItem::builder;
        let id = || aws_sdk_dynamodb::types::AttributeValue::S("a".to_owned());
        let put = Put::builder().table_name("Put").item("id", id());
        let update = Update::builder().table_name("Update").key("id", id());
        let update = update.update_expression("REMOVE a");
        let delete = Delete::builder().table_name("Delete").key("id", id());
        let check = ConditionCheck::builder()
            .table_name("Check")
            .key("id", id());
        let check = check.condition_expression("attribute_exists(id)");
        let put = item().put(put.build().unwrap()).build();
        let input = transact_write_items::TransactWriteItemsInput::builder()
            .transact_items(put.clone())
            .transact_items(put)
            .transact_items(item().update(update.build().unwrap()).build())
            .transact_items(item().delete(delete.build().unwrap()).build())
            .transact_items(item().condition_check(check.build().unwrap()).build());
        let input = Input::erase(input.build().unwrap());
        assert_eq!(tables(&input), ["Check", "Delete", "Put", "Update"]);
    }
}
