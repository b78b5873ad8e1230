//! The run and sensor APIs: what they accept, what they store and how they answer.
//!
//! ```text
//! routes   HTTP: a router for each function; errors become statuses here
//!   |
//! store    DynamoDB: the running board, runs, readings, pages, statistics
//!   |
//! domain   runs and readings: values, limits and validation, without any I/O
//! ```
//!
//! A process builds one [`AppState`] per router from a [`Config`], a DynamoDB
//! client (see [`client`]) and a [`Clock`], and serves its [`router`].
//! Lambda, the local server and every test serve these same routers. A schedule
//! calls [`tick`] once a minute.

mod background;
pub mod client;
mod clock;
pub mod config;
mod deadline;
pub mod domain;
mod error;
#[cfg(feature = "lambda")]
pub mod lambda;
pub mod routes;
mod state;
pub mod store;
mod tick;

pub use clock::{Clock, ManualClock};
pub use config::Config;
pub use deadline::{Deadline, DeadlineExceeded, REQUEST_BUDGET};
pub use domain::Problem;
pub use error::{Error, Failure, Result};
pub use routes::{openapi, router, run_api, sensor_api};
pub use state::AppState;
pub use tick::{Tick, tick};
