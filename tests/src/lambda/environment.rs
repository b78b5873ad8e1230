//! One execution environment: a process, its Runtime API, and where it is in its life.

use std::fmt;
use std::io;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::StatusCode;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::config::FunctionConfig;
use super::log::LogStream;
use super::runtime_api::{Call, Event, FunctionError, RuntimeApi};
use super::xray::Daemon;
use super::{Memory, PAYLOAD_LIMIT};

/// How long Lambda lets a function initialise.
const INIT_LIMIT: Duration = Duration::from_secs(10);

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

/// Why an execution environment did not come to its first `/next`.
#[derive(Debug, thiserror::Error)]
#[error("{reason}\n{}", log.join("\n"))]
pub struct StartError {
    /// What happened.
    pub reason: String,
    /// What the process had written until then.
    pub log: Vec<String>,
}

/// How an execution environment ended when it was told to.
#[derive(Debug)]
pub struct Exit {
    /// The process's exit status; a signal if it had to be killed.
    pub status: ExitStatus,
    /// Lines written after the last invocation.
    pub log: Vec<String>,
    /// Trace segments received after the last invocation.
    pub segments: Vec<Value>,
}

/// Sends SIGTERM to one process.
#[derive(Clone, Copy, Debug)]
pub struct Terminator {
    pid: u32,
}

impl Terminator {
    /// Sends the signal.
    ///
    /// # Errors
    /// If the process has ended.
    pub fn terminate(self) -> io::Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("the process id is out of range"))?;
        Ok(kill_process(pid, Signal::TERM)?)
    }
}

pub(super) struct Environment {
    api: RuntimeApi,
    child: Child,
    pid: u32,
    log: LogStream,
    daemon: Daemon,
    started: Instant,
    /// Where the runtime waits for its next event.
    waiting: Option<oneshot::Sender<Event>>,
    extension_registered: bool,
    pub(super) init_duration: Duration,
}

impl Environment {
    /// Starts the process and waits until it asks for its first event.
    pub(super) async fn start(config: &FunctionConfig) -> Result<Self, StartError> {
        let mut environment = Self::spawn(config).await.map_err(|error| StartError {
            reason: format!("{} can't be started: {error}", config.program.display()),
            log: Vec::new(),
        })?;
        let reason = match timeout(INIT_LIMIT, environment.initialise()).await {
            Ok(Ok(())) => {
                environment.init_duration = environment.started.elapsed();
                return Ok(environment);
            }
            Ok(Err(reason)) => reason,
            Err(_) => format!("{} did not initialise within {INIT_LIMIT:?}", config.name),
        };
        let (_, log, _) = environment.end().await.unwrap_or_default();
        Err(StartError { reason, log })
    }

    async fn spawn(config: &FunctionConfig) -> io::Result<Self> {
        let api = RuntimeApi::start().await?;
        let daemon = Daemon::start()?;
        let log = LogStream::new()?;
        let started = Instant::now();
        let child = Command::new(&config.program)
            .args(&config.args)
            .env_clear()
            .envs(config.environment(api.addr, daemon.addr()?))
            .stdin(std::process::Stdio::null())
            .stdout(log.stdio()?)
            .stderr(log.stdio()?)
            .kill_on_drop(true)
            .spawn()?;
        let pid = child
            .id()
            .ok_or_else(|| io::Error::other("the process has no id"))?;
        Ok(Self {
            api,
            child,
            pid,
            log,
            daemon,
            started,
            waiting: None,
            extension_registered: false,
            init_duration: Duration::ZERO,
        })
    }

    async fn initialise(&mut self) -> Result<(), String> {
        loop {
            match self.observe().await {
                RuntimeEvent::Call(Call::Next { reply }) => {
                    self.waiting = Some(reply);
                    return Ok(());
                }
                RuntimeEvent::Call(Call::ExtensionRegistered) => self.extension_registered = true,
                RuntimeEvent::Call(Call::InitError { error, reply }) => {
                    let _ = reply.send(StatusCode::ACCEPTED);
                    return Err(format!("{}: {}", error.error_type, error.error_message));
                }
                RuntimeEvent::Call(call) => refuse(call),
                RuntimeEvent::Exit(status) => {
                    return Err(format!("exit before the first event: {status}"));
                }
            }
        }
    }

    /// Hands out an event and waits until the runtime asks for the next one.
    /// Also says how long the answer took, which is less.
    pub(super) async fn run(&mut self, event: Event, limit: Duration) -> (Outcome, Duration) {
        let started = Instant::now();
        let id = event.request_id.clone();
        if self
            .waiting
            .take()
            .is_none_or(|runtime| runtime.send(event).is_err())
        {
            return (
                Outcome::exited("the runtime does not wait for an event"),
                started.elapsed(),
            );
        }
        let mut answer = None;
        let ended = timeout(limit, self.follow(&id, started, &mut answer)).await;
        match ended {
            Ok(Some(exit)) => (exit, started.elapsed()),
            Ok(None) => answer.unwrap_or_else(|| {
                (
                    Outcome::exited("the runtime asked for an event before it had answered"),
                    started.elapsed(),
                )
            }),
            Err(_) => {
                let _ = self.child.start_kill();
                (Outcome::TimedOut, started.elapsed())
            }
        }
    }

    /// Takes the runtime's calls until it asks for the next event; some outcome if it dies.
    async fn follow(
        &mut self,
        id: &str,
        started: Instant,
        answer: &mut Option<(Outcome, Duration)>,
    ) -> Option<Outcome> {
        loop {
            match self.observe().await {
                RuntimeEvent::Call(Call::Next { reply }) => {
                    self.waiting = Some(reply);
                    return None;
                }
                RuntimeEvent::Call(Call::Response {
                    id: of,
                    body,
                    reply,
                }) if of == id && answer.is_none() => {
                    let (outcome, status) = if body.len() > PAYLOAD_LIMIT {
                        (
                            Outcome::too_large(body.len()),
                            StatusCode::PAYLOAD_TOO_LARGE,
                        )
                    } else {
                        (Outcome::Response(body), StatusCode::ACCEPTED)
                    };
                    *answer = Some((outcome, started.elapsed()));
                    let _ = reply.send(status);
                }
                RuntimeEvent::Call(Call::Error {
                    id: of,
                    error,
                    reply,
                }) if of == id && answer.is_none() => {
                    *answer = Some((Outcome::Error(error), started.elapsed()));
                    let _ = reply.send(StatusCode::ACCEPTED);
                }
                RuntimeEvent::Call(call) => refuse(call),
                RuntimeEvent::Exit(status) => return Some(Outcome::exited(&status)),
            }
        }
    }

    async fn observe(&mut self) -> RuntimeEvent {
        tokio::select! {
            // A call that was made before the process ended counts.
            biased;
            Some(call) = self.api.calls.recv() => RuntimeEvent::Call(call),
            status = self.child.wait() => {
                RuntimeEvent::Exit(status.map_or_else(|error| error.to_string(), |status| status.to_string()))
            }
        }
    }

    /// What was written and sent since the last call.
    pub(super) fn drain(&mut self) -> io::Result<(Vec<String>, Vec<Value>)> {
        Ok((self.log.drain()?, self.daemon.drain()?))
    }

    /// Whether the runtime waits for an event; otherwise the environment is of no more use.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    pub(super) fn memory(&self) -> io::Result<Memory> {
        Memory::of(self.pid)
    }

    /// Ends the environment as Lambda does when it is no longer needed: SIGTERM and `grace` if an
    /// extension is registered, then SIGKILL.
    pub(super) async fn stop(mut self, grace: Duration) -> io::Result<Exit> {
        if self.extension_registered {
            self.terminator().terminate()?;
            let _ = timeout(grace, self.child.wait()).await;
        }
        let (status, log, segments) = self.end().await?;
        let status = status.ok_or_else(|| io::Error::other("the process has no exit status"))?;
        Ok(Exit {
            status,
            log,
            segments,
        })
    }

    pub(super) fn terminator(&self) -> Terminator {
        Terminator { pid: self.pid }
    }

    /// Kills the process if it still runs, and collects what it left.
    pub(super) async fn end(mut self) -> io::Result<(Option<ExitStatus>, Vec<String>, Vec<Value>)> {
        let status = match self.child.try_wait()? {
            Some(status) => status,
            None => {
                self.child.start_kill()?;
                self.child.wait().await?
            }
        };
        Ok((Some(status), self.log.finish()?, self.daemon.drain()?))
    }
}

enum RuntimeEvent {
    Call(Call),
    Exit(String),
}

/// Answers a call that does not fit the environment's state: an unknown or answered request id.
fn refuse(call: Call) {
    match call {
        Call::Response { reply, .. }
        | Call::Error { reply, .. }
        | Call::InitError { reply, .. } => {
            let _ = reply.send(StatusCode::BAD_REQUEST);
        }
        Call::Next { .. } | Call::ExtensionRegistered => {}
    }
}

impl Outcome {
    fn exited(how: impl fmt::Display) -> Self {
        Self::Error(FunctionError {
            error_type: "Runtime.ExitError".into(),
            error_message: format!("Runtime exited without answering: {how}"),
        })
    }

    fn too_large(bytes: usize) -> Self {
        Self::Error(FunctionError {
            error_type: "Function.ResponseSizeTooLarge".into(),
            error_message: format!(
                "Response payload size ({bytes} bytes) exceeded {PAYLOAD_LIMIT} bytes"
            ),
        })
    }
}
