//! The routers and the store on an embedded DynamoDB, through the real protocol.
#![expect(clippy::unwrap_used, reason = "tests report by failing")]

mod support;

mod api;
mod authorisation;
mod batches;
mod capacity;
mod edges;
mod imports;
mod interference;
mod model;
mod pages;
mod races;
mod silence;
