//! Keeps over a restart what no event line says: spans, what other programs send, and changes
//! of alarms, in the lines of a [recording](crate::recording).
//!
//! One thread writes; nobody waits for it but the end of the process.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use dashboards::data::Journal;

use crate::otlp::spans;
use crate::requests::Requests;

/// How long spans may wait until they are written.
const EVERY: Duration = Duration::from_millis(500);

/// Writes lines. A clone writes to the same journal.
#[derive(Clone, Debug)]
pub(crate) struct Keeper(mpsc::Sender<Message>);

#[derive(Debug)]
enum Message {
    Line(Vec<u8>),
    /// Let go of this when everything before has been written.
    Drain(mpsc::Sender<()>),
}

impl Keeper {
    /// Starts the thread, which also writes the spans of these requests.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub(crate) fn start(journal: Journal, requests: Requests) -> std::io::Result<Self> {
        requests.keep_new();
        let (messages, told) = mpsc::channel();
        thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || run(&told, journal, &requests))?;
        Ok(Self(messages))
    }

    /// Writes a line, which ends here.
    pub(crate) fn line(&self, value: &impl serde::Serialize) {
        if let Ok(mut line) = serde_json::to_vec(value) {
            line.push(b'\n');
            // A thread that is gone has said why.
            let _ = self.0.send(Message::Line(line));
        }
    }

    /// Waits until everything so far is written, for at most so long; whether it is.
    pub(crate) fn drain(&self, at_most: Duration) -> bool {
        let (done, drained) = mpsc::channel();
        let _ = self.0.send(Message::Drain(done));
        drained.recv_timeout(at_most) == Err(RecvTimeoutError::Disconnected)
    }
}

fn run(told: &mpsc::Receiver<Message>, mut journal: Journal, requests: &Requests) {
    let mut full = false;
    loop {
        let mut lines = Vec::new();
        let mut drained = None;
        match told.recv_timeout(EVERY) {
            Ok(Message::Line(line)) => lines = line,
            Ok(Message::Drain(done)) => drained = Some(done),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let spans = requests.take_new_spans();
        if !spans.is_empty()
            && let Ok(line) = serde_json::to_vec(&spans::write(&spans))
        {
            lines.extend(line);
            lines.push(b'\n');
        }
        let failed = !lines.is_empty() && journal.append(&lines).is_err();
        if failed && !full {
            tracing::warn!(
                "spans cannot be kept over a restart: the data folder's disk is full or gone"
            );
        }
        full = failed || (full && lines.is_empty());
        drop(drained);
    }
}
