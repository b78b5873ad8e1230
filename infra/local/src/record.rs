//! `sentori simulate --record`: a server of the simulation's own, whose event lines are kept.
//!
//! Events are the server's, not the users': what a preview draws of them is what this
//! program emits on AWS, not what a client believes that it did.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::metrics::Emf;
use crate::serve::{Options, Ready};
use crate::store::{Storage, free_port};
use crate::{Error, Subject};

/// A server that runs in this process until [`Recorder::finish`].
pub(crate) struct Recorder {
    url: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), Error>>,
}

impl Recorder {
    /// Serves in memory at a free port; `file` starts empty and gets every event line.
    pub(crate) async fn start(subject: Subject, file: &Path) -> Result<Self, Error> {
        File::create(file).map_err(|source| Error::Record {
            path: file.to_owned(),
            source,
        })?;
        let server = Ready::new(Options {
            subject,
            addr: free_port(),
            storage: Storage::Memory,
            dynamodb_addr: None,
            emf: Emf::File(file.to_owned()),
            environment: HashMap::new(),
            faults: None,
            quiet: true,
            recording: None,
        })
        .await?;
        let url = format!("http://{}", server.addr());
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.run(async {
            // Whoever dropped the sender does not need the server either.
            let _ = stopped.await;
        }));
        Ok(Self { url, stop, served })
    }

    /// The server's base URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Answers what is under way and stops.
    pub(crate) async fn finish(self) -> Result<(), Error> {
        // It is gone already if serving failed, which is told below.
        let _ = self.stop.send(());
        self.served
            .await
            .unwrap_or_else(|lost| Err(std::io::Error::other(lost).into()))
    }
}
