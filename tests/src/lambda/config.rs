//! What Lambda is told of a function.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub(super) const REGION: &str = "eu-west-3";

/// A function's configuration, as Lambda has it.
#[derive(Clone, Debug)]
pub struct FunctionConfig {
    /// The function's name.
    pub name: String,
    /// The program: a `bootstrap`.
    pub program: PathBuf,
    /// Its arguments; Lambda gives none, an interpreter needs some.
    pub args: Vec<OsString>,
    /// The function's own environment variables, beside those that Lambda sets.
    pub env: BTreeMap<String, String>,
    /// How long one invocation may take: the deadline that the function is told.
    pub timeout: Duration,
    /// How much later than that the process is killed: not at all on Lambda. A test of what is
    /// written before the deadline gives a busy machine time.
    pub overrun: Duration,
    /// Memory in MB. It is told to the function, not enforced.
    pub memory_mb: u32,
    /// Lambda's sampling decision for traces.
    pub sampled: bool,
    /// How long the process may take to end after SIGTERM. Lambda's own is 500 ms.
    pub shutdown_grace: Duration,
}

impl FunctionConfig {
    /// The function `name` as `program`, with 256 MB, 10 s, sampled, and no variables of its own.
    pub fn new(name: impl Into<String>, program: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            program: program.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            timeout: Duration::from_secs(10),
            overrun: Duration::ZERO,
            memory_mb: 256,
            sampled: true,
            shutdown_grace: Duration::from_millis(500),
        }
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// The process's whole environment: Lambda's variables, then the function's own.
    pub(super) fn environment(
        &self,
        api: SocketAddr,
        daemon: SocketAddr,
    ) -> BTreeMap<String, String> {
        let mut all = BTreeMap::from([
            ("AWS_ACCESS_KEY_ID", "AKIDLOCAL".to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".to_owned()),
            (
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                self.memory_mb.to_string(),
            ),
            ("AWS_LAMBDA_FUNCTION_NAME", self.name.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            (
                "AWS_LAMBDA_LOG_GROUP_NAME",
                format!("/aws/lambda/{}", self.name),
            ),
            (
                "AWS_LAMBDA_LOG_STREAM_NAME",
                "2026/01/01/[$LATEST]0".to_owned(),
            ),
            ("AWS_LAMBDA_RUNTIME_API", api.to_string()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_SESSION_TOKEN", "local".to_owned()),
            ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR".to_owned()),
            ("AWS_XRAY_DAEMON_ADDRESS", daemon.to_string()),
            ("LAMBDA_TASK_ROOT", "/var/task".to_owned()),
            ("LANG", "en_US.UTF-8".to_owned()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("TZ", ":UTC".to_owned()),
            ("_HANDLER", "bootstrap".to_owned()),
        ])
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect::<BTreeMap<_, _>>();
        all.extend(self.env.clone());
        all
    }
}
