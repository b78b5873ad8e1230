//! The scripts that people and workflows run, run: with doubles of `terraform` and `aws` that note
//! their arguments, and the smoke test against the compiled server.

mod canary;
mod deploy;
mod mute;
mod operate;
mod pages;
mod report;
mod smoke;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use catalogue::Service;
use telemetry::Dimension as _;
use tempfile::TempDir;

use super::files;

/// The components that have a state.
const COMPONENTS: [&str; 3] = ["data", "api", "grafana"];

/// The names of the functions in the environment `dev`.
fn functions() -> impl Iterator<Item = String> {
    Service::all().map(|service| format!("sentori-dev-{}", service.value()))
}

/// A copy of what scripts need, where they may write, with the doubles first on the path.
struct Checkout {
    folder: TempDir,
    /// What the doubles remember: calls, objects, live versions.
    memory: PathBuf,
}

/// What came of a script.
#[derive(Debug)]
struct ScriptOutput {
    status: i32,
    out: String,
    err: String,
}

impl Checkout {
    /// The scripts, and settings of `dev`.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        let dev = here.join("infra/aws/environments/dev");
        let root = files::root();
        copy(
            &root.join("infra/aws/scripts"),
            &here.join("infra/aws/scripts"),
        );
        copy(
            &root.join("infra/aws/bootstrap"),
            &here.join("infra/aws/bootstrap"),
        );
        copy(&root.join("infra/aws/environments/example"), &dev);
        copy(&root.join(".github/scripts"), &here.join(".github/scripts"));
        copy(&root.join(".ci"), &here.join(".ci"));
        copy(
            &root.join("handlers/src/bin"),
            &here.join("handlers/src/bin"),
        );
        for component in COMPONENTS {
            fs::create_dir(here.join("infra/aws").join(component)).unwrap();
        }
        let memory = here.join("memory");
        for folder in ["live", "share", "logged"] {
            fs::create_dir_all(memory.join(folder)).unwrap();
        }
        Self { folder, memory }
    }

    /// One whose functions have this version live.
    fn live(version: &str) -> Self {
        let checkout = Self::new();
        for function in functions() {
            checkout.note(&format!("live/{function}"), version);
        }
        checkout
    }

    /// Another checkout that shares what is outside of it: objects and functions.
    fn beside(&self) -> Self {
        let memory = self.memory.clone();
        Self {
            memory,
            ..Self::new()
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Runs a script with the variables that bootstrap prints.
    fn run(&self, script: &str, arguments: &[&str]) -> ScriptOutput {
        self.run_with(&[], script, arguments)
    }

    fn run_with(
        &self,
        variables: &[(&str, &str)],
        script: &str,
        arguments: &[&str],
    ) -> ScriptOutput {
        let doubles = files::root().join("tests/infrastructure/doubles");
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new(self.path(script));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PATH", format!("{}:{path}", doubles.display()))
            .env("DOUBLES", &self.memory)
            .env("STATE_BUCKET", "state")
            .env("AWS_REGION", "eu-west-3")
            .env_remove("PERMISSIONS_BOUNDARY")
            .env_remove("GITHUB_OUTPUT")
            .env_remove("GITHUB_STEP_SUMMARY")
            .env_remove("GITHUB_SHA")
            .env("GITHUB_REPOSITORY", "owner/repository")
            .envs(variables.iter().copied());
        ScriptOutput::from(command.output().unwrap())
    }

    /// What the doubles were called with, oldest first.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.memory.join("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    fn note(&self, path: &str, text: &str) {
        fs::write(self.memory.join(path), text).unwrap();
    }

    fn noted(&self, path: &str) -> String {
        fs::read_to_string(self.memory.join(path)).unwrap_or_default()
    }
}

impl From<Output> for ScriptOutput {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Copies a folder of files.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
