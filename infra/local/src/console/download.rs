//! `/recording?from=&to=`: everything of a time range as one file; see
//! [`recording`](crate::recording).

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;

use super::accept::Accept;
use super::page::{HEADERS, Page, Section};
use super::{Console, Reader, range};
use crate::recording;

/// The time that is recorded: by default the last hour.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub(super) struct Parameters {
    from: String,
    to: String,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            from: "now-1h".to_owned(),
            to: "now".to_owned(),
        }
    }
}

pub(super) async fn file(
    State(console): State<Console>,
    Query(parameters): Query<Parameters>,
    accept: Accept,
    reader: Reader,
) -> Response {
    let range = match range::parse(&parameters.from, &parameters.to, reader.offset) {
        Ok(range) => range,
        Err(problem) => return accept.page(&Page::refused(Section::Requests, &problem)),
    };
    let write = move |console: &Console, _: &Accept| {
        let mut file = Vec::new();
        // Writing to memory does not fail.
        let _ = recording::write(&console.observed, range, &mut file);
        let name = format!("attachment; filename=\"{}\"", recording::file_name(range));
        let headers = [
            (CONTENT_TYPE, "application/jsonl".to_owned()),
            (CONTENT_DISPOSITION, name),
        ];
        (HEADERS, headers, file).into_response()
    };
    console.draw(accept, Section::Requests, write).await
}
