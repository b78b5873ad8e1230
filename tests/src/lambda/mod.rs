//! Lambda and API Gateway without AWS: runs the compiled functions, unchanged, under the
//! Lambda Runtime API.
//!
//! A [`Function`] is a program and its environment, as Lambda is told of them. It starts an
//! execution environment when it is first invoked and keeps it for the following invocations;
//! like Lambda it gives an environment one event at a time, kills it at the deadline and
//! replaces one that died. An [`Invocation`] is what came of one event: the answer, and every
//! log line and trace segment that was written until the environment asked for the next event.
//! What comes later than that, Lambda would have frozen.
//!
//! A [`Gateway`] is the HTTP API or REST API in front of the two functions: a request becomes
//! an event of its [`Format`], and the function's answer a response.
//!
//! Rules come from the Lambda Runtime API and Extensions API references and from API Gateway's
//! payload formats 1.0 (REST) and 2.0 (HTTP).

mod config;
mod deployment;
mod environment;
mod event;
mod function;
mod gateway;
mod log;
mod memory;
mod routes;
mod runtime_api;
mod xray;

pub use config::FunctionConfig;
pub use deployment::{Deployment, function, program, program_with_otlp, test_program};
pub use environment::{Exit, Outcome, StartError, Terminator};
pub use event::{Format, NotAResponse};
pub use function::{Function, Invocation, InvokeError};
pub use gateway::Gateway;
pub use memory::Memory;
pub use routes::route;
pub use runtime_api::FunctionError;

/// The largest event and the largest answer of a synchronous invocation, in bytes.
pub const PAYLOAD_LIMIT: usize = 6 * 1024 * 1024;
