//! The open connections, and which of them make room for others.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// How long the headers of a request may take, from the connection or from the request before.
const HEADERS: Duration = Duration::from_secs(10);

/// Connections that are open at most while one of them is idle: fewer than the descriptors of a
/// process that may have 256, which is macOS's default.
const MOST: usize = 200;

/// The open connections, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: VecDeque<Arc<Connection>>,
    tasks: JoinSet<()>,
}

/// What is known of a connection from outside of its task.
#[derive(Debug, Default)]
struct Connection {
    /// Requests that are being answered.
    busy: AtomicUsize,
    end: Notify,
}

impl Connections {
    /// Serves a connection until it ends.
    pub(super) fn add(&mut self, stream: TcpStream, router: Router) {
        while self.tasks.try_join_next().is_some() {}
        self.open
            .retain(|connection| Arc::strong_count(connection) > 1);
        if self.open.len() >= MOST {
            self.make_room();
        }
        let connection = Arc::new(Connection::default());
        self.open.push_back(Arc::clone(&connection));
        self.tasks.spawn(connection.serve(stream, router));
    }

    /// Ends the connection that has been open longest and is idle, if one is.
    pub(super) fn make_room(&mut self) {
        let idle = |connection: &Arc<Connection>| connection.busy.load(Ordering::Relaxed) == 0;
        if let Some(place) = self.open.iter().position(idle)
            && let Some(connection) = self.open.remove(place)
        {
            connection.end.notify_one();
        }
    }

    /// Ends all of them, each when its requests are answered.
    pub(super) async fn end(mut self) {
        for connection in self.open.drain(..) {
            connection.end.notify_one();
        }
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Connection {
    async fn serve(self: Arc<Self>, stream: TcpStream, router: Router) {
        // Without it an answer may wait for the client's delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let service = service_fn(|request: Request<Incoming>| {
            let (connection, router) = (Arc::clone(&self), router.clone());
            async move {
                connection.busy.fetch_add(1, Ordering::Relaxed);
                let answer: Result<Response, _> = router.oneshot(request.map(Body::new)).await;
                connection.busy.fetch_sub(1, Ordering::Relaxed);
                answer
            }
        });
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            // A client that has said everything may close its side and still read.
            .half_close(true)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(serving);
        tokio::select! {
            // What ends a connection early is the client's business.
            _ = serving.as_mut() => return,
            () = self.end.notified() => {}
        }
        if self.busy.load(Ordering::Relaxed) > 0 {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
}
