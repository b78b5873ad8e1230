//! A whole server of this process: the tables, telemetry that the console shows, the front
//! door.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use handlers::Clock;
use handlers::client::Connection;
use telemetry::Telemetry;
use tokio::time::MissedTickBehavior;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::alarms::Alarms;
use crate::app::{self, Server};
use crate::aws_metrics::{self, Names};
use crate::faults::{FaultProxy, Switch};
use crate::metrics::{Emf, metrics};
use crate::observations::{Feed, Observations};
use crate::output::Output;
use crate::store::{EmbeddedStore, Storage, free_port};
use crate::{Config, Error, StoreConfig, Subject, Tables, recording};

/// What is served, and where.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Whose signals are shown.
    pub(crate) subject: Subject,
    pub(crate) addr: SocketAddr,
    pub(crate) storage: Storage,
    /// Where other programs find the tables, if they are to.
    pub(crate) dynamodb_addr: Option<SocketAddr>,
    pub(crate) emf: Emf,
    /// Variables of the handlers that replace the defaults.
    pub(crate) environment: HashMap<String, String>,
    /// What goes wrong between the handlers and the tables, if somebody wants that.
    pub(crate) faults: Option<Switch>,
    /// Whether log records are left to the console.
    pub(crate) quiet: bool,
    /// A recording to show, in place of what happens.
    pub(crate) recording: Option<PathBuf>,
}

impl Options {
    /// The name of the environment: of the recording, if it tells.
    fn environment_name(&self) -> Result<String, Error> {
        let recorded_in = match &self.recording {
            Some(path) => recording::environment(path)?,
            None => None,
        };
        Ok(recorded_in.unwrap_or_else(|| Config::environment_name(&self.environment)))
    }
}

/// A server that listens and does not answer yet.
pub(crate) struct Ready {
    server: Server,
    store: EmbeddedStore,
    observed: Observations,
    feed: Feed,
    _telemetry: Telemetry,
    outputs: [Output; 2],
    _proxy: Option<FaultProxy>,
}

impl Ready {
    /// Opens the tables, starts telemetry and listens. A process does it once.
    pub(crate) async fn new(options: Options) -> Result<Self, Error> {
        // First of all: it locks the folder that the events are kept in as well.
        // Faults happen on the way to the tables, so these need an address.
        let addr = options.dynamodb_addr.unwrap_or_else(free_port);
        let store = EmbeddedStore::open(&options.storage, Some(addr))?;
        let name = options.environment_name()?;
        let folder = match &options.storage {
            Storage::Folder(path) => Some(path.clone()),
            Storage::Memory => None,
        };
        let (observed, feed) = Observations::start(&options.subject, &name, folder.as_deref())?;
        let stdout = Output::to("stdout", std::io::stdout());
        let stderr = Output::to("stderr", std::io::stderr());
        // What is opened is shown alone, without what this process does for it.
        let shown = match options.recording {
            Some(_) => Observations::nothing(&options.subject, &name),
            None => observed,
        };
        let recorded = (options.recording.as_deref())
            .map(|path| recording::read(path, &shown))
            .transpose()?;
        let metrics = metrics(
            &options.subject,
            &name,
            &options.emf,
            stdout.writer(),
            feed.lines(),
        )?;
        let mut telemetry =
            telemetry::Config::local("sentori", metrics.clone(), &telemetry::process_env);
        telemetry.tap = Some(feed.tap());
        telemetry.records = match options.quiet {
            true => BoxMakeWriter::new(std::io::sink),
            false => BoxMakeWriter::new(stderr.writer()),
        };
        let telemetry = telemetry.init()?;
        let proxy = match (options.faults, store.url()) {
            (Some(switch), Some(url)) => Some(FaultProxy::start(&url, switch.plan()).await?),
            _ => None,
        };
        let connection = (proxy.as_ref()).map_or_else(
            || store.connection(),
            |proxy| Connection::local(proxy.url(), store.access_key()),
        );
        let server = app::build(Config {
            addr: options.addr,
            store: StoreConfig::Running(connection),
            environment: options.environment,
            clock: Clock::system(),
            metrics: Some(metrics),
            observed: shown.clone(),
            recorded,
            faults: store.url().map(|url| Tables {
                url,
                access_key: store.access_key().to_owned(),
            }),
        })
        .await?;
        Ok(Self {
            server,
            store,
            observed: shown,
            feed,
            _telemetry: telemetry,
            outputs: [stdout, stderr],
            _proxy: proxy,
        })
    }

    /// Where it listens.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// The alarms that it judges.
    pub(crate) fn alarms(&self) -> Alarms {
        self.server.alarms()
    }

    /// What it observes.
    pub(crate) fn observed(&self) -> Observations {
        self.observed.clone()
    }

    /// Where the tables are, for AWS tools, and the access key that these need.
    pub(crate) fn store_url(&self) -> Option<(String, &str)> {
        Some((self.store.url()?, self.store.access_key()))
    }

    /// Serves until `shutdown` resolves, then ends everything in order.
    pub(crate) async fn run(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        let watching = self
            .outputs
            .each_ref()
            .map(|output| tokio::spawn(output.watch()));
        let (environment, tables) = (self.observed.environment().to_owned(), self.server.tables());
        let publishing = publish(self.feed.clone(), environment.clone(), tables.clone());
        let publishing = tokio::spawn(publishing);
        let served = self.server.run(shutdown).await;
        publishing.abort();
        watching.iter().for_each(tokio::task::JoinHandle::abort);
        self.feed.publish(&environment, &tables);
        self.feed.drain();
        self.store.close().await?;
        served
    }
}

/// Publishes what AWS would, until it is aborted.
async fn publish(feed: Feed, environment: String, tables: Names) {
    let mut interval = tokio::time::interval(aws_metrics::EVERY);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        feed.publish(&environment, &tables);
    }
}
