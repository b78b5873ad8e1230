//! The newest requests of this process, and of other programs that send their spans here: the
//! spans and the event lines of each, found together by the request's id, and the newest log
//! records.
//!
//! A request leaves its pieces in an [`Inbox`] and goes on; nothing is parsed before somebody
//! looks, or a journal is written. Both the inbox and what was put together are bounded: the
//! oldest goes.

mod history;
mod inbox;
mod records;
mod request;
mod span;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::TraceId;
use opentelemetry_sdk::trace::SpanData;

use crate::Fields;
use history::History;
pub(crate) use history::MAX_REQUESTS;
use inbox::{Inbox, Piece};
pub(crate) use records::{LEVELS, MAX_RECORDS, Record};
pub(crate) use request::{Request, observed};
pub(crate) use span::{Moment, Span};

/// What this process is called in spans.
pub(crate) const SERVICE: &str = "sentori";

/// A moment in milliseconds since 1970, as programs write it: ISO 8601 in UTC.
pub(crate) fn iso(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis)
        .map_or_else(|_| millis.to_string(), |at| format!("{at:.3}"))
}

/// The newest requests. A clone is the same ones.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    service: Arc<str>,
    inbox: Inbox,
    history: Arc<Mutex<History>>,
}

impl Requests {
    /// None yet. This process is called `service` in spans, and its events say with these
    /// fields what is asked of requests.
    pub(crate) fn new(service: &str, fields: Fields) -> Self {
        Self {
            service: service.into(),
            inbox: Inbox::default(),
            history: Arc::new(Mutex::new(History::new(fields))),
        }
    }

    /// Takes a span of this process that has ended.
    pub(crate) fn span(&self, span: SpanData) {
        let service = Arc::clone(&self.service);
        self.inbox.put(Piece::Own(span.into(), service));
    }

    /// Takes spans of other programs, or of an earlier process.
    pub(crate) fn add(&self, spans: Vec<Span>) {
        // Spans find their request better once its event is in place.
        drop(self.up_to_date());
        for span in spans {
            self.inbox.put(Piece::Span(span.into()));
        }
    }

    /// Takes how the request with this id was sent, as attributes of its span.
    pub(crate) fn sent(&self, id: String, attributes: Vec<(String, serde_json::Value)>) {
        self.inbox.put(Piece::Sent(id, attributes));
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
        let history = self.up_to_date();
        let newest = history.newest().filter(|one| wanted(one));
        newest.take(limit).cloned().collect()
    }

    /// The log records that `wanted` takes, the newest first, and at most `limit` of them.
    pub(crate) fn newest_records(
        &self,
        limit: usize,
        wanted: impl Fn(&Record) -> bool,
    ) -> Vec<Record> {
        let history = self.up_to_date();
        let newest = history.records().filter(|one| wanted(one));
        newest.take(limit).cloned().collect()
    }

    /// The request with this id.
    pub(crate) fn find(&self, id: &str) -> Option<Request> {
        self.up_to_date().find(id).cloned()
    }

    /// Every span of a trace, in the order of their beginning.
    pub(crate) fn trace(&self, trace: TraceId) -> Vec<Span> {
        self.up_to_date().trace(trace)
    }

    /// The spans that have ended since this was asked last, for whoever keeps them.
    pub(crate) fn take_new_spans(&self) -> Vec<Span> {
        self.up_to_date().take_new()
    }

    /// Whether what comes is from before: then everything is kept until it has come, because
    /// it is in no order.
    pub(crate) fn replaying(&self, is: bool) {
        self.up_to_date().replaying(is);
    }

    /// Remembers new spans for [`take_new_spans`](Self::take_new_spans).
    pub(crate) fn keep_new(&self) {
        self.up_to_date().keep_new();
    }

    fn up_to_date(&self) -> MutexGuard<'_, History> {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in self.inbox.take() {
            history.add(piece);
        }
        history
    }
}
