//! Who acts.

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, request::Parts};

use super::input::header_text;
use crate::{
    Error, Result,
    domain::{USER_HEADER, username},
};

/// The user that an authorizer vouches for. A server behind one puts this into the request's
/// extensions; the header does not count then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatedUser(pub String);

/// The user of a request; absent where the request names none.
pub(super) struct User(Option<Result<String>>);

impl User {
    /// The user, if the request names one.
    pub(super) fn optional(self) -> Result<Option<String>> {
        self.0.transpose()
    }

    /// The user.
    pub(super) fn required(self) -> Result<String> {
        self.0.unwrap_or_else(|| {
            Err(Error::invalid(
                USER_HEADER,
                "is missing: send the user's name in this header",
            ))
        })
    }

    fn of(authenticated: Option<&AuthenticatedUser>, headers: &HeaderMap) -> Self {
        let name = authenticated
            .map(|user| user.0.as_str())
            .or_else(|| header_text(headers, USER_HEADER));
        Self(name.map(username))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> std::result::Result<Self, Self::Rejection> {
        Ok(Self::of(parts.extensions.get(), &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: Option<&'static str>) -> HeaderMap {
        name.map(|name| ("x-user".parse().unwrap(), name.parse().unwrap()))
            .into_iter()
            .collect()
    }

    #[test]
    fn the_header_names_the_user() {
        assert_eq!(
            User::of(None, &headers(Some("bob"))).required(),
            Ok("bob".into())
        );
        assert!(User::of(None, &headers(Some("b b"))).optional().is_err());
        assert!(User::of(None, &headers(None)).required().is_err());
        assert_eq!(User::of(None, &headers(None)).optional(), Ok(None));
    }

    #[test]
    fn an_authenticated_user_overrides_the_header() {
        let authenticated = AuthenticatedUser("alice".into());
        assert_eq!(
            User::of(Some(&authenticated), &headers(Some("bob"))).required(),
            Ok("alice".into())
        );
    }
}
