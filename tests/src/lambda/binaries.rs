//! The functions' programs, built when a test or a person first asks for them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;

use super::FunctionConfig;

/// Which of cargo's profiles builds the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// `dev`: what tests run.
    Dev,
    /// `release`: what is packaged and measured.
    Release,
}

/// The two functions' programs.
#[derive(Clone, Debug)]
pub struct Binaries {
    run_api: PathBuf,
    sensor_api: PathBuf,
}

/// Why the programs could not be built; cargo's own messages are on stderr.
#[derive(Clone, Debug)]
pub struct BuildError(String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cargo build --package handlers --bins: {}", self.0)
    }
}

impl std::error::Error for BuildError {}

impl Binaries {
    /// Builds the functions once per process, as they are packaged: with the features that they
    /// alone ask for. Cargo says where they are, so every target directory setting is honoured.
    ///
    /// # Errors
    /// If cargo can't be run or the build fails.
    pub fn build(profile: Profile) -> Result<Self, BuildError> {
        static DEV: OnceLock<Result<Binaries, BuildError>> = OnceLock::new();
        static RELEASE: OnceLock<Result<Binaries, BuildError>> = OnceLock::new();
        let built = match profile {
            Profile::Dev => DEV.get_or_init(|| build("dev")),
            Profile::Release => RELEASE.get_or_init(|| build("release")),
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

fn build(profile: &str) -> Result<Binaries, BuildError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--package",
            "handlers",
            "--bins",
            "--profile",
            profile,
        ])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| BuildError(error.to_string()))?;
    if !output.status.success() {
        return Err(BuildError(output.status.to_string()));
    }
    let programs: Vec<_> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(program)
        .collect();
    let find = |name: &str| {
        let found = programs
            .iter()
            .find(|program| program.file_stem().is_some_and(|stem| stem == name));
        found
            .cloned()
            .ok_or_else(|| BuildError(format!("cargo reports no program {name}")))
    };
    Ok(Binaries {
        run_api: find("run-api")?,
        sensor_api: find("sensor-api")?,
    })
}

/// The program of one of cargo's messages, if it is about one.
fn program(message: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
    }
    serde_json::from_str::<Message>(message).ok()?.executable
}
