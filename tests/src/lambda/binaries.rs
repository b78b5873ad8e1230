//! The functions' programs, built when a test or a person first asks for them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::FunctionConfig;
use crate::program::{self, BuildError, Profile};

/// The two functions' programs.
#[derive(Clone, Debug)]
pub struct Binaries {
    run_api: PathBuf,
    sensor_api: PathBuf,
}

impl Binaries {
    /// Builds the functions once per process.
    ///
    /// # Errors
    /// If cargo can't be run or the build fails.
    pub fn build(profile: Profile) -> Result<Self, BuildError> {
        static DEV: OnceLock<Result<Binaries, BuildError>> = OnceLock::new();
        static RELEASE: OnceLock<Result<Binaries, BuildError>> = OnceLock::new();
        let built = match profile {
            Profile::Dev => DEV.get_or_init(|| build(profile)),
            Profile::Release => RELEASE.get_or_init(|| build(profile)),
        };
        built.clone()
    }

    /// `run-api` on the tables at `dynamodb_url`.
    pub fn run_api(&self, dynamodb_url: &str) -> FunctionConfig {
        configure("run-api", &self.run_api, dynamodb_url)
    }

    /// `sensor-api` on the tables at `dynamodb_url`.
    pub fn sensor_api(&self, dynamodb_url: &str) -> FunctionConfig {
        configure("sensor-api", &self.sensor_api, dynamodb_url)
    }
}

/// The variables that the Terraform module sets, with the local tables' names.
fn configure(name: &str, program: &Path, dynamodb_url: &str) -> FunctionConfig {
    FunctionConfig::new(name, program)
        .env("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url)
        .env("ENVIRONMENT", "local")
        .env("GRAFANA_URL", "http://localhost:3000")
        .env("RUNS_TABLE_NAME", "Runs")
        .env("SENSOR_DATA_TABLE_NAME", "SensorData")
}

fn build(profile: Profile) -> Result<Binaries, BuildError> {
    let programs = program::build("handlers", profile)?;
    Ok(Binaries {
        run_api: program::find(&programs, "run-api")?,
        sensor_api: program::find(&programs, "sensor-api")?,
    })
}
