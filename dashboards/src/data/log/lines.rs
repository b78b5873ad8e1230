//! The lines themselves, compressed: they repeat each other, and few are ever read again.

use std::borrow::Cow;
use std::mem::size_of;

use lz4_flex::block::{compress_prepend_size, decompress_size_prepended};

/// A block is closed when it has so many bytes: as far as LZ4 looks back.
const BLOCK_BYTES: usize = 64 * 1024;

/// Lines by row, in compressed blocks.
#[derive(Debug, Default)]
pub(super) struct Lines {
    closed: Vec<Block>,
    closed_bytes: usize,
    /// The block that lines are added to, and its first row.
    open: String,
    open_row: usize,
    /// Where each line ends in its block.
    ends: Vec<u32>,
}

#[derive(Debug)]
struct Block {
    /// Its first row.
    row: usize,
    compressed: Box<[u8]>,
}

impl Lines {
    /// Adds the line of the next row.
    pub(super) fn push(&mut self, line: &str) {
        self.open.push_str(line);
        self.ends
            .push(u32::try_from(self.open.len()).unwrap_or(u32::MAX));
        if self.open.len() >= BLOCK_BYTES {
            self.close();
        }
    }

    /// Compresses what is still open, and gives back spare memory.
    pub(super) fn seal(&mut self) {
        self.close();
        self.open = String::new();
        self.ends.shrink_to_fit();
        self.closed.shrink_to_fit();
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.closed_bytes + self.open.capacity() + 4 * self.ends.capacity()
    }

    fn close(&mut self) {
        let compressed = compress_prepend_size(self.open.as_bytes()).into_boxed_slice();
        self.closed_bytes += compressed.len() + size_of::<Block>();
        self.closed.push(Block {
            row: self.open_row,
            compressed,
        });
        self.open.clear();
        self.open_row = self.ends.len();
    }

    /// Reads lines; quickest in the order of their rows.
    pub(super) const fn reader(&self) -> Reader<'_> {
        Reader {
            lines: self,
            row: 0,
            ends: 0,
            text: Cow::Borrowed(""),
        }
    }
}

/// Reads lines of one block after another.
#[derive(Debug)]
pub(super) struct Reader<'l> {
    lines: &'l Lines,
    /// The rows of the block that is open for reading: from here, up to there.
    row: usize,
    ends: usize,
    text: Cow<'l, str>,
}

impl Reader<'_> {
    /// The line of a row.
    pub(super) fn line(&mut self, row: u16) -> &str {
        let row = usize::from(row);
        if !(self.row..self.ends).contains(&row) {
            self.open(row);
        }
        let ends = &self.lines.ends;
        let start = if row == self.row { 0 } else { ends[row - 1] };
        &self.text[start as usize..ends[row] as usize]
    }

    fn open(&mut self, row: usize) {
        let Lines {
            closed,
            open,
            open_row,
            ends,
            ..
        } = self.lines;
        let next = closed.partition_point(|block| block.row <= row);
        if row >= *open_row {
            (self.row, self.ends) = (*open_row, ends.len());
            self.text = Cow::Borrowed(open);
            return;
        }
        let block = &closed[next - 1];
        self.row = block.row;
        self.ends = closed.get(next).map_or(*open_row, |block| block.row);
        // Made here, from text: neither step can fail.
        let bytes = decompress_size_prepended(&block.compressed).unwrap_or_default();
        self.text = Cow::Owned(String::from_utf8(bytes).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_from_any_block() {
        let mut lines = Lines::default();
        let line = |row: u16| format!("{row} {}", "é{}".repeat(usize::from(row) % 700));
        for row in 0..1_000 {
            lines.push(&line(row));
        }
        for sealed in [false, true] {
            assert!(lines.closed.len() > 3);
            let mut reader = lines.reader();
            for row in (0..1_000).chain((0..1_000).rev()) {
                assert_eq!(reader.line(row), line(row), "sealed: {sealed}");
            }
            let before = lines.bytes();
            drop(reader);
            lines.seal();
            assert!(lines.bytes() < before || sealed);
        }
    }
}
