//! Sentori on a laptop: both APIs on an embedded DynamoDB, and a simulator.
//!
//! ```text
//!   browser, curl, simulate          AWS CLI, Lambda binaries
//!            |                                |
//!      front door (axum)                      |
//!       /            \                        |
//!   run_api       sensor_api                  |
//!       \            /                        |
//!        aws-sdk-dynamodb ---- HTTP ---- embedded DynamoDB (dynoxide)
//!                                             |
//!                                       SQLite in .sentori/
//! ```
//!
//! The two routers are the ones that Lambda serves. They share nothing but the
//! tables, and reach those through the SDK over HTTP, as on AWS.
//!
//! [`build`] puts a server together from a [`Config`]; [`Server::run`] serves
//! until it is told to stop. [`simulate`] calls any server as the frontend does.

pub mod cli;
pub mod client;
mod error;
mod home;
mod server;
mod signals;
pub mod simulate;
pub mod store;

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;

pub use error::Error;
use store::{EmbeddedStore, Storage};

/// One field a part.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the API is served; port 0 takes a free one.
    pub addr: SocketAddr,
    /// Where the tables are kept.
    pub storage: Storage,
    /// Where the embedded DynamoDB is served; loopback only.
    pub dynamodb_addr: SocketAddr,
}

impl Config {
    /// The configuration that the command line describes.
    #[must_use]
    pub fn new(addr: SocketAddr, storage: Storage, dynamodb_addr: Option<SocketAddr>) -> Self {
        Self {
            addr,
            storage,
            dynamodb_addr: dynamodb_addr.unwrap_or_else(store::in_process_addr),
        }
    }
}

/// A server that listens but does not answer yet.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    listener: TcpListener,
    router: Router,
    store: EmbeddedStore,
}

/// Opens the store, creates missing tables and listens.
///
/// # Errors
/// Whatever keeps the server from starting; the message says what to do.
pub async fn build(config: Config) -> Result<Server, Error> {
    let listener = server::listen(config.addr, "--addr")?;
    let store = EmbeddedStore::open(&config.storage, config.dynamodb_addr)?;
    let addr = listener.local_addr()?;
    let router = home::router(addr);
    let listener = TcpListener::from_std(listener)?;
    Ok(Server {
        addr,
        listener,
        router,
        store,
    })
}

impl Server {
    /// The address that is served.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The endpoint URL of the embedded DynamoDB.
    #[must_use]
    pub fn store_url(&self) -> String {
        self.store.url()
    }

    /// Serves until `shutdown` resolves; then answers the requests under way
    /// and closes the database.
    ///
    /// # Errors
    /// If the front door or the store breaks.
    pub async fn run(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        let served = server::serve(self.listener, self.router, shutdown).await;
        self.store.close().await?;
        served
    }
}
