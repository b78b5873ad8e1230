//! The newest requests of this process: the spans, the event lines and the log records of
//! each, found together by the request's id.
//!
//! A request leaves its pieces in an [`Inbox`] and goes on; nothing is parsed before
//! somebody looks. Both the inbox and what was put together are bounded: the oldest goes.

mod inbox;
mod request;
mod span;

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::TraceId;
use serde_json::Value;
use telemetry::trace::Observer;

use inbox::{Inbox, Piece};
pub(crate) use request::Request;
pub(crate) use span::Span;

/// How many requests are kept.
pub(crate) const MAX_REQUESTS: usize = 2_000;

/// How many bytes of events, records and spans are kept of them, about.
pub(crate) const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The newest requests. A clone is the same ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    inbox: Inbox,
    kept: Arc<Mutex<Kept>>,
}

impl Requests {
    /// Takes spans as they end.
    pub(crate) fn spans(&self) -> Observer {
        let inbox = self.inbox.clone();
        Observer::new(move |span| inbox.put(Piece::Span(span.into())))
    }

    /// A writer for event lines.
    pub(crate) fn lines(&self) -> impl Write + Send + use<> {
        self.inbox.writer(Piece::Event)
    }

    /// A writer for log records.
    pub(crate) fn records(&self) -> impl Write + Send + use<> {
        self.inbox.writer(Piece::Record)
    }

    /// Those that `wanted` takes, the newest first, and at most `limit` of them.
    pub(crate) fn newest(&self, limit: usize, wanted: impl Fn(&Request) -> bool) -> Vec<Request> {
        let kept = self.up_to_date();
        let newest = kept.requests.values().rev();
        newest
            .filter(|one| wanted(one))
            .take(limit)
            .cloned()
            .collect()
    }

    /// The request with this id.
    pub(crate) fn find(&self, id: &str) -> Option<Request> {
        let kept = self.up_to_date();
        kept.requests.get(kept.places.get(id)?).cloned()
    }

    fn up_to_date(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in self.inbox.take() {
            kept.add(piece);
        }
        kept
    }
}

/// Requests by their order of arrival.
#[derive(Debug, Default)]
struct Kept {
    requests: BTreeMap<u64, Request>,
    places: HashMap<String, u64>,
    next: u64,
    bytes: usize,
    /// Spans whose request has not ended yet, by trace.
    open: HashMap<TraceId, Vec<Span>>,
    open_spans: usize,
}

impl Kept {
    fn add(&mut self, piece: Piece) {
        let bytes = piece.bytes();
        match piece {
            Piece::Span(span) => self.add_span(Span::from(*span)),
            Piece::Event(line) => self.add_line(&line, bytes, Request::add_event),
            Piece::Record(line) => self.add_line(&line, bytes, Request::add_record),
        }
        while self.requests.len() > MAX_REQUESTS || self.bytes > MAX_BYTES {
            self.forget_oldest();
        }
    }

    /// A line without a request's id, such as one of the schedule, belongs to none.
    fn add_line(&mut self, line: &[u8], bytes: usize, add: fn(&mut Request, Value)) {
        let parsed: Result<Value, _> = serde_json::from_slice(line);
        let Ok(value) = parsed else { return };
        if let Some(id) = value["request_id"].as_str().map(str::to_owned) {
            add(self.request(&id, bytes), value);
        }
    }

    /// A request's own span is the last one to end, and names the request.
    fn add_span(&mut self, span: Span) {
        let Some(id) = span.request_id().map(str::to_owned) else {
            self.keep_open(span);
            return;
        };
        let below = self.take_below(&span);
        let bytes = below.iter().map(Span::bytes).sum::<usize>() + span.bytes();
        self.request(&id, bytes).add_spans(span, below);
    }

    fn keep_open(&mut self, span: Span) {
        if self.open_spans >= inbox::MAX_PIECES {
            // Nobody ended these requests, so nobody will ask for their spans.
            self.open.clear();
            self.open_spans = 0;
        }
        self.open_spans += 1;
        self.open.entry(span.trace).or_default().push(span);
    }

    /// Takes the spans below this one; a trace may hold several requests.
    fn take_below(&mut self, top: &Span) -> Vec<Span> {
        let Some(mut rest) = self.open.remove(&top.trace) else {
            return Vec::new();
        };
        let mut parents = vec![top.id];
        let mut below = Vec::new();
        while let Some(parent) = parents.pop() {
            let (children, others): (Vec<_>, Vec<_>) =
                rest.into_iter().partition(|span| span.parent == parent);
            parents.extend(children.iter().map(|span| span.id));
            below.extend(children);
            rest = others;
        }
        self.open_spans -= below.len();
        if !rest.is_empty() {
            self.open.insert(top.trace, rest);
        }
        below.sort_by_key(|span| span.start);
        below
    }

    fn request(&mut self, id: &str, bytes: usize) -> &mut Request {
        self.bytes += bytes;
        let place = *self.places.entry(id.to_owned()).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        let request = self
            .requests
            .entry(place)
            .or_insert_with(|| Request::new(id));
        request.bytes += bytes;
        request
    }

    fn forget_oldest(&mut self) {
        if let Some((_, oldest)) = self.requests.pop_first() {
            self.bytes -= oldest.bytes;
            self.places.remove(&oldest.id);
        }
    }
}

#[cfg(test)]
mod tests;
