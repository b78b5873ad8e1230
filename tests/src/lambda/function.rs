//! A function and its invocations.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use serde_json::Value;
use uuid::Uuid;

use super::environment::{Environment, Exit, StartError, Terminator};
use super::runtime_api::{Event, FunctionError};
use super::{Memory, PAYLOAD_LIMIT};

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

const REGION: &str = "eu-west-3";

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The function's answer.
    Response(Bytes),
    /// The function failed, or its process ended.
    Error(FunctionError),
    /// The deadline passed and the process was killed.
    TimedOut,
}

/// One invocation, from the event to the moment the environment was ready for the next.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The request id that the function was given.
    pub request_id: String,
    /// The trace header that the function was given.
    pub trace_header: String,
    /// How it ended.
    pub outcome: Outcome,
    /// From handing out the event to the answer.
    pub response_time: Duration,
    /// From starting the process to its first `/next`, if this event started it.
    pub init_duration: Option<Duration>,
    /// The log lines of this invocation, those of the start included.
    pub log: Vec<String>,
    /// The trace segments received during this invocation.
    pub segments: Vec<Value>,
}

/// Why there was no invocation.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The event is larger than [`PAYLOAD_LIMIT`]; its size in bytes.
    #[error("event of {0} bytes is above the limit of {PAYLOAD_LIMIT}")]
    TooLarge(usize),
    /// The environment did not start.
    #[error(transparent)]
    Start(StartError),
    /// The log stream or the daemon's socket failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A function with at most one execution environment.
pub struct Function {
    config: FunctionConfig,
    environment: Option<Environment>,
}

impl Function {
    /// A function that no event has started yet.
    pub fn new(config: FunctionConfig) -> Self {
        Self {
            config,
            environment: None,
        }
    }

    /// Gives the function an event and waits until it is ready for the next one.
    ///
    /// # Errors
    /// If the event is too large or the environment can't be started. A function that fails,
    /// panics, dies or exceeds its time is no error but an [`Outcome`].
    pub async fn invoke(&mut self, payload: impl Into<Bytes>) -> Result<Invocation, InvokeError> {
        let payload = payload.into();
        if payload.len() > PAYLOAD_LIMIT {
            return Err(InvokeError::TooLarge(payload.len()));
        }
        let (mut environment, init_duration) = match self.environment.take() {
            Some(environment) => (environment, None),
            None => {
                let environment = Environment::start(&self.config)
                    .await
                    .map_err(InvokeError::Start)?;
                let init_duration = environment.init_duration;
                (environment, Some(init_duration))
            }
        };
        let event = self.event(payload);
        let (request_id, trace_header) = (event.request_id.clone(), event.trace_header.clone());
        let (outcome, response_time) = environment
            .run(event, self.config.timeout + self.config.overrun)
            .await;
        let (log, segments) = if environment.is_waiting() {
            let written = environment.drain()?;
            self.environment = Some(environment);
            written
        } else {
            let (_, log, segments) = environment.end().await?;
            (log, segments)
        };
        Ok(Invocation {
            request_id,
            trace_header,
            outcome,
            response_time,
            init_duration,
            log,
            segments,
        })
    }

    fn event(&self, payload: Bytes) -> Event {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let root = Uuid::new_v4().simple().to_string();
        let parent = Uuid::new_v4().simple().to_string();
        Event {
            request_id: Uuid::new_v4().to_string(),
            deadline_ms: (now + self.config.timeout).as_millis(),
            function_arn: format!(
                "arn:aws:lambda:{REGION}:123456789012:function:{}",
                self.config.name
            ),
            trace_header: format!(
                "Root=1-{:08x}-{};Parent={};Sampled={}",
                now.as_secs(),
                &root[..24],
                &parent[..16],
                u8::from(self.config.sampled)
            ),
            payload,
        }
    }

    /// Memory of the execution environment, if there is one.
    ///
    /// # Errors
    /// If /proc can't be read.
    pub fn memory(&self) -> io::Result<Option<Memory>> {
        self.environment
            .as_ref()
            .map(Environment::memory)
            .transpose()
    }

    /// A way to send SIGTERM to the execution environment's process while it works.
    pub fn terminator(&self) -> Option<Terminator> {
        self.environment.as_ref().map(Environment::terminator)
    }

    /// Ends the execution environment, if there is one, as Lambda does when it is idle for long.
    ///
    /// # Errors
    /// If the process can't be signalled or its output not be read.
    pub async fn stop(&mut self) -> io::Result<Option<Exit>> {
        match self.environment.take() {
            Some(environment) => environment.stop(self.config.shutdown_grace).await.map(Some),
            None => Ok(None),
        }
    }
}
