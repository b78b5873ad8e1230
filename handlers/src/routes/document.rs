//! What many routes say alike in the OpenAPI document: parameters and answers.

use std::collections::BTreeMap;

use axum::{http::Method, routing::MethodFilter};
use catalogue::Route;
use telemetry::Dimension as _;
use utoipa::{
    IntoParams, IntoResponses,
    openapi::{ContentBuilder, Header, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type},
};

/// The path of a route, which the catalogue declares with its method.
pub(super) fn path(route: Route) -> &'static str {
    method_and_path(route).1
}

/// The method of a route.
pub(super) fn method(route: Route) -> MethodFilter {
    let method = Method::from_bytes(method_and_path(route).0.as_bytes()).ok();
    // Every method of the catalogue is one of axum's, or a test of the document is red.
    let filter = method.and_then(|method| MethodFilter::try_from(method).ok());
    filter.unwrap_or(MethodFilter::GET)
}

/// Both, as the catalogue spells them.
pub(super) fn method_and_path(route: Route) -> (&'static str, &'static str) {
    route.value().split_once(' ').unwrap_or_default()
}

/// The header that names the user.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what user::Caller reads")]
pub(super) struct UserParameter {
    /// Who sends: 1 to 64 printable characters, no space at either end. Without it, `unknown` starts
    /// a run, and readings are of the run's user. A token's user counts instead, where there is one.
    #[param(rename = "X-User")]
    user: Option<String>,
}

/// The header that makes a start repeatable.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what the start reads")]
pub(super) struct IdempotencyParameter {
    /// 1 to 255 printable characters; the key of a user stands for one run, for 24 hours.
    #[param(rename = "Idempotency-Key")]
    key: Option<String>,
}

/// An answer that routes share: its status, its name among the components, what it means.
type Shared = (&'static str, &'static str, &'static str);

const INVALID: Shared = ("400", "Invalid", "Invalid: a detail for each problem");
const UNAUTHENTICATED: Shared = (
    "401",
    "Unauthenticated",
    "No token came along, where one is needed",
);
const FORBIDDEN: Shared = (
    "403",
    "Forbidden",
    "The token lacks a scope, or does not name its user",
);
const UNKNOWN_RUN: Shared = ("404", "UnknownRun", "No such run");
const TOO_SLOW: Shared = ("408", "TooSlow", "The body did not arrive in time");
const TOO_LARGE: Shared = ("413", "TooLarge", "The body is too large");
const NOT_JSON: Shared = ("415", "NotJson", "The body is not said to be JSON");
const INTERNAL: Shared = ("500", "Internal", "A fault on our side");
const UNAVAILABLE: Shared = (
    "503",
    "Unavailable",
    "The store does not answer in time: what was asked may have happened",
);

/// Each of them, by its name.
pub(super) fn shared_answers() -> impl Iterator<Item = (&'static str, Response)> {
    let all = [
        INVALID,
        UNAUTHENTICATED,
        FORBIDDEN,
        UNKNOWN_RUN,
        TOO_SLOW,
        TOO_LARGE,
        NOT_JSON,
        INTERNAL,
        UNAVAILABLE,
    ];
    all.into_iter().map(|(status, name, description)| {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody")));
        let answer = ResponseBuilder::new()
            .description(description)
            .content("application/json", body.build());
        let answer = match status {
            "401" => answer.header(
                "WWW-Authenticate",
                header(Type::String, "How to send a token"),
            ),
            "503" => answer.header(
                "Retry-After",
                header(Type::Integer, "Seconds after which to try again"),
            ),
            _ => answer,
        };
        (name, answer.build())
    })
}

fn header(kind: Type, description: &str) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(kind));
    header.description = Some(description.to_owned());
    header
}

type Answers = BTreeMap<String, RefOr<Response>>;

fn references<const N: usize>(answers: [Shared; N]) -> Answers {
    let reference = |(status, name, _): Shared| {
        let answer = RefOr::Ref(Ref::from_response_name(name));
        (status.to_owned(), answer)
    };
    answers.into_iter().map(reference).collect()
}

/// Answers of any route.
pub(super) struct AnyRoute;

impl IntoResponses for AnyRoute {
    fn responses() -> Answers {
        references([UNAUTHENTICATED, INTERNAL, UNAVAILABLE])
    }
}

/// The answer to parameters that are not taken.
pub(super) struct BadParameters;

impl IntoResponses for BadParameters {
    fn responses() -> Answers {
        references([INVALID])
    }
}

/// Answers to a body that is not taken.
pub(super) struct BadBody;

impl IntoResponses for BadBody {
    fn responses() -> Answers {
        references([INVALID, TOO_SLOW, TOO_LARGE, NOT_JSON])
    }
}

/// Answers to those who may not do this, where users have tokens.
pub(super) struct NotAllowed;

impl IntoResponses for NotAllowed {
    fn responses() -> Answers {
        references([FORBIDDEN])
    }
}

/// The answer where there is no such run.
pub(super) struct UnknownRun;

impl IntoResponses for UnknownRun {
    fn responses() -> Answers {
        references([UNKNOWN_RUN])
    }
}
