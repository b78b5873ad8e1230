//! Picks the orders that a queue brings, and gives back those that cannot be picked.

use lambda_runtime::{Error, LambdaEvent};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::catalogue::{ORDER_ID, PICK_FAILED, PIECES_PICKED};
use crate::warehouse::Order;

/// What SQS sends: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>.
#[derive(Debug, Deserialize)]
pub struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    body: String,
}

/// Picks every order of the batch.
pub async fn pick(event: LambdaEvent<Batch>) -> Result<Value, Error> {
    let failed = event.payload.records.into_iter().filter_map(|record| {
        let reason = picked(&record.body).err()?;
        PICK_FAILED.increment(());
        tracing::warn!(message_id = record.message_id, reason, "not picked");
        Some(json!({ "itemIdentifier": record.message_id }))
    });
    Ok(json!({ "batchItemFailures": failed.collect::<Vec<_>>() }))
}

fn picked(body: &str) -> Result<(), String> {
    let order: Order = serde_json::from_str(body).map_err(|error| error.to_string())?;
    ORDER_ID.set(&order.id);
    let walks = order.walks()?;
    PIECES_PICKED.add(order.pieces.into(), ());
    tracing::info!(walks, "order picked");
    Ok(())
}
