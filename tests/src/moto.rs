//! AWS without AWS: moto, as a child process that ends with this one.
#![expect(clippy::expect_used, reason = "tests report by failing")]

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use crate::tool::if_installed;

/// What `.ci/install` makes.
const PYTHON: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../target/dashboard-venv/bin/python"
);
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/moto");

/// A service of moto at a free port, killed when this is dropped.
#[derive(Debug)]
pub struct Moto {
    url: String,
    _child: Child,
}

impl Moto {
    /// Starts the script of a service; nothing where moto is not installed.
    ///
    /// # Panics
    /// If it does not start, or is missing on CI.
    pub async fn start(service: &str) -> Option<Self> {
        let mut command = Command::new(PYTHON);
        command
            .arg(format!("{SCRIPTS}/{service}.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = if_installed("moto", command.spawn())?;
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let url = lines.next_line().await.expect("text");
        let url = url.expect("it says where it is; a virtual environment without moto is older than .ci/requirements.txt");
        Some(Self { url, _child: child })
    }

    /// One DynamoDB for all tests of this process, one after the other: moto takes a failed
    /// transaction back by putting every table where it was.
    pub async fn dynamodb() -> Option<MutexGuard<'static, Self>> {
        static DYNAMODB: OnceCell<Option<Mutex<Moto>>> = OnceCell::const_new();
        let start = || async { Self::start("dynamodb").await.map(Mutex::new) };
        match DYNAMODB.get_or_init(start).await {
            Some(moto) => Some(moto.lock().await),
            None => None,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}
