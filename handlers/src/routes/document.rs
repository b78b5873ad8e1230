//! What many routes say alike in the OpenAPI document.

use utoipa::{IntoParams, IntoResponses};

use super::ErrorBody;

/// The header that names the user.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what user::Caller reads")]
pub(super) struct UserParameter {
    /// Who sends: 1 to 64 printable characters. Without it, `unknown` starts a run, and readings
    /// are of the run's user. A token's user counts instead, where there is one.
    #[param(rename = "X-User", min_length = 1, max_length = 64)]
    user: Option<String>,
}

/// The header that makes a start repeatable.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what the start reads")]
pub(super) struct IdempotencyParameter {
    /// 1 to 255 printable characters; the key of a user stands for one run, for 24 hours.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255)]
    key: Option<String>,
}

/// Answers to a body that is not taken.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(super) enum BadBody {
    /// Invalid: a detail for each field
    #[response(status = 400)]
    Invalid(#[to_schema] ErrorBody),
    /// The body did not arrive in time
    #[response(status = 408)]
    TooSlow(#[to_schema] ErrorBody),
    /// The body is too large
    #[response(status = 413)]
    TooLarge(#[to_schema] ErrorBody),
    /// The body is not said to be JSON
    #[response(status = 415)]
    NotJson(#[to_schema] ErrorBody),
}

/// Answers to those who may not do this, where users have tokens.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(super) enum NotAllowed {
    /// The token lacks a scope, or does not name its user
    #[response(status = 403)]
    Forbidden(#[to_schema] ErrorBody),
}

/// Answers of any route.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(super) enum AnyRoute {
    /// No token came along, where one is needed
    #[response(status = 401)]
    Unauthenticated(#[to_schema] ErrorBody),
    /// A fault on our side
    #[response(status = 500)]
    Internal(#[to_schema] ErrorBody),
    /// The store does not answer in time: what was asked may have happened
    #[response(status = 503)]
    Unavailable(#[to_schema] ErrorBody),
}
