//! A function and its invocations.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use serde_json::Value;
use uuid::Uuid;

use super::config::{FunctionConfig, REGION};
use super::environment::{Environment, Exit, Outcome, StartError, Terminator};
use super::runtime_api::Event;
use super::{Memory, PAYLOAD_LIMIT};

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
