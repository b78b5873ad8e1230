//! What is written to a terminal or a pipe, without waiting for whoever reads it: a pipe that
//! nobody empties, or a terminal that was stopped with Ctrl-S, must not stop the API.

use std::io::Write;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};

/// Writes that wait at most, each the lines of one request, so up to some 50 KB; what comes then is
/// dropped.
const WAITING: usize = 1_024;

/// How often is looked whether lines were dropped.
const LOOK: Duration = Duration::from_secs(10);

/// An output of this process. Its last lines are written when it is dropped, if somebody reads
/// them.
#[derive(Debug)]
pub(crate) struct Output {
    name: &'static str,
    writer: NonBlocking,
    _last_lines: WorkerGuard,
}

impl Output {
    /// Writes to `output` on a thread of its own.
    pub(crate) fn to(name: &'static str, output: impl Write + Send + 'static) -> Self {
        let (writer, last_lines) = NonBlockingBuilder::default()
            .lossy(true)
            .buffered_lines_limit(WAITING)
            .thread_name(name)
            .finish(output);
        Self {
            name,
            writer,
            _last_lines: last_lines,
        }
    }

    /// Where to write lines, each in one call.
    pub(crate) fn writer(&self) -> NonBlocking {
        self.writer.clone()
    }

    /// Says each time that lines were dropped.
    pub(crate) fn watch(&self) -> impl Future<Output = ()> + Send + 'static {
        let (name, dropped) = (self.name, self.writer.error_counter());
        async move {
            let mut said = 0;
            let mut look = tokio::time::interval(LOOK);
            loop {
                look.tick().await;
                said = say(name, &dropped, said);
            }
        }
    }
}

fn say(name: &str, dropped: &ErrorCounter, said: usize) -> usize {
    let now = dropped.dropped_lines();
    if now > said {
        tracing::warn!(
            lines = now - said,
            "nobody reads {name}: lines were dropped"
        );
    }
    now
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// Writes nothing before it is told to.
    struct StalledWriter(Receiver<()>);

    impl Write for StalledWriter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_an_output_that_is_not_read() {
        let (go, stalled) = channel();
        let output = Output::to("a pipe", StalledWriter(stalled));
        let mut writer = output.writer();
        let lines = WAITING + 1_000;
        for _ in 0..lines {
            writer.write_all(b"a line\n").unwrap();
        }
        // One may be on its way to the output.
        let dropped = writer.error_counter().dropped_lines();
        assert!((999..=1_000).contains(&dropped), "{dropped}");
        drop(go);
    }
}
