//! The front door: one HTTP server around a router, which ends in order.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::Error;

/// How long requests under way may take once the server is told to stop: a
/// request answers within 10 s, the rest is for slow readers.
const DRAIN: Duration = Duration::from_secs(15);

/// Serves `router` until `shutdown` resolves, then answers the requests under
/// way and returns.
///
/// # Errors
/// If the listener breaks.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let listener = listener.tap_io(|connection| {
        // Without it an answer may wait for the client's delayed acknowledgement.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
    });
    let (drain, draining) = oneshot::channel();
    let shutdown = async {
        shutdown.await;
        let _ = drain.send(());
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(shutdown);
    tokio::select! {
        outcome = served => Ok(outcome?),
        () = async { let _ = draining.await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!("connections still open after {} s are cut", DRAIN.as_secs());
            Ok(())
        }
    }
}

/// Listens at `addr`, which `option` on the command line sets.
///
/// # Errors
/// If the address is taken or not this host's.
pub(crate) fn listen(
    addr: SocketAddr,
    option: &'static str,
) -> Result<std::net::TcpListener, Error> {
    let listener = std::net::TcpListener::bind(addr).map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => Error::AddressTaken { addr, option },
        _ => Error::Listen {
            addr,
            option,
            source,
        },
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
