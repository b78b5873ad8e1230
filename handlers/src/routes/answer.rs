//! Errors as answers: a status and `{"error","message","details"?}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};
use telemetry::http::ErrorName;

use super::bodies::PlacesBody;
use crate::Error;

/// Seconds after which a client may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// The body of every answer that is not a success.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// Short, stable name of the error.
    pub error: &'static str,
    /// What happened, for a person.
    pub message: String,
    /// The problems of an invalid request as a list of `{"field","message"}`; other errors have an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    /// Beside an error of can-start or start: the same members as the success of can-start.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) places: Option<PlacesBody>,
}

impl ErrorBody {
    pub(super) fn new(error: &'static str, message: impl Into<String>) -> Self {
        Self {
            error,
            message: message.into(),
            details: None,
            places: None,
        }
    }

    /// What the client is told of an error.
    pub(super) fn of(error: &Error) -> Self {
        let places = match error {
            Error::LimitReached { running, max } => Some(PlacesBody::new(*running, *max)),
            _ => None,
        };
        Self {
            details: details(error),
            places,
            ..Self::new(error.name(), error.to_string())
        }
    }

    pub(super) fn with_status(self, status: StatusCode) -> Response {
        let name = ErrorName(self.error);
        let mut response = (status, Json(self)).into_response();
        response.extensions_mut().insert(name);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log("the request failed", None);
        let mut response = ErrorBody::of(&self).with_status(status(&self));
        if self == Self::Unauthenticated {
            let challenge = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// The status that an error is answered with.
pub(super) fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::UnknownRun(_) => StatusCode::NOT_FOUND,
        Error::LimitReached { .. } | Error::NotRunning { .. } | Error::ReadingConflict(_) => {
            StatusCode::CONFLICT
        }
        Error::PartlyStored { cause, .. } => status(cause),
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn details(error: &Error) -> Option<Value> {
    match error {
        Error::Invalid(problems) => Some(json!(problems)),
        Error::LimitReached { running, max } => {
            Some(json!({ "currentRunning": running, "maxAllowed": max }))
        }
        Error::NotRunning { status, .. } => Some(json!({ "status": status })),
        Error::PartlyStored {
            written, failed, ..
        } => Some(json!({ "written": written, "failed": failed })),
        _ => None,
    }
}
