//! Answers to exports, in the encoding of the export.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use prost::Message;
use serde::Serialize;
use serde_json::json;

use super::body::{BodyError, Encoding};
use crate::otlp::Rejections;

/// `google.rpc.Status`, which OTLP answers failures with.
#[derive(Clone, PartialEq, Message, Serialize)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// The answer of every signal: they share their numbers and differ in one name.
#[derive(Clone, PartialEq, Message)]
struct ExportResponse {
    #[prost(message, optional, tag = "1")]
    partial: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    message: String,
}

/// Everything was taken but for what is `rejected`; in JSON its number has a name of its own in
/// each signal.
pub(super) fn taken(encoding: Encoding, name: &str, rejected: &Rejections) -> Response {
    let partial = (rejected.count() > 0).then(|| PartialSuccess {
        rejected: i64::try_from(rejected.count()).unwrap_or(i64::MAX),
        message: rejected.reasons(),
    });
    let body = match encoding {
        Encoding::Protobuf => ExportResponse { partial }.encode_to_vec(),
        Encoding::Json => partial
            .map_or(json!({}), |partial| {
                // As text, which is how Protobuf's JSON has numbers of 64 bits.
                json!({ "partialSuccess": { name: partial.rejected.to_string(), "errorMessage": partial.message } })
            })
            .to_string()
            .into_bytes(),
    };
    answer(StatusCode::OK, encoding, body)
}

/// Nothing was taken; sending it again would not help.
pub(super) fn refused(encoding: Encoding, why: &BodyError) -> Response {
    let status = match why {
        BodyError::MediaType(_) | BodyError::Packed(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        BodyError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        BodyError::Malformed(_) => StatusCode::BAD_REQUEST,
    };
    const INVALID_ARGUMENT: i32 = 3;
    let said = Status {
        code: INVALID_ARGUMENT,
        message: why.to_string(),
    };
    let body = match encoding {
        Encoding::Protobuf => said.encode_to_vec(),
        Encoding::Json => serde_json::to_vec(&said).unwrap_or_default(),
    };
    answer(status, encoding, body)
}

fn answer(status: StatusCode, encoding: Encoding, body: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, encoding.media_type()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, body).into_response()
}
