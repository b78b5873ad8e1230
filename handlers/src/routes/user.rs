//! Who acts, and what they may do. docs/api.md has the table.

use std::collections::HashMap;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::request::Parts,
    middleware::Next,
    response::{IntoResponse, Response},
};

use catalogue::USER;

use super::input::header_text;
use crate::{
    AppState, Error,
    config::{Authentication, TokenRules},
    domain::{Problems, UNKNOWN_USER, USER_HEADER, username},
};

/// Claims that hold a token's scopes, divided by spaces; the first that there is counts. API
/// Gateway's authorizer reads the same two.
pub const SCOPE_CLAIMS: [&str; 2] = ["scope", "scp"];

/// The claims of the token that an authorizer has checked. A server behind one puts this into
/// the request's extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims(pub HashMap<String, String>);

impl Claims {
    fn has_scope(&self, scope: &str) -> bool {
        let mut claims = SCOPE_CLAIMS.iter().filter_map(|name| self.0.get(*name));
        // API Gateway writes a list as `[a b]`.
        let scopes = claims.next().map(|list| list.trim_matches(['[', ']']));
        scopes.is_some_and(|list| list.split([' ', ',']).any(|has| has == scope))
    }
}

/// Who sends a request.
#[derive(Debug)]
pub(super) enum Caller {
    /// Whoever the header says, if it says anything: nobody has checked it.
    Anonymous(Option<Result<String, Problems>>),
    /// The user of a token.
    Token {
        user: String,
        /// Whether the token's scope lets it end runs of others.
        may_end_others: bool,
        rules: TokenRules,
    },
}

impl Caller {
    fn of(parts: &Parts, state: &AppState) -> Result<Self, Error> {
        let rules = match &state.config().authentication {
            Authentication::Anonymous => {
                let name = header_text(&parts.headers, USER_HEADER);
                let name = name.filter(|name| !name.is_empty());
                return Ok(Self::Anonymous(
                    name.map(|name| username(USER_HEADER, &name)),
                ));
            }
            Authentication::Jwt(rules) => rules.clone(),
        };
        let claims = parts.extensions.get::<Claims>();
        let claims = claims.ok_or(Error::Unauthenticated)?;
        let name = claims.0.get(&rules.user_claim).map(String::as_str);
        let user = username(&rules.user_claim, name.unwrap_or_default()).map_err(|_| {
            Error::Forbidden(format!(
                "The token's claim {} must name its user: 1 to 64 printable characters",
                rules.user_claim
            ))
        })?;
        Ok(Self::Token {
            user,
            may_end_others: claims.has_scope(&rules.interrupt_scope),
            rules,
        })
    }

    /// The user, if the request names one by a name that may be.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Anonymous(name) => name.as_ref()?.as_deref().ok(),
            Self::Token { user, .. } => Some(user),
        }
    }

    /// The user, if the request names one.
    pub(super) fn named(self) -> Result<Option<String>, Problems> {
        match self {
            Self::Anonymous(name) => name.transpose(),
            Self::Token { user, .. } => Ok(Some(user)),
        }
    }

    /// The user, `unknown` if the request names none.
    pub(super) fn user(self) -> Result<String, Problems> {
        Ok(self.named()?.unwrap_or_else(|| UNKNOWN_USER.to_owned()))
    }

    /// Checks that this user may end a run of `owner`.
    pub(super) fn may_end_run_of(&self, owner: &str) -> Result<(), Error> {
        match self {
            Self::Token { user, .. } if user == owner => Ok(()),
            _ => self.may_end_runs_of_others(),
        }
    }

    /// Checks that this user may end runs of others.
    pub(super) fn may_end_runs_of_others(&self) -> Result<(), Error> {
        match self {
            Self::Token {
                may_end_others: false,
                rules,
                ..
            } => Err(Error::Forbidden(format!(
                "Ending runs of others needs a token with the scope {}",
                rules.interrupt_scope
            ))),
            _ => Ok(()),
        }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let caller = Self::of(parts, state)?;
        // Whatever is done with a token, the event says by whom.
        if let Self::Token { user, .. } = &caller {
            USER.set(user);
        }
        Ok(caller)
    }
}

/// Who sends readings, of whom events say less: on Lambda only one that is detailed names a sender
/// whose run it is.
#[derive(Debug)]
pub(super) struct Sender(pub(super) Caller);

impl FromRequestParts<AppState> for Sender {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        Caller::of(parts, state).map(Self)
    }
}

/// Refuses what comes without a token where one is needed, whatever the route: an API Gateway
/// whose authorizer was forgotten must not open the API.
pub(super) async fn authenticated(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let needs_token = state.config().authentication != Authentication::Anonymous;
    if needs_token && request.extensions().get::<Claims>().is_none() {
        return Error::Unauthenticated.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(name: &str, value: &str) -> Claims {
        Claims(HashMap::from([(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn a_scope_is_one_of_the_tokens_scopes_and_not_part_of_one() {
        for (claim, list) in [
            ("scope", "openid sentori/interrupt"),
            ("scp", "sentori/interrupt"),
            ("scp", "[openid sentori/interrupt]"),
            ("scp", "[openid,sentori/interrupt]"),
        ] {
            assert!(claims(claim, list).has_scope("sentori/interrupt"), "{list}");
        }
        for (claim, list) in [
            ("scope", ""),
            ("scope", "sentori/interrupt2 xsentori/interrupt"),
            ("scopes", "sentori/interrupt"),
        ] {
            assert!(
                !claims(claim, list).has_scope("sentori/interrupt"),
                "{list}"
            );
        }
    }
}
