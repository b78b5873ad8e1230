//! The workspace's programs, built when a test or a person first asks for them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;

/// Which of cargo's profiles builds the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// `dev`: what tests run.
    Dev,
    /// `release`: what is packaged and measured.
    Release,
}

impl Profile {
    /// The profile that this program was built with.
    #[must_use]
    pub const fn current() -> Self {
        if cfg!(debug_assertions) {
            Self::Dev
        } else {
            Self::Release
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

/// Why a program could not be built; cargo's own messages are on stderr.
#[derive(Clone, Debug)]
pub struct BuildError(String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cargo build: {}", self.0)
    }
}

impl std::error::Error for BuildError {}

/// The local runner, `sentori`, built once per process.
///
/// # Errors
/// If cargo can't be run or the build fails.
pub fn sentori(profile: Profile) -> Result<&'static Path, BuildError> {
    static DEV: OnceLock<Result<PathBuf, BuildError>> = OnceLock::new();
    static RELEASE: OnceLock<Result<PathBuf, BuildError>> = OnceLock::new();
    let built = match profile {
        Profile::Dev => &DEV,
        Profile::Release => &RELEASE,
    };
    let built = built.get_or_init(|| find(&build("sentori", profile)?, "sentori"));
    built.as_deref().map_err(Clone::clone)
}

/// Builds the programs of a package with the features that it alone asks for, as they are
/// packaged. Cargo says where they are, so every target directory setting is honoured.
///
/// # Errors
/// If cargo can't be run or the build fails.
pub fn build(package: &str, profile: Profile) -> Result<Vec<PathBuf>, BuildError> {
    build_targets(package, "--bins", profile)
}

/// Builds an example of this package: a program that is only there to be run by a test or a
/// benchmark.
///
/// # Errors
/// If cargo can't be run or the build fails.
pub fn example(name: &str, profile: Profile) -> Result<PathBuf, BuildError> {
    find(
        &build_targets(env!("CARGO_PKG_NAME"), "--examples", profile)?,
        name,
    )
}

fn build_targets(
    package: &str,
    targets: &str,
    profile: Profile,
) -> Result<Vec<PathBuf>, BuildError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--package", package, targets])
        .args(["--profile", profile.name()])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| BuildError(error.to_string()))?;
    if !output.status.success() {
        return Err(BuildError(output.status.to_string()));
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(program)
        .collect())
}

/// The one with this name.
///
/// # Errors
/// If there is none.
pub fn find(programs: &[PathBuf], name: &str) -> Result<PathBuf, BuildError> {
    let mut named = programs
        .iter()
        .filter(|program| program.file_stem().is_some_and(|stem| stem == name));
    let found = named.next().cloned();
    found.ok_or_else(|| BuildError(format!("cargo reports no program {name}")))
}

/// The program of one of cargo's messages, if it is about one.
fn program(message: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
    }
    serde_json::from_str::<Message>(message).ok()?.executable
}
