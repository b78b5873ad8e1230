//! The function's log stream: what it writes to stdout and stderr, in the order written.
//!
//! It is a file and not a pipe, so that whatever the function has written before a call to the
//! Runtime API can be read when that call arrives, and nothing is lost when it is killed.

use std::fs::File;
use std::io::{Read, Result};
use std::process::Stdio;

/// A log stream: one end for the process to write, one to read.
pub(super) struct LogStream {
    written: File,
    read: File,
    /// The start of a line whose end has not been written yet.
    partial: String,
}

impl LogStream {
    pub(super) fn new() -> Result<Self> {
        let file = tempfile::NamedTempFile::new()?;
        let read = file.reopen()?;
        // Appending: stdout and stderr share the file without overwriting each other.
        let written = File::options().append(true).open(file.path())?;
        Ok(Self {
            written,
            read,
            partial: String::new(),
        })
    }

    /// A descriptor for the process's stdout or stderr.
    pub(super) fn stdio(&self) -> Result<Stdio> {
        Ok(self.written.try_clone()?.into())
    }

    /// The complete lines written since the last call.
    pub(super) fn drain(&mut self) -> Result<Vec<String>> {
        let mut bytes = Vec::new();
        self.read.read_to_end(&mut bytes)?;
        self.partial.push_str(&String::from_utf8_lossy(&bytes));
        let complete = self.partial.rfind('\n').map_or(0, |end| end + 1);
        let lines = self.partial[..complete]
            .lines()
            .map(str::to_owned)
            .collect();
        self.partial.drain(..complete);
        Ok(lines)
    }

    /// What is left when the process has ended: an unfinished line is a line.
    pub(super) fn finish(&mut self) -> Result<Vec<String>> {
        let mut lines = self.drain()?;
        if !self.partial.is_empty() {
            lines.push(std::mem::take(&mut self.partial));
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn lines_are_read_once_and_only_when_complete() {
        let mut stream = LogStream::new().unwrap();
        let mut writer = stream.written.try_clone().unwrap();
        writer.write_all(b"one\ntw").unwrap();
        assert_eq!(stream.drain().unwrap(), ["one"]);
        writer.write_all(b"o\nthree").unwrap();
        assert_eq!(stream.drain().unwrap(), ["two"]);
        assert_eq!(stream.finish().unwrap(), ["three"]);
        assert!(stream.finish().unwrap().is_empty());
    }
}
