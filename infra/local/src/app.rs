//! The whole system in one process, put together: store, functions, console and what is around them.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use axum::extract::Request;
use axum::middleware::Next;
use axum::{Router, middleware};
use catalogue::{Route, Service};
use handlers::client::{Connection, connect, settings};
use handlers::store::tables::create_tables;
use handlers::{AppState, Clock, routes};
use library::aws::Table;
use telemetry::Dimension as _;
use telemetry::http::GoldenSignals;
use telemetry::property::FUNCTION;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::alarms::Alarms;
use crate::console::{self, Parts};
use crate::observations::Observations;
use crate::store::EmbeddedStore;
use crate::{
    Config, Error, StoreConfig, aws_metrics, capture, health, injection, metrics, receiver,
    schedule, server,
};

/// A server that listens but does not answer yet.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    listener: TcpListener,
    router: Router,
    schedule: AppState,
    alarms: Alarms,
    observed: Observations,
    recorded: bool,
    tables: aws_metrics::Names,
    store: Option<EmbeddedStore>,
}

/// Makes the functions, each with a state and a client of its own, as on Lambda.
#[derive(Clone)]
struct Functions {
    config: handlers::Config,
    clock: Clock,
}

impl Functions {
    fn state(&self, connection: &Connection) -> AppState {
        AppState::new(self.config.clone(), connect(connection), self.clock.clone())
    }

    /// All of them behind one router.
    fn router(&self, connection: &Connection) -> Router {
        let routers = Service::all().map(|service| {
            let router = named(service, self.state(connection));
            match service {
                // It answers unknown paths for all.
                Service::RunApi => router,
                _ => router.reset_fallback(),
            }
        });
        routers.fold(Router::new(), Router::merge)
    }
}

/// The router of a function whose events say which of the functions it is: on Lambda their log
/// does.
fn named(service: Service, state: AppState) -> Router {
    let name = move |request: Request, next: Next| {
        FUNCTION.set(service.value());
        next.run(request)
    };
    routes::router_without_telemetry(service, state)
        .layer(middleware::from_fn(name))
        .layer(GoldenSignals::<Route>::new())
}

/// Opens the store, creates missing tables and listens.
///
/// # Errors
/// Whatever keeps the server from starting; the message says what to do.
pub async fn build(config: Config) -> Result<Server, Error> {
    let listener = server::listen(config.addr, "--addr")?;
    let addr = listener.local_addr()?;
    let handlers = config.handlers(addr)?;
    let (store, connection) = match config.store {
        StoreConfig::Running(connection) => (None, connection),
        StoreConfig::Embedded { storage, addr } => {
            let store = EmbeddedStore::open(&storage, addr)?;
            let connection = store.connection();
            (Some(store), connection)
        }
    };
    create_tables(&connect(&connection), &handlers)
        .await
        .map_err(Error::tables)?;
    let functions = Functions {
        config: handlers.clone(),
        clock: config.clock,
    };
    let subject = config.observed.subject();
    let alarms = Alarms::new(Arc::clone(&subject.library));
    alarms.remember(config.observed.changes());
    let console = console::router(Parts {
        addr,
        library: Arc::clone(&subject.library),
        alarms: alarms.clone(),
        observed: config.observed.clone(),
        state: functions.state(&connection),
        silent: metrics::silent(subject)?,
        store: Client::from_conf(settings(&connection).build()),
        recorded: config.recorded,
    })?;
    let schedule = functions.state(&connection);
    let api = functions.router(&connection);
    let api = match config.faults {
        Some(tables) => injection::on_request(api, tables, move |faulty| functions.router(faulty)),
        None => api,
    };
    let router = Router::new()
        .merge(health::router(
            connect(&connection),
            handlers.runs_table.clone(),
        ))
        .merge(capture::captured(api, config.observed.requests.clone()))
        .merge(receiver::router(config.observed.clone()))
        .layer(routes::cors(&handlers))
        // Other origins have no business with the console.
        .merge(console)
        .layer(middleware::from_fn(console::unknown_address));
    let router = match config.metrics {
        Some(metrics) => router.merge(metrics::router(metrics)),
        None => router,
    };
    let router = server::guarded(router, handlers.allowed_origins.clone());
    let listener = TcpListener::from_std(listener)?;
    Ok(Server {
        addr,
        listener,
        router,
        schedule,
        alarms,
        observed: config.observed,
        recorded: config.recorded.is_some(),
        tables: vec![
            (handlers.runs_table, Table::Runs),
            (handlers.sensor_data_table, Table::SensorData),
        ],
        store,
    })
}

impl Server {
    /// The address that is served.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The alarms that it judges.
    pub(crate) fn alarms(&self) -> Alarms {
        self.alarms.clone()
    }

    /// What its tables are called.
    pub(crate) fn tables(&self) -> aws_metrics::Names {
        self.tables.clone()
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
        let going_on = (!self.recorded).then(|| {
            [
                tokio::spawn(schedule::run(self.schedule)),
                tokio::spawn(self.alarms.watch(self.observed)),
            ]
        });
        server::serve(self.listener, self.router, shutdown).await;
        going_on.iter().flatten().for_each(JoinHandle::abort);
        if let Some(store) = self.store {
            store.close().await?;
        }
        Ok(())
    }
}
