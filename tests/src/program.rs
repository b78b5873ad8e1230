//! The workspace's programs, built when a test or a person first asks for them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;

/// Which of cargo's profiles builds the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// `dev`: what tests run.
    Dev,
    /// `release`: what benchmarks run.
    Release,
    /// `function`: how Lambda functions are packaged and measured.
    Function,
}

impl Profile {
    /// The functions' profile beside a program built like this one: tests are built for
    /// debugging, and so are the functions they run; a benchmark measures what is packaged.
    #[must_use]
    pub const fn of_functions() -> Self {
        if cfg!(debug_assertions) {
            Self::Dev
        } else {
            Self::Function
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
            Self::Function => "function",
        }
    }
}

/// Why a program could not be built; cargo's own messages are on stderr.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct BuildError(String);

impl BuildError {
    pub(crate) fn new(reason: String) -> Self {
        Self(reason)
    }
}

/// The local runner, `sentori`, built once per process and as optimised as this one.
///
/// # Errors
/// If cargo can't be run or the build fails.
pub fn sentori() -> Result<&'static Path, BuildError> {
    static BUILT: OnceLock<Result<PathBuf, BuildError>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let profile = if cfg!(debug_assertions) {
            Profile::Dev
        } else {
            Profile::Release
        };
        find(&build("sentori", profile)?, "sentori")
    });
    built.as_deref().map_err(Clone::clone)
}

/// Builds the programs of a package with the features that it alone asks for, as they are
/// packaged. Cargo says where they are, so every target directory setting is honoured.
///
/// Where the variable `PROGRAMS` names a folder, those of `dev` are there already: CI builds them
/// with the tests, since each package by itself would want its dependencies with other features,
/// and so once more.
///
/// # Errors
/// If cargo can't be run or the build fails.
pub fn build(package: &str, profile: Profile) -> Result<Vec<PathBuf>, BuildError> {
    build_with(package, profile, "")
}

/// Like [`build`], with these features as well; what CI builds has every feature.
///
/// # Errors
/// If cargo can't be run or the build fails.
pub fn build_with(
    package: &str,
    profile: Profile,
    features: &str,
) -> Result<Vec<PathBuf>, BuildError> {
    match std::env::var_os("PROGRAMS") {
        Some(folder) if profile == Profile::Dev => built_before(Path::new(&folder)),
        _ => programs(&[
            "--package",
            package,
            "--profile",
            profile.name(),
            "--features",
            features,
        ]),
    }
}

fn built_before(folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder);
    let listed = folder
        .read_dir()
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut listed: Vec<PathBuf> =
        listed.map_err(|error| BuildError(format!("PROGRAMS, {}: {error}", folder.display())))?;
    listed.retain(|path| path.is_file() && path.extension().is_none());
    Ok(listed)
}

/// A program of tests/stranger, a workspace of its own, built once per process.
///
/// # Errors
/// If cargo can't be run, the build fails, or there is no such program.
pub fn stranger(name: &str) -> Result<PathBuf, BuildError> {
    static BUILT: OnceLock<Result<Vec<PathBuf>, BuildError>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        programs(&[
            "--locked",
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/stranger/Cargo.toml"),
            "--target-dir",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../target"),
        ])
    });
    find(built.as_ref().map_err(Clone::clone)?, name)
}

fn programs(arguments: &[&str]) -> Result<Vec<PathBuf>, BuildError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--bins"])
        .args(arguments)
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| BuildError(format!("cargo build: {error}")))?;
    if !output.status.success() {
        return Err(BuildError(format!("cargo build: {}", output.status)));
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
