//! A request with what belongs to it: the spans of its trace and its log records.

use opentelemetry::trace::TraceId;

use super::Console;
use crate::requests::{Record, Request, Span};

/// How many log records of a request are shown.
const RECORDS: usize = 200;

/// Everything that is known of a request.
pub(super) struct Details {
    pub(super) request: Request,
    /// Those of its whole trace, if it has one.
    pub(super) spans: Vec<Span>,
    /// The oldest first.
    pub(super) records: Vec<Record>,
}

impl Details {
    pub(super) fn find(console: &Console, id: &str) -> Option<Self> {
        let requests = &console.observed.requests;
        let request = requests.find(id)?;
        let trace = request.trace();
        let spans = match trace.as_deref().map(TraceId::from_hex) {
            Some(Ok(trace)) => requests.trace(trace),
            _ => request.spans.clone(),
        };
        let of_it = |record: &Record| match record.request() {
            Some(other) => other == id,
            None => record.trace().is_some() && record.trace() == trace.as_deref(),
        };
        let mut records = requests.newest_records(RECORDS, of_it);
        records.reverse();
        Some(Self {
            request,
            spans,
            records,
        })
    }
}
