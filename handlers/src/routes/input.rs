//! Reading a request: its body, path and query.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::time::timeout;
use uuid::Uuid;

use super::answer::ErrorBody;
use crate::{
    Error,
    domain::{Problems, run_id},
};

/// A JSON body, none if the body is empty.
pub(super) struct JsonBody(pub(super) Option<Value>);

/// Why a body was not read.
#[derive(Debug)]
pub(super) enum BodyError {
    Invalid(Error),
    TooLarge,
    NotJson,
    NotRead,
    TooSlow,
}

/// How long a body may take to arrive, of the time that its request has.
const BODY_PATIENCE: Duration = Duration::from_secs(5);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = BodyError;

    async fn from_request(request: Request, state: &S) -> Result<Self, BodyError> {
        let is_json = is_json(request.headers());
        let bytes = timeout(BODY_PATIENCE, Bytes::from_request(request, state))
            .await
            .map_err(|_| BodyError::TooSlow)?
            .map_err(|error| match error {
                BytesRejection::FailedToBufferBody(error)
                    if error.status() == StatusCode::PAYLOAD_TOO_LARGE =>
                {
                    BodyError::TooLarge
                }
                _ => BodyError::NotRead,
            })?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        if !is_json {
            return Err(BodyError::NotJson);
        }
        let body = serde_json::from_slice(&bytes);
        body.map(|value| Self(Some(value))).map_err(|error| {
            BodyError::Invalid(Error::invalid("body", format!("must be JSON: {error}")))
        })
    }
}

/// A body without a content type is taken for JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let essence = content_type
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        match self {
            Self::Invalid(error) => error.into_response(),
            Self::TooLarge => ErrorBody::new(
                "body_too_large",
                "The body is too large; send fewer readings or a smaller params",
            )
            .with_status(StatusCode::PAYLOAD_TOO_LARGE),
            Self::NotJson => ErrorBody::new(
                "unsupported_media_type",
                "The body must be JSON: send Content-Type: application/json",
            )
            .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::TooSlow => ErrorBody::new(
                "request_timeout",
                format!(
                    "The body did not arrive within {} s",
                    BODY_PATIENCE.as_secs()
                ),
            )
            .with_status(StatusCode::REQUEST_TIMEOUT),
            Self::NotRead => Error::invalid("body", "could not be read to its end").into_response(),
        }
    }
}

/// The query parameters, in order, repeated ones included.
pub(super) struct Parameters(pub(super) Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Query(parameters) = Query::from_request_parts(parts, state)
            .await
            .map_err(|_| Error::invalid("query", "must be name=value pairs, percent-encoded"))?;
        Ok(Self(parameters))
    }
}

/// The id of a run in the path.
pub(super) struct RunId(pub(super) Result<Uuid, Problems>);

impl<S: Send + Sync> FromRequestParts<S> for RunId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        // What is not UTF-8 is not a UUID either.
        let text = Path::<String>::from_request_parts(parts, state).await;
        let text = text.map(|Path(text)| text).unwrap_or_default();
        Ok(Self(run_id("id", &text)))
    }
}

/// A header's text, by the rules of HTTP (RFC 9110, 5.5) bytes that may be in any encoding: UTF-8
/// where they are that, else ISO 8859-1, in which browsers send them.
pub(super) fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    let bytes = headers.get(name)?.as_bytes();
    Some(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_by_its_media_type_in_any_case() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/merge-patch+json", true),
            ("text/json", false),
            ("text/x+json", false),
            ("application/jsonl", false),
        ] {
            let value = content_type.parse().unwrap();
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value)]);
            assert_eq!(is_json(&headers), expected, "{content_type}");
        }
        assert!(is_json(&HeaderMap::new()));
    }

    #[test]
    fn a_header_is_read_as_utf_8_or_as_browsers_send_it() {
        let mut headers = HeaderMap::new();
        for (bytes, text) in [
            (&b"bob"[..], "bob"),
            ("clé".as_bytes(), "clé"),
            (b"cl\xe9", "clé"),
            ("日本".as_bytes(), "日本"),
        ] {
            headers.insert("x-user", bytes.try_into().unwrap());
            assert_eq!(header_text(&headers, "X-User").as_deref(), Some(text));
        }
        assert_eq!(header_text(&headers, "X-Run-Id"), None);
    }
}
