//! Where event lines go.

use std::{
    fmt,
    fs::OpenOptions,
    io::{self, Write},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

/// A place that event lines are written to.
///
/// Every write holds whole lines, so that lines of concurrent requests never interleave.
pub struct Destination {
    name: String,
    output: Output,
}

enum Output {
    Stdout,
    Path(PathBuf),
    Lines(Lines),
    Writer(Box<dyn Write + Send>),
}

impl Destination {
    /// Standard output, which is all that Lambda needs.
    pub fn stdout() -> Self {
        Self::new("stdout", Output::Stdout)
    }

    /// A file that lines are appended to; it is created if it does not exist.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self::new(path.display().to_string(), Output::Path(path))
    }

    /// Memory, for tests.
    pub fn lines(lines: &Lines) -> Self {
        Self::new("memory", Output::Lines(lines.clone()))
    }

    /// Anything else. Each `write_all` gets whole lines; `name` is for messages.
    pub fn writer(name: impl Into<String>, writer: impl Write + Send + 'static) -> Self {
        Self::new(name, Output::Writer(Box::new(writer)))
    }

    fn new(name: impl Into<String>, output: Output) -> Self {
        Self {
            name: name.into(),
            output,
        }
    }

    /// Opens the destination; the error says which one and why.
    pub(crate) fn open(self) -> Result<Sink, OpenError> {
        let writer: Writer = match self.output {
            Output::Stdout => Writer::Stdout,
            Output::Lines(lines) => Writer::Lines(lines),
            Output::Writer(writer) => Writer::Other(Mutex::new(writer)),
            Output::Path(path) => {
                let file = OpenOptions::new().append(true).create(true).open(&path);
                let file = file.map_err(|source| OpenError { path, source })?;
                Writer::Other(Mutex::new(Box::new(file)))
            }
        };
        Ok(Sink {
            name: self.name,
            writer,
            failed: AtomicBool::new(false),
        })
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({})", self.name)
    }
}

/// A file for event lines that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open {} for metric events: {source}", path.display())]
pub struct OpenError {
    path: PathBuf,
    source: io::Error,
}

/// An open destination.
pub(crate) struct Sink {
    name: String,
    writer: Writer,
    failed: AtomicBool,
}

enum Writer {
    Stdout,
    Lines(Lines),
    Other(Mutex<Box<dyn Write + Send>>),
}

impl Sink {
    /// Writes whole lines. A destination that fails never fails a request: it is tried
    /// again with the next event, and the log says once that events are being lost.
    pub(crate) fn write(&self, lines: &[u8]) {
        let written = match &self.writer {
            Writer::Stdout => write(&mut io::stdout().lock(), lines),
            Writer::Other(writer) => write(&mut *locked(writer), lines),
            Writer::Lines(memory) => {
                locked(&memory.0).extend_from_slice(lines);
                Ok(())
            }
        };
        if let Err(error) = written
            && !self.failed.swap(true, Relaxed)
        {
            let destination = self.name.as_str();
            tracing::error!(destination, %error, "metric events cannot be written and are lost");
        }
    }
}

fn write(writer: &mut impl Write, lines: &[u8]) -> io::Result<()> {
    writer.write_all(lines)?;
    writer.flush()
}

/// A writer that panicked once is still a writer.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sink({})", self.name)
    }
}

/// Event lines in memory: what a test looks at.
#[derive(Clone, Debug, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// The lines so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&locked(&self.0)).into_owned()
    }

    /// The lines so far as JSON; a line that is not JSON is a JSON string.
    pub fn json(&self) -> Vec<serde_json::Value> {
        let parsed = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| line.into());
        self.text().lines().map(parsed).collect()
    }

    /// Forgets the lines so far and keeps the memory.
    pub fn clear(&self) {
        locked(&self.0).clear();
    }
}
