//! Programs of others that a test asks for a second opinion.

use std::io::{ErrorKind, Write};

/// What came of starting such a program: nothing if this machine lacks it, which is said
/// aloud. CI installs them all.
///
/// # Panics
/// If it is there and does not start, or if CI lacks it.
#[must_use]
pub fn if_installed<T>(name: &str, started: std::io::Result<T>) -> Option<T> {
    match started {
        Ok(started) => Some(started),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            assert!(
                std::env::var_os("CI").is_none(),
                "{name} is not installed; see .ci/install"
            );
            // Around the capture of a test's output, which nobody sees when it passes.
            let _ = writeln!(std::io::stderr(), "SKIPPED: {name} is not installed");
            None
        }
        #[expect(clippy::panic, reason = "tests report by failing")]
        Err(error) => panic!("{name}: {error}"),
    }
}
