//! Reading a request: its body, path and query.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::answer::ErrorBody;
use crate::Error;

/// A JSON body, none if the body is empty.
pub(super) struct JsonBody(pub(super) Option<Value>);

/// Why a body was not read.
#[derive(Debug)]
pub(super) enum BodyError {
    Invalid(Error),
    TooLarge,
    NotJson,
    NotRead,
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = BodyError;

    async fn from_request(request: Request, state: &S) -> Result<Self, BodyError> {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state)
            .await
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

/// A header's text; one that is not visible ASCII counts as `?`, which no check takes.
pub(super) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}
