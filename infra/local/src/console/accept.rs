//! What a caller accepts of a page: the page, its parts that have changed, or its JSON.

use std::convert::Infallible;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{Html, IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderMap, header};
use serde_json::Value;

use super::live;
use super::page::{HEADERS, Page};

/// How an address asks for JSON; the header `accept: application/json` does it as well.
pub(super) const SUFFIX: &str = ".json";

/// What a caller accepts of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Accept {
    Page,
    /// The parts that are not these any more; see [`live`].
    Parts(String),
    Json,
}

impl Accept {
    fn of(path: &str, headers: &HeaderMap) -> Self {
        if path.ends_with(SUFFIX) || media_types(headers).starts_with("application/json") {
            return Self::Json;
        }
        live::shown(headers).map_or(Self::Page, |shown| Self::Parts(shown.to_owned()))
    }

    /// Answers with whichever it is; the other is not made.
    pub(super) fn answer(
        &self,
        json: impl FnOnce() -> Value,
        page: impl FnOnce() -> Page,
    ) -> Response {
        match self {
            Self::Json => (HEADERS, Json(json())).into_response(),
            Self::Page | Self::Parts(_) => self.page(&page()),
        }
    }

    /// A page that has no JSON of its own, such as one that says what is wrong.
    pub(super) fn page(&self, page: &Page) -> Response {
        match self {
            Self::Page => page.answer(Html(page.document().into_string())),
            Self::Parts(shown) => page.answer(Html(page.live.changed(shown).into_string())),
            Self::Json => page.answer(Json(page.problem())),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Accept {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.uri.path(), &parts.headers))
    }
}

/// What the header `accept` says, in lower case: media types mean the same in any.
pub(super) fn media_types(headers: &HeaderMap) -> String {
    let accept = headers.get(header::ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    accept.unwrap_or_default().to_ascii_lowercase()
}

/// The last segment of a path, without the suffix that asks for JSON.
pub(super) fn without_suffix(segment: &str) -> &str {
    segment.strip_suffix(SUFFIX).unwrap_or(segment)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_browser_gets_pages_and_a_script_json() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
        assert_eq!(Accept::of("/requests", &headers), Accept::Page);
        assert_eq!(Accept::of("/requests.json", &headers), Accept::Json);
        headers.insert(live::SHOWN, HeaderValue::from_static("list=1"));
        assert_eq!(
            Accept::of("/requests", &headers),
            Accept::Parts("list=1".to_owned())
        );
        for json in ["application/json", "Application/JSON, */*"] {
            headers.insert(header::ACCEPT, HeaderValue::from_static(json));
            assert_eq!(Accept::of("/requests", &headers), Accept::Json);
        }
    }
}
