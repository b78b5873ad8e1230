//! The embedded DynamoDB: dynoxide on SQLite. This process calls it through the
//! SDK without a network; at `--dynamodb-addr` other programs call it over HTTP
//! like the real service.
//!
//! Calls block while SQLite works, so it has a runtime of its own: one blocking
//! thread for this process, workers for other programs. The front door never
//! waits behind a disk.

mod folder;
mod in_process;
mod over_http;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use aws_sdk_dynamodb::config::SharedHttpClient;
use axum::Router;
use dynoxide::Database;
use handlers::client::Connection;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::Error;
use folder::DataFolder;
use in_process::InProcess;

/// Threads for other programs: one reads and writes JSON while the other holds
/// SQLite's lock; more would only queue for it.
const WORKERS: usize = 2;

/// How often expired items are deleted. The real service promises days.
const TTL_SWEEP: Duration = Duration::from_secs(60);

/// How long a client of `--dynamodb-addr` may take to end the request it is in
/// once the store is told to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// Where the tables are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In this folder, over restarts.
    Folder(PathBuf),
    /// In memory, until the server stops.
    Memory,
}

/// A DynamoDB that runs inside this process.
#[derive(Debug)]
pub struct EmbeddedStore {
    client: SharedHttpClient,
    access_key: String,
    addr: Option<SocketAddr>,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), String>>,
}

impl EmbeddedStore {
    /// Opens the tables and, if other programs are to use them, serves them at
    /// `addr`. It must be loopback: whoever reaches this address reads and
    /// writes everything. Port 0 takes a free port.
    ///
    /// # Errors
    /// If the address is not loopback or taken, or the storage cannot be used.
    pub fn open(storage: &Storage, addr: Option<SocketAddr>) -> Result<Self, Error> {
        if let Some(addr) = addr.filter(|addr| !addr.ip().is_loopback()) {
            return Err(Error::NotLoopback { addr });
        }
        let (database, folder) = open_database(storage)?;
        let listener = addr
            .map(|addr| crate::server::listen(addr, "--dynamodb-addr"))
            .transpose()?;
        let addr = listener.as_ref().map(TcpListener::local_addr).transpose()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            // This process's own; a second would only queue for the lock.
            .max_blocking_threads(1)
            .thread_name("dynamodb")
            .enable_all()
            .build()
            .map_err(Error::Runtime)?;
        let database = Arc::new(database);
        let in_process = InProcess::new(Arc::downgrade(&database), runtime.handle().clone());
        let client = in_process.client();
        let access_key = over_http::new_access_key();
        let router = over_http::router(in_process, &access_key);
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("dynamodb-main".to_owned())
            .spawn(move || {
                let outcome = serve(&runtime, listener, router, &database, stopped);
                // The order matters: requests, then the database, then the
                // lock that lets another server open it.
                drop(runtime);
                drop(database);
                drop(folder);
                outcome
            })
            .map_err(Error::Runtime)?;
        Ok(Self {
            client,
            access_key,
            addr,
            stop,
            thread,
        })
    }

    /// How this process reaches it.
    #[must_use]
    pub fn connection(&self) -> Connection {
        Connection::InProcess(self.client.clone())
    }

    /// The access key that other programs need.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// How another program reaches it, if it is served at an address.
    #[must_use]
    pub fn connection_over_http(&self) -> Option<Connection> {
        Some(Connection::local(self.url()?, &self.access_key))
    }

    /// The endpoint URL for AWS SDKs and tools, if it is served at an address.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        self.addr.map(|addr| format!("http://{addr}"))
    }

    /// Ends requests under way, closes the database and gives the folder free.
    ///
    /// # Errors
    /// If the store had stopped by itself.
    pub async fn close(self) -> Result<(), Error> {
        // A receiver that is gone means the thread has ended; joining says why.
        let _ = self.stop.send(());
        let joined = tokio::task::spawn_blocking(move || self.thread.join()).await;
        match joined {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(reason))) => Err(Error::Store { reason }),
            Ok(Err(_)) | Err(_) => Err(Error::Store {
                reason: "its thread panicked".to_owned(),
            }),
        }
    }
}

fn open_database(storage: &Storage) -> Result<(Database, Option<DataFolder>), Error> {
    match storage {
        Storage::Memory => Database::memory()
            .map(|database| (database, None))
            .map_err(|error| Error::Store {
                reason: error.to_string(),
            }),
        Storage::Folder(path) => {
            let folder = DataFolder::open(path)?;
            let file = folder.database()?;
            let name = file
                .to_str()
                .ok_or_else(|| Error::PathNotText { path: file.clone() })?;
            let database = Database::new(name).map_err(|error| Error::OpenDatabase {
                path: file.clone(),
                reason: error.to_string(),
            })?;
            Ok((database, Some(folder)))
        }
    }
}

/// Works until `stopped`; other programs' requests may then take [`DRAIN`] to end.
fn serve(
    runtime: &Runtime,
    listener: Option<TcpListener>,
    router: Router,
    database: &Database,
    stopped: oneshot::Receiver<()>,
) -> Result<(), String> {
    runtime.spawn(sweep_expired(database.clone()));
    runtime.block_on(async {
        let Some(listener) = listener else {
            let _ = stopped.await;
            return Ok(());
        };
        let listener = tokio::net::TcpListener::from_std(listener).map_err(|e| e.to_string())?;
        let (drain, draining) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
            let _ = drain.send(());
        };
        tokio::select! {
            () = crate::server::serve(listener, router, shutdown) => Ok(()),
            () = async { let _ = draining.await; tokio::time::sleep(DRAIN).await } => Ok(()),
        }
    })
}

/// Runs on a worker: the blocking thread goes on answering, because a sweep
/// lets others to the database between its pages.
async fn sweep_expired(database: Database) {
    let mut interval = tokio::time::interval(TTL_SWEEP);
    loop {
        interval.tick().await;
        match database.sweep_ttl() {
            Ok(0) => {}
            Ok(deleted) => tracing::debug!(deleted, "deleted expired items"),
            Err(error) => tracing::warn!(%error, "could not delete expired items"),
        }
    }
}

/// Loopback, at whatever port is free.
#[must_use]
pub fn free_port() -> SocketAddr {
    SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 0)
}
