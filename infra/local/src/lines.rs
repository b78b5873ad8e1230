//! A writer of lines.

use std::io::{self, Write};

/// Hands over each line of what is written, which is whole lines, one or several at a time.
pub(crate) struct Lines<F>(pub(crate) F);

impl<F: FnMut(&[u8])> Write for Lines<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let lines = bytes.split(|byte| *byte == b'\n');
        lines.filter(|line| !line.is_empty()).for_each(&mut self.0);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
