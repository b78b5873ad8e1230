//! Where requests leave their pieces without waiting.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry_sdk::trace::SpanData;
use serde_json::Value;

use super::Span;
use crate::lines::Lines;

/// How many pieces wait at most to be looked at.
pub(super) const MAX_PIECES: usize = 20_000;
/// How many bytes they have at most, about.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// What a span takes, about: a name, ids and some ten attributes.
const SPAN_BYTES: usize = 1_000;

/// A piece of a request, as it arrived.
#[derive(Debug)]
pub(super) enum Piece {
    /// A span of this process, which is called so.
    Own(Box<SpanData>, Arc<str>),
    /// A span of another one.
    Span(Box<Span>),
    /// How the request with this id was sent, as attributes of its span.
    Sent(String, Vec<(String, Value)>),
    Event(Vec<u8>),
    Record(Vec<u8>),
}

impl Piece {
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Own(..) => SPAN_BYTES,
            Self::Span(span) => span.bytes(),
            Self::Sent(id, attributes) => id.len() + super::span::bytes(attributes),
            Self::Event(line) | Self::Record(line) => line.len(),
        }
    }
}

/// Pieces in the order of arrival; the oldest ones go when there are too many.
#[derive(Clone, Debug, Default)]
pub(super) struct Inbox(Arc<Mutex<Backlog>>);

#[derive(Debug, Default)]
struct Backlog {
    pieces: VecDeque<Piece>,
    bytes: usize,
}

impl Inbox {
    pub(super) fn put(&self, piece: Piece) {
        let mut waiting = self.locked();
        waiting.bytes += piece.bytes();
        waiting.pieces.push_back(piece);
        while waiting.pieces.len() > MAX_PIECES || waiting.bytes > MAX_BYTES {
            let oldest = waiting.pieces.pop_front();
            waiting.bytes -= oldest.as_ref().map_or(waiting.bytes, Piece::bytes);
        }
    }

    pub(super) fn take(&self) -> VecDeque<Piece> {
        let mut waiting = self.locked();
        waiting.bytes = 0;
        std::mem::take(&mut waiting.pieces)
    }

    /// A writer that makes a piece of every line.
    pub(super) fn writer(&self, piece: fn(Vec<u8>) -> Piece) -> impl Write + Send + use<> {
        let inbox = self.clone();
        Lines(move |line: &[u8]| inbox.put(piece(line.to_vec())))
    }

    fn locked(&self) -> MutexGuard<'_, Backlog> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_takes_is_bounded_and_the_newest_stays() {
        let inbox = Inbox::default();
        let mut events = inbox.writer(Piece::Event);
        for number in 0..MAX_PIECES + 5 {
            writeln!(events, "{number}").unwrap();
        }
        let taken = inbox.take();
        assert_eq!(taken.len(), MAX_PIECES);
        assert!(matches!(taken.front(), Some(Piece::Event(line)) if line == b"5"));

        let mut records = inbox.writer(Piece::Record);
        for _ in 0..40 {
            records.write_all(&vec![b'x'; 1024 * 1024]).unwrap();
        }
        assert_eq!(inbox.take().len(), 16);
        assert!(inbox.take().is_empty());
    }
}
