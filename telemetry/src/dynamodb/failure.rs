//! What DynamoDB says when it fails a call.
//!
//! Read from the answer itself: that is the same for all of its operations, and the SDK has
//! a type of error for each.

use std::collections::BTreeSet;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde::Deserialize;

use crate::property::{DYNAMODB_THROTTLE_REASON, DYNAMODB_THROTTLE_RESOURCE};

/// Codes of a call that DynamoDB had no capacity for.
const THROTTLES: [&str; 3] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
];
/// The same, of an item of a transaction.
const ITEM_THROTTLES: [&str; 2] = ["ProvisionedThroughputExceeded", "ThrottlingError"];

/// What an answer that reports an error says, whichever operation it is of.
#[derive(Clone, Debug, Deserialize)]
pub struct Failure {
    /// The error's code, without the namespace before it.
    #[serde(rename = "__type", deserialize_with = "without_namespace")]
    pub code: String,
    /// What went wrong, for people; spelt in both ways, by error.
    #[serde(alias = "Message", default)]
    pub message: String,
    #[serde(rename = "ThrottlingReasons", alias = "throttlingReasons", default)]
    reasons: Vec<Reason>,
    #[serde(rename = "CancellationReasons", default)]
    cancellations: Vec<Cancellation>,
}

/// Why a call was throttled, such as `TableWriteKeyRangeThroughputExceeded`, and what.
#[derive(Clone, Debug, Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
    /// An ARN.
    #[serde(default)]
    resource: String,
}

/// What became of one item of a transaction.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cancellation {
    code: Option<String>,
}

fn without_namespace<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let code = String::deserialize(from)?;
    Ok(code.rsplit('#').next().unwrap_or_default().to_owned())
}

impl Failure {
    /// The failure that this answer reports, if it is one of DynamoDB's.
    pub fn of(response: &HttpResponse) -> Option<Self> {
        serde_json::from_slice(response.body().bytes()?).ok()
    }

    /// Why it is for want of capacity, if it is.
    pub(super) fn throttle(self) -> Option<Throttle> {
        let mut codes = self
            .cancellations
            .iter()
            .filter_map(|one| one.code.as_deref());
        let throttled = THROTTLES.contains(&self.code.as_str())
            || codes.any(|code| ITEM_THROTTLES.contains(&code));
        throttled.then(|| Throttle {
            reasons: join_distinct(self.reasons.iter().map(|reason| reason.reason.as_str())),
            resources: join_distinct(
                self.reasons
                    .iter()
                    .map(|reason| resource_name(&reason.resource)),
            ),
        })
    }
}

/// Why a call was throttled, and what.
#[derive(Debug)]
pub(super) struct Throttle {
    reasons: String,
    resources: String,
}

impl Throttle {
    /// Tells the event. DynamoDB does not give reasons with every throttle.
    pub(super) fn set(&self) {
        if !self.reasons.is_empty() {
            DYNAMODB_THROTTLE_REASON.set(&self.reasons);
            DYNAMODB_THROTTLE_RESOURCE.set(&self.resources);
        }
    }
}

/// `table/Runs/index/byStart`: an ARN without region and account.
fn resource_name(arn: &str) -> &str {
    arn.splitn(6, ':').last().unwrap_or(arn)
}

/// Each text once, in order.
fn join_distinct<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: BTreeSet<&str> = texts.filter(|text| !text.is_empty()).collect();
    texts.into_iter().collect::<Vec<_>>().join(", ")
}
