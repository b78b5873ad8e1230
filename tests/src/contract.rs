//! The API's description as the judge of its answers: what it does not describe must not be
//! answered, whichever test asks.
#![expect(clippy::expect_used, clippy::panic, reason = "tests report by failing")]

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use http::{HeaderMap, Method, StatusCode, Uri, header::CACHE_CONTROL};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::lambda::route;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(handlers::openapi);

/// Errors of what stands before the routes: API Gateway, which has no `error`, the local server's
/// guard and its faults on demand, and the choice among the routes of a function.
const BEFORE_THE_ROUTES: [Option<&str>; 6] = [
    None,
    Some("foreign_origin"),
    Some("unknown_host"),
    Some("unknown_fault"),
    Some("not_found"),
    Some("method_not_allowed"),
];

/// Compares an answer with the description of the route that was asked, if there is one.
///
/// # Panics
/// If it is not what is described.
pub fn check(method: &Method, uri: &Uri, status: StatusCode, headers: &HeaderMap, body: &[u8]) {
    let Some(route) = route(method, uri.path()) else {
        return;
    };
    let (verb, path) = route.split_once(' ').expect("a method and a path");
    let answered = || {
        let body = String::from_utf8_lossy(body);
        format!("{method} {uri}: {status} {body}")
    };
    let json: Value =
        serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error}: {}", answered()));
    if !status.is_success() && BEFORE_THE_ROUTES.contains(&json["error"].as_str()) {
        return;
    }
    let kept = headers.get(CACHE_CONTROL);
    assert!(
        kept.is_some_and(|kept| kept == "no-store"),
        "a cache may keep {}",
        answered()
    );
    let described = &DESCRIPTION["paths"][path][verb.to_lowercase()]["responses"][status.as_str()];
    let described = referred(described);
    assert!(!described.is_null(), "not described: {}", answered());
    for name in described["headers"].as_object().into_iter().flatten() {
        // A page may be the last.
        let is_there = name.0 == "Link" || headers.contains_key(name.0);
        assert!(is_there, "{} is missing: {}", name.0, answered());
    }
    let schema = &described["content"]["application/json"]["schema"];
    // The description describes itself by being one.
    if schema.is_null() {
        return;
    }
    if let Err(error) = validator(schema).validate(&json) {
        panic!("{error} at {}: {}", error.instance_path(), answered());
    }
}

fn referred(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(reference) => DESCRIPTION
            .pointer(reference.trim_start_matches('#'))
            .expect("a component"),
        None => value,
    }
}

/// Made once for each schema.
fn validator(schema: &Value) -> Arc<Validator> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let whole = json!({ "components": DESCRIPTION["components"], "allOf": [schema] });
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        Arc::new(options.build(&whole).expect("a schema"))
    };
    Arc::clone(known.entry(schema.to_string()).or_insert_with(make))
}
