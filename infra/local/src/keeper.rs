//! Keeps over a restart what no event line says: spans, what other programs send, and changes
//! of alarms, in the lines of a [recording](crate::recording).
//!
//! One thread writes; nobody waits for it but the end of the process. What a slow disk leaves
//! waiting is bounded, and what is beyond that is counted and said.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use dashboards::data::Journal;

use crate::otlp::spans;
use crate::requests::Requests;

/// How long spans may wait until they are written.
const EVERY: Duration = Duration::from_millis(500);

/// Most bytes that wait to be written.
const MAX_WAITING: usize = 32 * 1024 * 1024;

/// Writes lines. A clone writes to the same journal.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    messages: mpsc::Sender<Message>,
    queue: Arc<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    /// Bytes of lines that wait.
    waiting: AtomicUsize,
    /// Lines for which there was no room.
    lost: AtomicUsize,
}

impl Queue {
    /// Whether there is room for a line, which then waits.
    fn enters(&self, bytes: usize) -> bool {
        let enters = self.waiting.fetch_add(bytes, Relaxed) + bytes <= MAX_WAITING;
        if !enters {
            self.waiting.fetch_sub(bytes, Relaxed);
            self.lost.fetch_add(1, Relaxed);
        }
        enters
    }
}

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
        let queue = Arc::<Queue>::default();
        let of_thread = Arc::clone(&queue);
        thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || run(&told, &of_thread, journal, &requests))?;
        Ok(Self { messages, queue })
    }

    /// Writes a line, which ends here.
    pub(crate) fn line(&self, value: &impl serde::Serialize) {
        if let Ok(mut line) = serde_json::to_vec(value) {
            line.push(b'\n');
            if self.queue.enters(line.len()) {
                // The thread ends with the last sender.
                let _ = self.messages.send(Message::Line(line));
            }
        }
    }

    /// Waits until everything so far is written, for at most so long; whether it is.
    pub(crate) fn drain(&self, at_most: Duration) -> bool {
        let (done, drained) = mpsc::channel();
        let _ = self.messages.send(Message::Drain(done));
        drained.recv_timeout(at_most) == Err(RecvTimeoutError::Disconnected)
    }
}

fn run(told: &mpsc::Receiver<Message>, queue: &Queue, mut journal: Journal, requests: &Requests) {
    let mut full = false;
    loop {
        let mut lines = Vec::new();
        let mut drained = None;
        match told.recv_timeout(EVERY) {
            Ok(Message::Line(line)) => {
                queue.waiting.fetch_sub(line.len(), Relaxed);
                lines = line;
            }
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
        match queue.lost.swap(0, Relaxed) {
            0 => {}
            lost => tracing::warn!(lost, "more arrives than the data folder's disk takes"),
        }
        if !lines.is_empty() {
            let written = journal.append(&lines);
            if let Err(error) = &written
                && !full
            {
                tracing::warn!(%error, "spans cannot be kept over a restart");
            }
            full = written.is_err();
        }
        drop(drained);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_and_what_has_no_room_is_counted() {
        let queue = Queue::default();
        assert!(queue.enters(MAX_WAITING - 1));
        assert!(!queue.enters(2));
        assert!(queue.enters(1));
        assert_eq!(queue.lost.load(Relaxed), 1);
    }
}
