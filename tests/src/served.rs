//! The compiled `sentori serve` as a child process.
#![expect(clippy::expect_used, reason = "tests report by failing")]

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Api;
use crate::program;

/// A server that is killed when this is dropped.
#[derive(Debug)]
pub struct Served {
    child: Child,
    base: String,
    api: Api,
}

impl Served {
    /// Serves the tables in `folder` at a free port.
    pub async fn start(folder: &Path) -> Self {
        Self::spawn(serve(Command::new(sentori()), folder)).await
    }

    /// Like [`Served::start`]; event lines are appended to `events`.
    pub async fn start_with_events(folder: &Path, events: &Path) -> Self {
        let mut command = serve(Command::new(sentori()), folder);
        command.arg("--emf").arg(events);
        Self::spawn(command).await
    }

    /// Like [`Served::start`]; event lines go where `emf` says, standard output to a file.
    pub async fn start_with_output(folder: &Path, emf: &str, output: std::fs::File) -> Self {
        let mut command = serve(Command::new(sentori()), folder);
        command.args(["--emf", emf]).stdout(output);
        Self::spawn(command).await
    }

    /// Like [`Served::start`], on a disk that is full once a file has reached
    /// `kibibytes`: the operating system then refuses to write.
    pub async fn start_on_small_disk(folder: &Path, kibibytes: u32) -> Self {
        let mut shell = Command::new("sh");
        // Ignored, the signal leaves it to the program to see the refusal. The
        // shell counts in blocks of 512 bytes.
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kibibytes * 2);
        shell.args(["-c", &script, "sh"]).arg(sentori());
        Self::spawn(serve(shell, folder)).await
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
                // Whatever else it writes must not fill the pipe.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Self { child, base, api };
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

fn serve(mut command: Command, folder: &Path) -> Command {
    command.args(["serve", "--addr", "127.0.0.1:0", "--data"]);
    command.arg(folder).stdout(Stdio::null());
    command
}

fn sentori() -> &'static Path {
    program::sentori().expect("built")
}
