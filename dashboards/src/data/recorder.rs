//! From the program that writes events to [`Events`], without making it wait.
//!
//! A request hands over its lines and goes on; one thread reads them. What the thread
//! cannot keep up with is dropped and counted, never waited for.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{Events, Journal};

/// So many bytes may wait for the thread.
const MAX_WAITING: usize = 16 * 1024 * 1024;
/// So many bytes are taken in at a time, so that readers get their turn.
const BATCH: usize = 64 * 1024;

/// What became of the lines so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines with something wrong; see [`LineError`](super::LineError).
    pub malformed: u64,
    /// Writes of whole lines that were dropped, because too many bytes were waiting.
    pub dropped: u64,
    /// Batches of lines that the journal could not take, such as on a full disk.
    pub unkept: u64,
}

#[derive(Debug, Default)]
struct Counters {
    waiting: AtomicUsize,
    malformed: AtomicU64,
    dropped: AtomicU64,
    unkept: AtomicU64,
}

/// Takes lines in on a thread of its own, until the last [`Tap`] is gone.
#[derive(Debug)]
pub struct Recorder {
    counters: Arc<Counters>,
    thread: JoinHandle<()>,
}

/// Where a program writes lines: each write is one line or several whole ones.
///
/// It fits [`Destination::writer`](telemetry::Destination::writer). A write copies the
/// lines and never waits; it cannot fail.
#[derive(Clone, Debug)]
pub struct Tap {
    counters: Arc<Counters>,
    messages: mpsc::Sender<Message>,
}

/// What the thread is told.
#[derive(Debug)]
enum Message {
    Lines(Vec<u8>),
    /// Let go of this when everything before has been taken in.
    Drain(mpsc::Sender<()>),
}

impl Recorder {
    /// Starts the thread; a journal gets every line as well.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub fn start(events: Arc<RwLock<Events>>, journal: Option<Journal>) -> io::Result<(Self, Tap)> {
        let counters = Arc::new(Counters::default());
        let (messages, told) = mpsc::channel();
        let tap = Tap {
            counters: Arc::clone(&counters),
            messages,
        };
        let counts = Arc::clone(&counters);
        let thread = thread::Builder::new()
            .name("events".to_owned())
            .spawn(move || run(&told, &events, &counts, journal))?;
        Ok((Self { counters, thread }, tap))
    }

    /// What became of the lines so far.
    pub fn counts(&self) -> Counts {
        self.counters.counts()
    }

    /// Waits until every [`Tap`] is gone and what they wrote is taken in.
    pub fn join(self) -> Counts {
        let Self { counters, thread } = self;
        // A panic of the thread has been reported where it happened.
        let _ = thread.join();
        counters.counts()
    }
}

impl Counters {
    fn counts(&self) -> Counts {
        Counts {
            malformed: self.malformed.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
            unkept: self.unkept.load(Relaxed),
        }
    }
}

fn run(
    told: &mpsc::Receiver<Message>,
    events: &RwLock<Events>,
    counters: &Counters,
    mut journal: Option<Journal>,
) {
    let mut batch = Vec::new();
    while let Ok(first) = told.recv() {
        batch.clear();
        let mut drained = None;
        let mut next = Some(first);
        while let Some(message) = next.take() {
            match message {
                Message::Lines(lines) => batch.extend(lines),
                Message::Drain(done) => drained = Some(done),
            }
            if batch.len() < BATCH && drained.is_none() {
                next = told.try_recv().ok();
            }
        }
        if let Some(journal) = &mut journal
            && journal.append(&batch).is_err()
        {
            counters.unkept.fetch_add(1, Relaxed);
        }
        let mut events = events.write().unwrap_or_else(PoisonError::into_inner);
        for line in batch.split(|byte| *byte == b'\n') {
            if !line.trim_ascii().is_empty() && events.record(line).is_err() {
                counters.malformed.fetch_add(1, Relaxed);
            }
        }
        counters.waiting.fetch_sub(batch.len(), Relaxed);
        drop(drained);
    }
}

impl Tap {
    /// Waits until what was written before is taken in, for at most so long; whether it is.
    pub fn drain(&self, at_most: Duration) -> bool {
        let (done, drained) = mpsc::channel();
        // A thread that is gone has let go of it as well.
        let _ = self.messages.send(Message::Drain(done));
        drained.recv_timeout(at_most) == Err(mpsc::RecvTimeoutError::Disconnected)
    }
}

impl Write for Tap {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let waiting = self.counters.waiting.fetch_add(lines.len(), Relaxed);
        let full = waiting + lines.len() > MAX_WAITING;
        if full || self.messages.send(Message::Lines(lines.to_vec())).is_err() {
            self.counters.waiting.fetch_sub(lines.len(), Relaxed);
            self.counters.dropped.fetch_add(1, Relaxed);
        }
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
