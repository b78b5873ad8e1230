//! The whole system in this process: an embedded DynamoDB in memory and the
//! front door before it, each at a free port. A test that fails leaves a recording.
#![expect(clippy::expect_used, reason = "tests report by failing")]

use std::collections::HashMap;

use handlers::client::{Connection, connect, settings};
use handlers::{Clock, ManualClock};
use sentori::store::{EmbeddedStore, Storage, free_port};
use sentori::{Config, StoreConfig, Subject};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::recordings::Recording;
use crate::{Api, Fault, FaultProxy};

/// Decides by the name of the operation.
type Plan = dyn FnMut(&str) -> Fault + Send;

/// A system that runs until it is dropped or stopped.
#[derive(Debug)]
pub struct System {
    front_door: FrontDoor,
    store: EmbeddedStore,
    config: Config,
    clock: Option<ManualClock>,
    _proxy: Option<FaultProxy>,
}

/// A front door that is open until it is dropped or closed.
#[derive(Debug)]
pub struct FrontDoor {
    api: Api,
    base: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), sentori::Error>>,
    _recorded: Recording,
}

impl FrontDoor {
    /// Opens one.
    ///
    /// # Panics
    /// If it does not open.
    pub async fn open(config: Config) -> Self {
        let recorded = Recording::start();
        let server = sentori::build(config).await.expect("a server");
        let base = format!("http://{}", server.addr());
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self {
            api: Api::at(&base),
            base,
            stop,
            served,
            _recorded: recorded,
        }
    }

    /// The API behind it.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Closes it, in order.
    ///
    /// # Panics
    /// If it does not end well.
    pub async fn close(self) {
        let _ = self.stop.send(());
        self.served
            .await
            .expect("no panic")
            .expect("served to the end");
    }
}

/// How a system is to differ from the one that `sentori --memory` serves.
pub struct SystemBuilder {
    storage: Storage,
    environment: HashMap<String, String>,
    clock: Option<ManualClock>,
    faults: Option<Box<Plan>>,
}

impl SystemBuilder {
    /// Keeps the tables elsewhere than in memory.
    #[must_use]
    pub fn storage(mut self, storage: Storage) -> Self {
        self.storage = storage;
        self
    }

    /// Sets a variable of the handlers.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Time passes only when the test says so.
    #[must_use]
    pub fn standing_clock(mut self) -> Self {
        self.clock = Some(ManualClock::at(Clock::system().now()));
        self
    }

    /// Puts a proxy with this plan between the handlers and the store.
    #[must_use]
    pub fn faults(mut self, plan: impl FnMut(&str) -> Fault + Send + 'static) -> Self {
        self.faults = Some(Box::new(plan));
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(self) -> System {
        let store = EmbeddedStore::open(&self.storage, Some(free_port())).expect("a store");
        let url = store.url().expect("an address");
        let proxy = match self.faults {
            Some(plan) => Some(FaultProxy::start(&url, plan).await.expect("a proxy")),
            None => None,
        };
        let connection = proxy.as_ref().map_or_else(
            || store.connection(),
            |proxy| Connection::local(proxy.url(), store.access_key()),
        );
        let config = Config {
            store: StoreConfig::Running(connection),
            environment: self.environment,
            clock: self
                .clock
                .as_ref()
                .map_or_else(Clock::system, ManualClock::clock),
            ..Config::in_memory(&Subject::sentori())
        };
        let front_door = FrontDoor::open(config.clone()).await;
        System {
            front_door,
            store,
            config,
            clock: self.clock,
            _proxy: proxy,
        }
    }
}

impl System {
    /// The system that `sentori --memory` serves.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A system that differs from it.
    #[must_use]
    pub fn builder() -> SystemBuilder {
        SystemBuilder {
            storage: Storage::Memory,
            environment: HashMap::new(),
            clock: None,
            faults: None,
        }
    }

    /// Its API.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.front_door.api
    }

    /// Its base URL.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.front_door.base
    }

    /// The clock that [`SystemBuilder::standing_clock`] asked for.
    ///
    /// # Panics
    /// If it was not asked for.
    #[must_use]
    pub fn clock(&self) -> &ManualClock {
        self.clock.as_ref().expect("a manual clock")
    }

    /// The handlers' configuration.
    ///
    /// # Panics
    /// If it is wrong.
    #[must_use]
    pub fn handlers(&self) -> handlers::Config {
        self.config
            .handlers(self.config.addr)
            .expect("a configuration")
    }

    fn over_http(&self) -> Connection {
        self.store.connection_over_http().expect("an address")
    }

    /// A client of the store over HTTP, as other programs are, and around the proxy.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        connect(&self.over_http())
    }

    /// Like [`System::dynamodb`], recording nothing.
    #[must_use]
    pub fn dynamodb_without_telemetry(&self) -> aws_sdk_dynamodb::Client {
        recording_nothing(&self.over_http())
    }

    /// A client of the store as the front door is one, recording nothing.
    #[must_use]
    pub fn dynamodb_in_process(&self) -> aws_sdk_dynamodb::Client {
        recording_nothing(&self.store.connection())
    }

    /// A second front door to the same tables, around the proxy.
    pub async fn without_faults(&self) -> FrontDoor {
        let store = StoreConfig::Running(self.store.connection());
        FrontDoor::open(Config {
            store,
            ..self.config.clone()
        })
        .await
    }

    /// Stops the front door, then the store, in order.
    ///
    /// # Panics
    /// If either does not end well.
    pub async fn stop(self) {
        self.front_door.close().await;
        self.store.close().await.expect("closed in order");
    }
}

fn recording_nothing(connection: &Connection) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::from_conf(settings(connection).build())
}
