//! What Terraform deploys, without AWS: the tables in an embedded DynamoDB and the functions.

#![expect(clippy::expect_used, reason = "tests report by failing")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use aws_sdk_dynamodb::types::AttributeValue;
use catalogue::Service;
use handlers::client::connect;
use sentori::store::{EmbeddedStore, Storage, free_port};
use telemetry::Dimension;

use super::{Format, FunctionConfig, Gateway};
use crate::program::{self, BuildError, Profile};

/// The names and limits that the local server uses as well.
const VARIABLES: [(&str, &str); 8] = [
    ("ALLOWED_ORIGIN", "http://localhost:4200"),
    ("AUTHENTICATION", "anonymous"),
    ("ENVIRONMENT", "local"),
    ("GRAFANA_URL", "http://localhost:3000"),
    ("LEASE_GRACE_SECONDS", "120"),
    ("MAX_CONCURRENT_RUNS", "5"),
    ("RUNS_TABLE_NAME", "Runs"),
    ("SENSOR_DATA_TABLE_NAME", "SensorData"),
];

/// How many execution environments of a function a test's gateway may start.
const ENVIRONMENTS: usize = 4;

/// The configuration of one of the functions, as `program`, on the tables at `dynamodb_url`,
/// which `access_key` opens.
pub fn function(
    service: Service,
    program: impl Into<PathBuf>,
    dynamodb_url: &str,
    access_key: &str,
) -> FunctionConfig {
    let config = FunctionConfig::new(service.value(), program)
        .env("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url)
        .env("AWS_ACCESS_KEY_ID", access_key);
    VARIABLES
        .into_iter()
        .fold(config, |config, (name, value)| config.env(name, value))
}

/// The folder that `.ci/package` wrote for this machine's processor, if the functions are to run
/// from their packages: the variable `PACKAGES`.
fn packages() -> Option<PathBuf> {
    let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    std::env::var_os("PACKAGES").map(|folder| workspace.join(folder))
}

/// The function's program: the `bootstrap` of its package if `PACKAGES` names a folder of them,
/// else built by cargo once per process.
///
/// # Errors
/// If there is none, or it does not build.
pub fn program(service: Service) -> Result<PathBuf, BuildError> {
    static BUILT: OnceLock<Result<Vec<PathBuf>, BuildError>> = OnceLock::new();
    if let Some(folder) = packages() {
        return packaged(&folder.join(service.value()).join("bootstrap"));
    }
    built(&BUILT, "handlers", service.value())
}

/// The function's program as a laptop runs it: with the feature `otlp`, which packages are without.
///
/// # Errors
/// If it does not build.
pub fn program_with_otlp(service: Service) -> Result<PathBuf, BuildError> {
    static BUILT: OnceLock<Result<Vec<PathBuf>, BuildError>> = OnceLock::new();
    let built = BUILT.get_or_init(|| program::build_with("handlers", Profile::Dev, "otlp"));
    program::find(built.as_ref().map_err(Clone::clone)?, service.value())
}

/// A program of `tests/functions/`: functions that only tests and benchmarks run. It is taken from
/// the folder `PACKAGES` if it is there too, else built by cargo once per process.
///
/// # Errors
/// If there is none, or it does not build.
pub fn test_program(name: &str) -> Result<PathBuf, BuildError> {
    static BUILT: OnceLock<Result<Vec<PathBuf>, BuildError>> = OnceLock::new();
    let packaged = packages().map(|folder| folder.join(name).join("bootstrap"));
    if let Some(packaged) = packaged.filter(|program| program.exists()) {
        return Ok(packaged);
    }
    built(&BUILT, "test-functions", name)
}

fn built(
    once: &OnceLock<Result<Vec<PathBuf>, BuildError>>,
    package: &str,
    name: &str,
) -> Result<PathBuf, BuildError> {
    let programs = once.get_or_init(|| program::build(package, Profile::of_functions()));
    program::find(programs.as_ref().map_err(Clone::clone)?, name)
}

fn packaged(bootstrap: &Path) -> Result<PathBuf, BuildError> {
    bootstrap.canonicalize().map_err(|error| {
        BuildError::new(format!(
            "{}: {error}; .ci/package writes it",
            bootstrap.display()
        ))
    })
}

/// Tables of their own, in memory, and the two functions.
#[derive(Debug)]
pub struct Deployment {
    url: String,
    store: EmbeddedStore,
}

impl Deployment {
    /// Stores so many ended copies of a run that was started.
    pub async fn copy_runs(&self, copies: u128) {
        let client = self.dynamodb();
        let listed = client
            .query()
            .table_name("Runs")
            .index_name("by-start")
            .key_condition_expression("listing = :listing")
            .expression_attribute_values(":listing", AttributeValue::S("RUN".into()))
            .send()
            .await
            .expect("runs");
        let run = listed.items().first().expect("a run");
        for number in 0..copies {
            let mut copy = run.clone();
            let id = uuid::Uuid::from_u128(number).to_string();
            copy.insert("id".into(), AttributeValue::S(id));
            copy.insert("status".into(), AttributeValue::S("COMPLETED".into()));
            let put = client.put_item().table_name("Runs").set_item(Some(copy));
            put.send().await.expect("a copy");
        }
    }

    /// Creates the tables.
    ///
    /// # Panics
    /// If the store does not start.
    pub async fn start() -> Self {
        let store = EmbeddedStore::open(&Storage::Memory, Some(free_port())).expect("a store");
        let url = store.url().expect("an address");
        let client = connect(&store.connection_over_http().expect("an address"));
        let lookup = |name: &str| {
            VARIABLES
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        let config = handlers::Config::from_lookup(lookup).expect("a configuration");
        handlers::store::tables::create_tables(&client, &config)
            .await
            .expect("tables");
        Self { url, store }
    }

    /// The endpoint of the tables.
    #[must_use]
    pub fn store_url(&self) -> &str {
        &self.url
    }

    /// The access key of the tables.
    #[must_use]
    pub fn access_key(&self) -> &str {
        self.store.access_key()
    }

    /// A client of the tables.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        connect(&self.store.connection_over_http().expect("an address"))
    }

    /// One of the functions on these tables, built like the caller.
    ///
    /// # Panics
    /// If it does not build.
    #[must_use]
    pub fn function(&self, service: Service) -> FunctionConfig {
        let program = program(service).expect("a program");
        function(service, program, &self.url, self.store.access_key())
    }

    /// An API of this format in front of all functions.
    ///
    /// # Panics
    /// If no address is free.
    pub async fn gateway(&self, format: Format) -> Gateway {
        let addr = SocketAddr::from(([127, 0, 0, 1], 0));
        Gateway::start(addr, format, |service| self.function(service), ENVIRONMENTS)
            .await
            .expect("a free port")
    }
}
