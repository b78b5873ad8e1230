//! The log: events as rows that queries filter, group and compute by, in bounded memory.
//!
//! Rows are kept in [segments](segment) of some thousand, column by column. A column has
//! each of its values once and a small code for it in each row that has one, so that a
//! condition is asked once for each value and not once for each row.

mod aggregate;
mod column;
mod groups;
mod lines;
mod query;
mod segment;
mod select;

use std::collections::VecDeque;

pub(super) use query::{LogResult, query};
use segment::Segment;

use super::line::Line;
use crate::view::TimeRange;

/// Most bytes of an open segment.
const SEGMENT_BYTES: usize = 8 * 1024 * 1024;
/// An open segment takes at most this part of the log's memory.
const SEGMENT_SHARE: usize = 16;

/// Every event, the oldest segment first.
#[derive(Debug)]
pub(super) struct Log {
    sealed: VecDeque<Segment>,
    open: Segment,
    sealed_bytes: usize,
    max_bytes: usize,
}

impl Log {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            sealed: VecDeque::new(),
            open: Segment::default(),
            sealed_bytes: 0,
            max_bytes,
        }
    }

    /// Adds a row, and drops the oldest segments if there is no room for it.
    pub(super) fn push(&mut self, line: &Line<'_>) {
        self.open.push(line);
        let most = SEGMENT_BYTES.min(self.max_bytes / SEGMENT_SHARE);
        if self.open.is_full() || self.open.bytes() > most {
            let mut full = std::mem::take(&mut self.open);
            full.seal();
            self.sealed_bytes += full.bytes();
            self.sealed.push_back(full);
        }
        while self.bytes() > self.max_bytes {
            let Some(oldest) = self.sealed.pop_front() else {
                return;
            };
            self.sealed_bytes -= oldest.bytes();
        }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.segments().map(Segment::rows).sum()
    }

    /// The earliest and the latest row's time, in milliseconds since 1970.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        let spans = self.segments().filter_map(Segment::span);
        spans.reduce(|(first, last), (start, end)| (first.min(start), last.max(end)))
    }

    /// The lines of the rows in a time range, in the order they came.
    pub(super) fn lines(&self, range: TimeRange) -> Vec<String> {
        let (start, end) = (
            range.start.saturating_mul(1_000),
            range.end.saturating_mul(1_000),
        );
        let mut found = Vec::new();
        for segment in self.segments() {
            let mut lines = segment.lines.reader();
            let rows = segment.between(start, end).into_iter();
            found.extend(rows.map(|row| lines.line(row).to_owned()));
        }
        found
    }

    /// Bytes that the rows take.
    pub(super) const fn bytes(&self) -> usize {
        self.sealed_bytes + self.open.bytes()
    }

    fn segments(&self) -> impl DoubleEndedIterator<Item = &Segment> {
        self.sealed.iter().chain([&self.open])
    }
}
