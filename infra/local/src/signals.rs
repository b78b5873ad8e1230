//! The signals that end a server or a simulation.

use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::Error;

/// What a shell reports for a process that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// Resolves at the first SIGINT or SIGTERM, with which everything ends in
/// order. The second one ends the process at once.
///
/// # Errors
/// If the operating system refuses the handlers.
pub(crate) fn shutdown() -> Result<impl Future<Output = ()> + Send + 'static, Error> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        either(&mut interrupt, &mut terminate).await;
        tokio::spawn(async move {
            either(&mut interrupt, &mut terminate).await;
            process::exit(INTERRUPTED);
        });
    })
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
