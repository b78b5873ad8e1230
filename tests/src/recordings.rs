//! The recording that a test leaves when it fails.

use std::io::Write as _;
use std::panic::{set_hook, take_hook};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use sentori::metrics::{Emf, metrics};
use sentori::{Feed, Observations, Subject, recorded};
use telemetry::{Config, Telemetry};
use tracing_subscriber::fmt::writer::BoxMakeWriter;

/// Where they are, for CI to keep: a folder of the repository.
pub const RECORDINGS: &str = "target/recordings";

/// What a laptop's environment is called.
const ENVIRONMENT: &str = "local";

/// Leaves what is `recorded` and says where, if this thread's test is failing.
pub(crate) fn leave(recorded: impl FnOnce() -> Option<Vec<u8>>) {
    if !std::thread::panicking() {
        return;
    }
    if let Some(path) = recorded().and_then(|recording| save(&recording)) {
        // Around the capture of the test's output, beside which it is said.
        let _ = writeln!(
            std::io::stderr(),
            "look at it: sentori open {}",
            path.display()
        );
    }
}

fn save(recording: &[u8]) -> Option<PathBuf> {
    let name = std::thread::current().name()?.replace("::", ".");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let folder = root.join(RECORDINGS);
    std::fs::create_dir_all(&folder).ok()?;
    let path = folder.join(format!("{name}.jsonl"));
    std::fs::write(&path, recording).ok()?;
    Some(path)
}

/// Everything that is done in this process. Telemetry is a process's, so a test's recording has
/// what the tests beside it did at the same time as well.
struct Process {
    observed: Observations,
    feed: Feed,
    _telemetry: Telemetry,
}

static PROCESS: OnceLock<Option<Process>> = OnceLock::new();

impl Process {
    /// Nothing if this process has other telemetry already.
    fn start() -> Option<Self> {
        let subject = Subject::sentori();
        let (observed, feed) = Observations::start(&subject, ENVIRONMENT, None).ok()?;
        let (emf, stdout) = (Emf::Off, std::io::sink());
        let metrics = metrics(&subject, ENVIRONMENT, &emf, stdout, feed.lines()).ok()?;
        let mut config = Config::local("sentori", metrics, &|_| None);
        config.tap = Some(feed.tap());
        config.records = BoxMakeWriter::new(std::io::sink);
        // What a test panics with is still the test's to say.
        let said_by_tests = take_hook();
        let telemetry = config.init().ok();
        set_hook(said_by_tests);
        Some(Self {
            observed,
            feed,
            _telemetry: telemetry?,
        })
    }
}

/// Leaves what happened in this process from now on if it is dropped by a test that fails.
#[derive(Debug)]
pub(crate) struct Recording {
    /// In seconds since 1970.
    since: i64,
}

impl Recording {
    pub(crate) fn start() -> Self {
        // A benchmark measures what is served, not what is seen of it.
        PROCESS.get_or_init(|| cfg!(debug_assertions).then(Process::start).flatten());
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let since = since.unwrap_or_default().as_secs();
        Self {
            since: i64::try_from(since).unwrap_or_default(),
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        leave(|| {
            let process = PROCESS.get()?.as_ref()?;
            process.feed.drain();
            Some(recorded(&process.observed, self.since))
        });
    }
}
