//! The routers and the store on an embedded DynamoDB, through the real protocol.
#![expect(clippy::unwrap_used, reason = "tests report by failing")]

mod support;

mod api;
mod authorisation;
mod batches;
mod capacity;
mod edges;
mod interference;
mod model;
mod races;
mod silence;
