//! What the server has to know of a page's reader.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header::COOKIE;
use http::request::Parts;

/// The cookie that a script sets: minutes that the reader's clock is ahead of UTC.
const OFFSET: &str = "offset=";

/// The reader, as far as the script has said; otherwise in UTC.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reader {
    /// Minutes east of Greenwich, which say when a day begins.
    pub(super) offset: i32,
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let cookies = parts.headers.get_all(COOKIE).iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok());
        let mut each = cookies.flat_map(|cookies| cookies.split(';'));
        let offset = each.find_map(|cookie| cookie.trim().strip_prefix(OFFSET)?.parse().ok());
        Ok(Self {
            offset: offset.unwrap_or_default(),
        })
    }
}
