//! What the whole-system tests and benchmarks share: a system in this process,
//! calls to it, faults between it and its store, and the compiled programs.

mod api;
mod call;
pub mod cloudwatch;
mod console;
pub mod contract;
pub mod lambda;
mod local_server;
mod measure;
mod moto;
pub mod program;
mod prometheus;
mod recordings;
mod seeded;
mod system;
pub mod tool;
mod transcript;

pub use api::{Api, text};
pub use call::{Call, acknowledged};
pub use cloudwatch::CloudWatch;
pub use console::{Page, pages};
pub use local_server::LocalServer;
pub use measure::{Measurement, at_rate, measure, median};
pub use moto::Moto;
pub use prometheus::Prometheus;
pub use recordings::RECORDINGS;
pub use seeded::seeded;
pub use sentori::faults::{Fault, FaultProxy, Switch};
pub use system::{FrontDoor, System, SystemBuilder};
pub use transcript::Transcript;
