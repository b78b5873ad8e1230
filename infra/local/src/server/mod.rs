//! The front door: one HTTP server around a router, which ends in order.
//!
//! A connection has ten seconds for the headers of each request, the first included, so nobody
//! who is silent keeps one; and when there are many, the one that has been idle longest makes room.

mod connections;
mod guard;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

pub(crate) use guard::guarded;

use crate::Error;
use connections::Connections;

/// How long requests under way may take once the server is told to stop: a
/// request answers within 10 s, the rest is for slow readers.
const DRAIN: Duration = Duration::from_secs(15);

/// How long to wait before the next connection after one could not be taken: the system has no
/// descriptor left.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` until `shutdown` resolves, then answers the requests under
/// way and returns.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let mut connections = Connections::default();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((connection, _)) => connections.add(connection, router.clone()),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    connections.make_room();
                    tokio::time::sleep(PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, connections.end())
        .await
        .is_err()
    {
        tracing::warn!("connections still open after {} s are cut", DRAIN.as_secs());
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
