//! One HTTP call, written as a sentence.
#![expect(clippy::expect_used, clippy::panic, reason = "tests report by failing")]

use http::{Method, Request, StatusCode};
use hyper::body::Bytes;
use sentori::client::{Client, ClientError, Reply};
use serde_json::Value;

use crate::{Transcript, contract};

/// A request that is being put together.
#[must_use = "nothing is sent before `send`"]
#[derive(Debug)]
pub struct Call {
    client: Client,
    transcript: Transcript,
    builder: http::request::Builder,
    body: Bytes,
}

impl Call {
    /// A call of `path`, query included, without headers or body.
    pub(crate) fn new(client: &Client, transcript: Transcript, method: Method, path: &str) -> Self {
        let builder = Request::builder().method(method).uri(path);
        Self {
            client: client.clone(),
            transcript,
            builder,
            body: Bytes::new(),
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Names the user.
    pub fn user(self, name: &str) -> Self {
        self.header("x-user", name)
    }

    /// A JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.text(body.to_string())
    }

    /// A body that says it is JSON, whatever it is.
    pub fn text(self, body: impl Into<Bytes>) -> Self {
        self.header("content-type", "application/json").raw(body)
    }

    /// A body without a content type.
    pub fn raw(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it. What is answered must be what the API's description says.
    ///
    /// # Errors
    /// If there is no complete reply.
    pub async fn try_send(self) -> Result<Reply, ClientError> {
        let request = self.builder.body(self.body)?;
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let reply = self.client.send(request).await?;
        contract::check(&method, &uri, reply.status, &reply.headers, &reply.body);
        let status = reply.status.as_u16();
        self.transcript.add(&method, &uri, status, &reply.json());
        Ok(reply)
    }

    /// Sends it.
    ///
    /// # Panics
    /// If there is no complete reply.
    pub async fn send(self) -> Reply {
        self.try_send().await.expect("a reply")
    }

    /// Sends it and returns the JSON of a reply with this status.
    ///
    /// # Panics
    /// If there is no complete reply or it has another status.
    pub async fn expect(self, status: u16) -> Value {
        let reply = self.send().await;
        let text = String::from_utf8_lossy(&reply.body);
        assert_eq!(reply.status.as_u16(), status, "{text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Sends it and returns the error of a reply with this status, after a
    /// look at what every error body must have.
    ///
    /// # Panics
    /// If it does not fail in this way.
    pub async fn expect_error(self, status: u16, name: &str) -> Value {
        let body = self.expect(status).await;
        assert_eq!(body["error"], name, "{body}");
        assert!(
            body["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{body}"
        );
        body
    }
}

/// Whether the server says that it has what it was sent.
#[must_use]
pub fn acknowledged(reply: &Reply) -> bool {
    matches!(reply.status, StatusCode::OK | StatusCode::CREATED)
}
