//! Configuration: one field a part, and what the handlers read from the
//! environment, with defaults that suit a laptop.

use std::collections::HashMap;
use std::net::SocketAddr;

use handlers::Clock;
use handlers::client::Connection;
use handlers::config::{ConfigError, VARIABLES};

use dashboards::view::TimeRange;
use telemetry::Metrics;

use crate::observations::Observations;
use crate::store::{self, Storage};
use crate::{Subject, Tables};

/// The variable that names the environment, and the name a laptop has.
const ENVIRONMENT: &str = "ENVIRONMENT";
pub(crate) const LOCAL: &str = "local";

/// Everything that makes up a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the API is served; port 0 takes a free one.
    pub addr: SocketAddr,
    /// Where the tables are.
    pub store: StoreConfig,
    /// Variables of the handlers (see [`handlers::config::VARIABLES`]) that
    /// replace the defaults.
    pub environment: HashMap<String, String>,
    /// The handlers' clock.
    pub clock: Clock,
    /// What `/metrics` shows; without it, there is no such path.
    pub metrics: Option<Metrics>,
    /// What the console shows, beside the tables.
    pub observed: Observations,
    /// The time that was recorded, if that is what the console shows: then nothing is judged
    /// anew.
    pub recorded: Option<TimeRange>,
    /// Where a proxy reaches the tables, if callers may ask for faults.
    pub faults: Option<Tables>,
}

/// The DynamoDB that the handlers call.
#[derive(Clone, Debug)]
pub enum StoreConfig {
    /// One that this server runs.
    Embedded {
        /// Where it keeps the tables.
        storage: Storage,
        /// Where it is served for other programs, if at all; loopback only.
        /// Port 0 takes a free port.
        addr: Option<SocketAddr>,
    },
    /// One that runs already.
    Running(Connection),
}

impl Config {
    /// A server of its own at a free port that keeps nothing.
    #[must_use]
    pub fn in_memory(subject: &Subject) -> Self {
        Self {
            addr: store::free_port(),
            store: StoreConfig::Embedded {
                storage: Storage::Memory,
                addr: None,
            },
            environment: HashMap::new(),
            clock: Clock::system(),
            metrics: None,
            observed: Observations::nothing(subject, LOCAL),
            recorded: None,
            faults: None,
        }
    }

    /// The name of the environment that these variables, or the defaults, give.
    pub(crate) fn environment_name(environment: &HashMap<String, String>) -> String {
        let given = environment.get(ENVIRONMENT).cloned();
        given.unwrap_or_else(|| LOCAL.to_owned())
    }

    /// The handlers' configuration, in a server that listens at `addr`.
    /// # Errors
    /// If a variable is wrong.
    pub fn handlers(&self, addr: SocketAddr) -> Result<handlers::Config, ConfigError> {
        handlers(&self.environment, addr)
    }
}

/// The handlers' configuration of these variables, in a server that listens at `addr`.
pub(crate) fn handlers(
    environment: &HashMap<String, String>,
    addr: SocketAddr,
) -> Result<handlers::Config, ConfigError> {
    handlers::Config::from_lookup(|name| {
        let given = environment.get(name).cloned();
        given.or_else(|| local_default(name, addr))
    })
}

/// The value of a variable that is not set.
fn local_default(name: &str, addr: SocketAddr) -> Option<String> {
    let value = match name {
        "RUNS_TABLE_NAME" => "Runs",
        "SENSOR_DATA_TABLE_NAME" => "SensorData",
        ENVIRONMENT => LOCAL,
        "MAX_CONCURRENT_RUNS" => "5",
        // Where `ng serve` puts the frontend.
        "ALLOWED_ORIGIN" => "http://localhost:4200,http://127.0.0.1:4200",
        // Nobody checks tokens here.
        "AUTHENTICATION" => "anonymous",
        "LEASE_GRACE_SECONDS" => "120",
        // The console stands in for Grafana at the same paths.
        "GRAFANA_URL" => return Some(format!("http://{addr}")),
        _ => return None,
    };
    Some(value.to_owned())
}

/// The handlers' variables that this process was given.
#[must_use]
pub fn process_environment() -> HashMap<String, String> {
    let given = |name: &'static str| Some((name.to_owned(), std::env::var(name).ok()?));
    VARIABLES
        .iter()
        .filter_map(|variable| given(variable.name))
        .collect()
}
