//! Errors as answers: a status and `{"error","message","details"?}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};
use telemetry::http::ErrorName;
use utoipa::ToSchema;

use crate::Error;

/// Seconds after which a client may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// The body of every answer that is not a success.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Short, stable name of the error.
    #[schema(example = "run_limit_reached")]
    pub error: &'static str,
    /// What happened, for a person.
    pub message: String,
    /// The problems of an invalid request as a list of `{"field","message"}`; other errors have an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

impl ErrorBody {
    pub(super) fn new(error: &'static str, message: impl Into<String>) -> Self {
        Self {
            error,
            message: message.into(),
            details: None,
        }
    }

    pub(super) fn with_status(self, status: StatusCode) -> Response {
        let name = ErrorName(self.error);
        let mut response = (status, Json(self)).into_response();
        response.extensions_mut().insert(name);
        response
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::UnknownRun(_) => StatusCode::NOT_FOUND,
            Self::LimitReached { .. } | Self::NotRunning { .. } | Self::ReadingConflict(_) => {
                StatusCode::CONFLICT
            }
            Self::PartlyStored { .. } | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        log(&self);
        let body = ErrorBody {
            details: details(&self),
            ..ErrorBody::new(self.name(), self.to_string())
        };
        let mut response = body.with_status(status);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }
}

/// What the client need not know is in the log.
fn log(error: &Error) {
    match error {
        Error::Unavailable(cause) => tracing::warn!(%cause, "the store is not available"),
        Error::PartlyStored { failed, .. } => {
            tracing::warn!(failed = failed.len(), "a batch was stored in part");
        }
        Error::Internal(cause) => tracing::error!(%cause, "internal error"),
        _ => {}
    }
}

fn details(error: &Error) -> Option<Value> {
    match error {
        Error::Invalid(problems) => Some(json!(problems)),
        Error::LimitReached { running, max } => {
            Some(json!({ "currentRunning": running, "maxAllowed": max }))
        }
        Error::NotRunning { status, .. } => Some(json!({ "status": status })),
        Error::PartlyStored { written, failed } => {
            Some(json!({ "written": written, "failed": failed }))
        }
        _ => None,
    }
}
