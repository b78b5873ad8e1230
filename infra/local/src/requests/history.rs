//! Requests put together, in the order of their arrival and in bounded memory.

use std::collections::{BTreeMap, HashMap, VecDeque};

use opentelemetry::trace::TraceId;
use serde_json::Value;
use telemetry::property::REQUEST_ID;

use super::inbox::{self, Piece};
use super::records::{Record, Records};
use super::{Request, Span};
use crate::Fields;

/// How many requests are kept.
pub(crate) const MAX_REQUESTS: usize = 2_000;

/// How many bytes of their events and spans are kept, about.
pub(super) const MAX_BYTES: usize = 16 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct History {
    fields: Fields,
    requests: BTreeMap<u64, Request>,
    places: HashMap<String, u64>,
    by_trace: HashMap<TraceId, Vec<u64>>,
    next: u64,
    bytes: usize,
    /// Spans whose request has not ended yet, by trace.
    open: HashMap<TraceId, Vec<Span>>,
    pub(super) open_spans: usize,
    /// How requests were sent whose own span has not ended yet, by their id.
    sent: HashMap<String, Vec<(String, Value)>>,
    records: Records,
    /// Spans that nobody has kept elsewhere yet.
    new: Option<VecDeque<Span>>,
    replaying: bool,
}

impl History {
    pub(super) fn new(fields: Fields) -> Self {
        Self {
            fields,
            requests: BTreeMap::new(),
            places: HashMap::new(),
            by_trace: HashMap::new(),
            next: 0,
            bytes: 0,
            open: HashMap::new(),
            open_spans: 0,
            sent: HashMap::new(),
            records: Records::default(),
            new: None,
            replaying: false,
        }
    }

    pub(super) fn newest(&self) -> impl Iterator<Item = &Request> {
        self.requests.values().rev()
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().rev()
    }

    pub(super) fn find(&self, id: &str) -> Option<&Request> {
        self.requests.get(self.places.get(id)?)
    }

    pub(super) fn trace(&self, trace: TraceId) -> Vec<Span> {
        let places = self.by_trace.get(&trace).into_iter().flatten();
        let requests = places.filter_map(|place| self.requests.get(place));
        let ended = requests.flat_map(|request| &request.spans);
        let open = self.open.get(&trace).into_iter().flatten();
        let mut spans: Vec<Span> = ended.chain(open).cloned().collect();
        spans.sort_by_key(|span| span.start);
        spans
    }

    pub(super) fn take_new(&mut self) -> Vec<Span> {
        self.new
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
            .into()
    }

    pub(super) fn keep_new(&mut self) {
        self.new.get_or_insert_default();
    }

    pub(super) fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Own(span, service) => self.add_own(Span::own(*span, &service)),
            Piece::Span(span) => self.add_new(*span),
            Piece::Sent(id, attributes) => self.add_sent(id, attributes),
            Piece::Event(line) => self.add_line(&line),
            Piece::Record(line) => self.records.add(&line),
        }
        if !self.replaying {
            self.forget();
        }
    }

    /// Once everything has come, it is put in its order, and what is too much goes.
    pub(super) fn replaying(&mut self, is: bool) {
        self.replaying = is;
        if is {
            return;
        }
        let mut requests: Vec<Request> = std::mem::take(&mut self.requests).into_values().collect();
        requests.sort_by_key(Request::at);
        self.by_trace.clear();
        for (place, request) in (1..).zip(requests) {
            self.next = place;
            self.places.insert(request.id.clone(), place);
            if let Some(own) = request.spans.first() {
                self.by_trace.entry(own.trace).or_default().push(place);
            }
            self.requests.insert(place, request);
        }
        self.forget();
    }

    fn forget(&mut self) {
        while self.requests.len() > MAX_REQUESTS || self.bytes > MAX_BYTES {
            self.forget_oldest();
        }
    }

    fn add_own(&mut self, mut span: Span) {
        let sent = span.request_id().and_then(|id| self.sent.remove(id));
        span.attributes.extend(sent.into_iter().flatten());
        self.add_new(span);
    }

    /// What is sent is known when it has been read, which is before the request's span ends,
    /// unless nobody reads it to its end.
    fn add_sent(&mut self, id: String, attributes: Vec<(String, Value)>) {
        let place = self.places.get(&id);
        let request = place.and_then(|place| self.requests.get_mut(place));
        match request.and_then(|request| request.spans.first_mut()) {
            Some(own) => own.attributes.extend(attributes),
            None => {
                // Of a request that was not sampled there will be no span.
                if self.sent.len() >= MAX_REQUESTS {
                    self.sent.clear();
                }
                self.sent.insert(id, attributes);
            }
        }
    }

    fn add_new(&mut self, span: Span) {
        if let Some(new) = &mut self.new {
            if new.len() >= inbox::MAX_PIECES {
                new.pop_front();
            }
            new.push_back(span.clone());
        }
        self.add_span(span);
    }

    /// A line without a request's id, such as one of the schedule, belongs to none.
    fn add_line(&mut self, line: &[u8]) {
        let parsed: Result<Value, _> = serde_json::from_slice(line);
        let Ok(value) = parsed else { return };
        if let Some(id) = value[REQUEST_ID.name()].as_str().map(str::to_owned) {
            self.request(&id, line.len()).add_event(value);
        }
    }

    /// The span with which a program was entered is the last one to end, and makes a request.
    pub(super) fn add_span(&mut self, span: Span) {
        if !span.is_entry() {
            self.add_inner(span);
            return;
        }
        let below = self.take_below(&span);
        let bytes = below.iter().map(Span::bytes).sum::<usize>() + span.bytes();
        let trace = span.trace;
        let id = span
            .request_id()
            .map_or_else(|| format!("{trace}-{}", span.id), str::to_owned);
        self.request(&id, bytes).add_spans(span, below);
        if let Some(place) = self.places.get(&id) {
            self.by_trace.entry(trace).or_default().push(*place);
        }
    }

    /// A span below another one waits for it, or finds it: other programs send theirs in any
    /// order.
    fn add_inner(&mut self, span: Span) {
        let places = self.by_trace.get(&span.trace).cloned().unwrap_or_default();
        for place in places {
            let bytes = span.bytes();
            if let Some(request) = self
                .requests
                .get_mut(&place)
                .filter(|one| one.has(span.parent))
            {
                request.bytes += bytes;
                self.bytes += bytes;
                request.add_below(span);
                return;
            }
        }
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
        let fields = self.fields;
        let request = (self.requests.entry(place)).or_insert_with(|| Request::new(id, fields));
        request.bytes += bytes;
        request
    }

    fn forget_oldest(&mut self) {
        let Some((place, oldest)) = self.requests.pop_first() else {
            return;
        };
        self.bytes -= oldest.bytes;
        self.places.remove(&oldest.id);
        if let Some(own) = oldest.spans.first() {
            let places = self.by_trace.entry(own.trace).or_default();
            places.retain(|known| *known != place);
            if places.is_empty() {
                self.by_trace.remove(&own.trace);
            }
        }
    }
}
