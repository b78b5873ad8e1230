//! Items by their keys.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::{Store, backoff::Backoff, failure::Call, items::Item, transitions::built};
use crate::{Deadline, Result};

impl Store {
    /// The items of the call's table with these keys, at most a hundred, in no order. What
    /// DynamoDB leaves unprocessed is asked for again.
    pub(super) async fn items_by_key(
        &self,
        mut call: Call<'_>,
        deadline: Deadline,
        mut keys: Vec<Item>,
    ) -> Result<Vec<Item>> {
        let mut items = Vec::with_capacity(keys.len());
        let mut backoff = Backoff::new();
        while !keys.is_empty() {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(true)
                .build();
            let request = self
                .client
                .batch_get_item()
                .request_items(call.table, built(wanted)?);
            let answer = call.make(deadline, request.send()).await?;
            let found = answer.responses.into_iter().flat_map(HashMap::into_values);
            items.extend(found.flatten());
            let rest = answer.unprocessed_keys.into_iter();
            keys = rest
                .flat_map(HashMap::into_values)
                .flat_map(|rest| rest.keys)
                .collect();
            if !keys.is_empty() {
                call = backoff.pause(call, deadline).await?;
            }
        }
        Ok(items)
    }
}
