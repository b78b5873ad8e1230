//! The signals that end a server or a simulation.

use std::process;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, CtrlClose, ctrl_c, ctrl_close};

use crate::Error;

/// What a shell reports for a process that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// SIGINT and SIGTERM.
#[cfg(unix)]
type Signals = (Signal, Signal);
/// Ctrl-C, and the end of the console's window.
#[cfg(windows)]
type Signals = (CtrlC, CtrlClose);

/// Resolves at the first SIGINT or SIGTERM, with which everything ends in
/// order. The second one ends the process at once.
///
/// # Errors
/// If the operating system refuses the handlers.
pub(crate) fn shutdown() -> Result<impl Future<Output = ()> + Send + 'static, Error> {
    #[cfg(unix)]
    let mut signals = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    #[cfg(windows)]
    let mut signals = (ctrl_c()?, ctrl_close()?);
    Ok(async move {
        any(&mut signals).await;
        tokio::spawn(async move {
            any(&mut signals).await;
            process::exit(INTERRUPTED);
        });
    })
}

async fn any((interrupt, end): &mut Signals) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = end.recv() => {}
    }
}
