//! Settings from the environment, and what keeps telemetry from starting.

use std::fmt;

/// Looks up an environment variable; tests give a map instead.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process; an empty variable counts as unset.
pub fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Why telemetry does not start.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// Telemetry was started before: a process does it once, in `main`.
    #[error("telemetry was started before: do it once, in main")]
    Twice,
}

/// What it says: a program prints the error that its `main` returns like this.
impl fmt::Debug for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
