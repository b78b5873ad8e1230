//! `sentori simulate --record`: a server of the simulation's own, whose event lines are kept.
//!
//! Events are the server's, not the users': what a preview draws of them is what this
//! program emits on AWS, not what a client believes that it did.

use std::fs::File;
use std::path::Path;

use telemetry::{ApplicationNamespace, Destination, Metrics, Telemetry};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{Config, Error};

/// A server that runs in this process until [`Recorder::finish`].
pub(crate) struct Recorder {
    url: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), Error>>,
    _telemetry: Telemetry,
}

impl Recorder {
    /// Serves in memory at a free port; `file` starts empty and gets every event line.
    pub(crate) async fn start(file: &Path) -> Result<Self, Error> {
        File::create(file).map_err(|source| Error::Record {
            path: file.to_owned(),
            source,
        })?;
        let config = Config::in_memory();
        let namespace =
            ApplicationNamespace::of_environment(&Config::environment_name(&config.environment))?;
        let metrics = Metrics::builder(namespace)
            .emf(Destination::file(file))
            .build()?;
        let telemetry =
            telemetry::Config::local("sentori", metrics.clone(), &telemetry::process_env)?
                .init()?;
        let server = crate::build(Config {
            metrics: Some(metrics),
            ..config
        })
        .await?;
        let url = format!("http://{}", server.addr());
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.run(async {
            // Whoever dropped the sender does not need the server either.
            let _ = stopped.await;
        }));
        Ok(Self {
            url,
            stop,
            served,
            _telemetry: telemetry,
        })
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
