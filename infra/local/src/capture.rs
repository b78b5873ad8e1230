//! Requests as they were sent, so that they can be sent again: what a span does not say by
//! itself becomes attributes of it. Nothing waits: the body is copied as it is read.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use http::request::Parts;
use http_body_util::BodyExt as _;
use hyper::body::Frame;
use serde_json::{Value, json};
use telemetry::http::RequestId;
use uuid::Uuid;

use crate::requests::Requests;

/// Most bytes of a body that are kept; of a longer one nothing is, because a part of it cannot
/// be sent again.
const MAX_BODY: usize = 64 * 1024;

/// Headers that the API reads.
const HEADERS: [&str; 5] = [
    "content-type",
    "idempotency-key",
    "x-fault",
    "x-run-id",
    "x-user",
];

/// Attributes, by the semantic conventions where those have a name.
const QUERY: &str = "url.query";
const HEADER: &str = "http.request.header.";
const BODY: &str = "http.request.body";

/// Numbers each request of a router, and remembers how it was sent.
pub(crate) fn captured(router: Router, requests: Requests) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| {
        next.run(capture(request, requests.clone()))
    }))
}

fn capture(request: Request, requests: Requests) -> Request {
    let (mut parts, body) = request.into_parts();
    let id = Uuid::new_v4().to_string();
    parts.extensions.insert(RequestId(id.clone()));
    let mut capture = Capture {
        attributes: attributes(&parts),
        body: Some(Vec::new()),
        id,
        requests,
    };
    let body = body.map_frame(move |frame| {
        capture.read(&frame);
        frame
    });
    Request::from_parts(parts, Body::new(body))
}

fn attributes(parts: &Parts) -> Vec<(String, Value)> {
    let header = |name: &&str| {
        let value = parts.headers.get(*name)?.to_str().ok()?;
        Some((format!("{HEADER}{name}"), json!([value])))
    };
    let query = parts.uri.query();
    let query = query.map(|query| (QUERY.to_owned(), json!(query)));
    query
        .into_iter()
        .chain(HEADERS.iter().filter_map(header))
        .collect()
}

/// A request that is being read. What was read is remembered once nobody reads on.
struct Capture {
    requests: Requests,
    id: String,
    attributes: Vec<(String, Value)>,
    /// None of it if it is too long.
    body: Option<Vec<u8>>,
}

impl Capture {
    fn read(&mut self, frame: &Frame<Bytes>) {
        let (Some(data), Some(body)) = (frame.data_ref(), &mut self.body) else {
            return;
        };
        if body.len() + data.len() > MAX_BODY {
            self.body = None;
        } else {
            body.extend_from_slice(data);
        }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let mut attributes = std::mem::take(&mut self.attributes);
        let body = self
            .body
            .take()
            .and_then(|body| String::from_utf8(body).ok());
        if let Some(body) = body.filter(|body| !body.is_empty()) {
            attributes.push((BODY.to_owned(), Value::from(body)));
        }
        self.requests.sent(std::mem::take(&mut self.id), attributes);
    }
}
