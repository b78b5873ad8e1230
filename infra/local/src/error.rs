//! What can go wrong before anything is served, each with its next step.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use handlers::config::ConfigError;

/// Why `sentori` could not start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something else listens at the address that `option` gave.
    #[error(
        "{addr} is in use: stop what listens there, or choose another port with {option} {}:PORT (0 takes a free one)",
        .addr.ip()
    )]
    AddressTaken {
        /// The address asked for.
        addr: SocketAddr,
        /// The option that sets it.
        option: &'static str,
    },
    /// The address cannot be listened at for another reason.
    #[error("cannot listen at {addr}: {source}; choose another address with {option}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// The option that sets it.
        option: &'static str,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The embedded DynamoDB has no access control, so it stays on this host.
    #[error(
        "--dynamodb-addr {addr} is not a loopback address, and the embedded DynamoDB has no access control; use 127.0.0.1:{}",
        .addr.port()
    )]
    NotLoopback {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// Another server holds the data folder.
    #[error(
        "another server is using the data folder {}; stop it, choose another folder with --data DIR, or keep nothing with --memory",
        .path.display()
    )]
    DataLocked {
        /// The folder.
        path: PathBuf,
    },
    /// A recording cannot be read.
    #[error("cannot read {}: {source}; check the path", .path.display())]
    ReadRecording {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A file is no recording.
    #[error(
        "{} holds no recording: download one from /recording of a server, or give a file of OTLP JSON lines",
        .path.display()
    )]
    NoRecording {
        /// The file.
        path: PathBuf,
    },
    /// The data folder, or a file in it, cannot be read or written.
    #[error(
        "cannot use {}: {source}; check that you may read and write it, or choose another folder with --data DIR",
        .path.display()
    )]
    DataFolder {
        /// The folder or file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The database file is something else.
    #[error(
        "{} is not a database of this server; move the file away, or choose another folder with --data DIR",
        .path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The database file is damaged.
    #[error(
        "{} is damaged: {reason}; nothing was written to it: move it away or put a copy in its place, or choose another folder with --data DIR",
        .path.display()
    )]
    DamagedDatabase {
        /// The file.
        path: PathBuf,
        /// What SQLite found.
        reason: String,
    },
    /// The database file cannot be opened.
    #[error(
        "cannot open the database {}: {reason}; check the free space of its disk, or choose another folder with --data DIR",
        .path.display()
    )]
    OpenDatabase {
        /// The file.
        path: PathBuf,
        /// The store's reason.
        reason: String,
    },
    /// SQLite takes only names that are text.
    #[error("the data folder {} has a name that is not UTF-8; choose another with --data DIR", .path.display())]
    PathNotText {
        /// The path.
        path: PathBuf,
    },
    /// The embedded DynamoDB failed.
    #[error("the embedded DynamoDB failed: {reason}")]
    Store {
        /// The store's reason.
        reason: String,
    },
    /// A variable of the handlers is wrong.
    #[error("{0}; see docs/run-locally.md for the defaults")]
    Variables(#[from] ConfigError),
    /// The environment's name cannot be part of a metric namespace.
    #[error("{0}; the environment is ENVIRONMENT's value")]
    Namespace(#[from] telemetry::InvalidNamespace),
    /// The file for event lines cannot be opened.
    #[error("{0}; choose another with --emf FILE, or --emf off")]
    Emf(#[from] telemetry::OpenError),
    /// The file of a recording cannot be written.
    #[error("cannot write {}: {source}; choose another file with --record FILE", .path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A variable of traces or logs is wrong.
    #[error("{0}")]
    Telemetry(#[from] telemetry::InitError),
    /// The tables cannot be created.
    #[error("cannot create the tables: {0}")]
    Tables(#[source] handlers::Failure),
    /// The operating system refused a thread, a socket or a signal handler.
    #[error("the operating system refused a thread, a socket or a signal handler: {0}")]
    Runtime(#[from] io::Error),
}

impl Error {
    /// The cause of a failed creation, which the handlers keep from clients.
    pub(crate) fn tables(error: handlers::Error) -> Self {
        match error {
            handlers::Error::Internal(cause) | handlers::Error::Unavailable(cause) => {
                Self::Tables(cause)
            }
            other => Self::Tables(handlers::Failure::Defect(other.to_string())),
        }
    }
}
