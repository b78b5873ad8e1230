//! Settings from the environment, and what is wrong with them.

use std::{error::Error, io};

/// Looks up an environment variable; tests give a map instead.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process; an empty variable counts as unset.
pub fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Why telemetry does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// An environment variable has a value that cannot be used.
    #[error("{name} is {value:?}: {fix}")]
    Variable {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// What to do about it.
        fix: &'static str,
    },
    /// No socket for the X-Ray daemon.
    #[error("no socket for the X-Ray daemon")]
    Daemon(#[source] io::Error),
    /// The OTLP exporter does not start.
    #[error("the OTLP exporter does not start")]
    Collector(#[source] Box<dyn Error + Send + Sync>),
    /// Telemetry was started before: a process does it once, in `main`.
    #[error("telemetry was started before: do it once, in main")]
    Twice,
}
