//! What a command prints.

use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

/// Writes to standard output. Whoever closed it does not want to read more.
pub(crate) fn say(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Writes to standard error, which is not part of the output.
pub(crate) fn note(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Says why a command failed.
pub(crate) fn fail(error: &impl Display) -> ExitCode {
    note(&format!("sentori: {error}\n"));
    ExitCode::FAILURE
}
