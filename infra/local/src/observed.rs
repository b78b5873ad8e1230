//! What this process observes of itself: its events, as CloudWatch would know them, and its
//! newest requests. All of it is in bounded memory: 512 MB of events ([`Limits`]), and what
//! [`requests`](crate::requests) says.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use dashboards::data::{Events, Journal, Limits, Recorder, Tap};
use telemetry::Destination;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::Error;
use crate::requests::Requests;

/// How many bytes of event lines a data folder keeps.
const MAX_JOURNAL: u64 = 256 * 1024 * 1024;

/// How long the end of the process may wait for the last events.
const DRAIN: Duration = Duration::from_secs(2);

/// Events and requests. A clone is the same ones.
#[derive(Clone, Debug)]
pub struct Observed {
    events: Arc<RwLock<Events>>,
    pub(crate) requests: Requests,
}

/// Where telemetry hands over what happens. None of it makes a request wait.
#[derive(Clone, Debug)]
pub struct Feed {
    events: Tap,
    requests: Requests,
}

impl Observed {
    /// Nothing, and nothing that feeds it.
    #[must_use]
    pub fn nothing(environment: &str) -> Self {
        let events = Events::new(::library::DEPLOYMENT, environment, Limits::default());
        Self {
            events: Arc::new(RwLock::new(events)),
            requests: Requests::default(),
        }
    }

    /// What `folder` remembers of earlier processes, if there is one, and from now on what
    /// the feed gets.
    ///
    /// # Errors
    /// If the folder cannot be read or written, or the system has no thread left.
    pub fn start(environment: &str, folder: Option<&Path>) -> Result<(Self, Feed), Error> {
        let observed = Self::nothing(environment);
        let journal = match folder {
            Some(folder) => Some(observed.open_journal(folder)?),
            None => None,
        };
        let (_, events) = Recorder::start(Arc::clone(&observed.events), journal)?;
        let requests = observed.requests.clone();
        Ok((observed, Feed { events, requests }))
    }

    fn open_journal(&self, folder: &Path) -> Result<Journal, Error> {
        let mut events = self.events.write().unwrap_or_else(PoisonError::into_inner);
        Journal::open(folder, MAX_JOURNAL, &mut events).map_err(|source| Error::DataFolder {
            path: folder.to_owned(),
            source,
        })
    }

    /// The events. Whoever holds on to them keeps new ones out.
    pub(crate) fn events(&self) -> RwLockReadGuard<'_, Events> {
        self.events.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Feed {
    /// Waits until what happened so far is kept: at the end, when nothing more happens.
    pub(crate) fn drain(&self) {
        if !self.events.drain(DRAIN) {
            tracing::warn!("the last events may be missing after a restart: the disk is slow");
        }
    }

    /// Takes event lines.
    #[must_use]
    pub fn lines(&self) -> Destination {
        Destination::writer(
            "the console",
            Both(self.requests.lines(), self.events.clone()),
        )
    }

    /// Takes spans and log records.
    #[must_use]
    pub fn tap(&self) -> telemetry::Tap {
        let feed = self.clone();
        telemetry::Tap {
            spans: self.requests.spans(),
            records: BoxMakeWriter::new(move || Both(feed.requests.records(), feed.events.clone())),
        }
    }
}

/// Writes everything to both.
struct Both<A, B>(A, B);

impl<A: Write, B: Write> Write for Both<A, B> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(bytes)?;
        self.1.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
