//! The compiled `sentori serve` as a child process.
#![expect(clippy::expect_used, reason = "tests report by failing")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{Api, program, recordings};

/// A server that is killed when this is dropped.
#[derive(Debug)]
pub struct LocalServer {
    child: Child,
    base: String,
    api: Api,
    said: UnboundedReceiver<String>,
}

impl LocalServer {
    /// Serves the tables in `folder` at a free port.
    pub async fn start(folder: &Path) -> Self {
        Self::spawn(serve(Command::new(sentori()), folder)).await
    }

    /// Like [`LocalServer::start`], with these variables.
    pub async fn start_with_variables(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = serve(Command::new(sentori()), folder);
        command.envs(variables.iter().copied());
        Self::spawn(command).await
    }

    /// Like [`LocalServer::start`]; event lines are appended to `events`.
    pub async fn start_with_events(folder: &Path, events: &Path) -> Self {
        let mut command = serve(Command::new(sentori()), folder);
        command.arg("--emf").arg(events);
        Self::spawn(command).await
    }

    /// Like [`LocalServer::start`]; event lines go where `emf` says, standard output to a file.
    pub async fn start_with_output(folder: &Path, emf: &str, output: std::fs::File) -> Self {
        let mut command = serve(Command::new(sentori()), folder);
        command.args(["--emf", emf]).stdout(output);
        Self::spawn(command).await
    }

    /// Like [`LocalServer::start`]; its events go to a pipe that nobody reads.
    pub async fn start_unread(folder: &Path) -> Self {
        let mut command = serve(Command::new(sentori()), folder);
        command.stdout(Stdio::piped());
        Self::spawn(command).await
    }

    /// Like [`LocalServer::start`], on a disk that is full once a file has reached
    /// `kibibytes`: the operating system then refuses to write.
    pub async fn start_on_small_disk(folder: &Path, kibibytes: u32) -> Self {
        let mut shell = Command::new("sh");
        // Ignored, the signal leaves it to the program to see the refusal. The
        // shell counts in blocks of 512 bytes.
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kibibytes * 2);
        shell.args(["-c", &script, "sh"]).arg(sentori());
        Self::spawn(serve(shell, folder)).await
    }

    /// Opens a recording at a free port.
    pub async fn open(recording: &Path) -> Self {
        let mut command = Command::new(sentori());
        command
            .arg("open")
            .arg(recording)
            .args(["--addr", "127.0.0.1:0"])
            .stdout(Stdio::null());
        Self::spawn(command).await
    }

    async fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        loop {
            let line = lines
                .next_line()
                .await
                .expect("text")
                .expect("the server says where it is");
            if let Some(base) = line
                .split_whitespace()
                .find(|word| word.starts_with("http://"))
            {
                let (base, api) = (base.to_owned(), Api::at(base));
                let (say, said) = unbounded_channel();
                // Whatever else it writes must not fill the pipe.
                tokio::spawn(async move {
                    while let Ok(Some(line)) = lines.next_line().await {
                        let _ = say.send(line);
                    }
                });
                return Self {
                    child,
                    base,
                    api,
                    said,
                };
            }
        }
    }

    /// Its URL.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Its API.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The next line on its standard error after those that were asked for; none after its end.
    pub async fn says(&mut self) -> Option<String> {
        self.said.recv().await
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = self
            .child
            .id()
            .and_then(|pid| Pid::from_raw(pid.try_into().ok()?));
        kill_process(pid.expect("still running"), signal).expect("signalled");
    }

    /// Waits for its end.
    pub async fn ended(mut self) -> ExitStatus {
        self.child.wait().await.expect("a status")
    }
}

/// A test that fails leaves a recording of its server.
impl Drop for LocalServer {
    fn drop(&mut self) {
        recordings::leave(|| recording(&self.base));
    }
}

/// What the server at `base` has seen; nothing if it answers no more.
fn recording(base: &str) -> Option<Vec<u8>> {
    let addr = base.strip_prefix("http://")?;
    let mut connection = TcpStream::connect(addr).ok()?;
    connection
        .set_read_timeout(Some(Duration::from_secs(5)))
        .ok()?;
    let ask =
        format!("GET /recording?from=now-1h HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n\r\n");
    connection.write_all(ask.as_bytes()).ok()?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).ok()?;
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(answer.split_off(head + 4))
}

fn serve(mut command: Command, folder: &Path) -> Command {
    command.args(["serve", "--addr", "127.0.0.1:0", "--data"]);
    command.arg(folder).stdout(Stdio::null());
    command
}

fn sentori() -> &'static Path {
    program::sentori().expect("built")
}
