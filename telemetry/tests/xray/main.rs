//! Invocations of a Lambda function, with the segments a daemon receives, the events on
//! stdout and the records: what each holds, and that they share their ids.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod environment;
mod function;
mod outcomes;
mod requests;
