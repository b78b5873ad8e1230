//! Who may ask this server: programs on this host, and pages that it serves itself or that
//! configuration allows.
//!
//! A laptop's browser also shows pages of strangers, and those can send requests to this server: by
//! a form or a script that does not read the answer, or under a name of their own that they
//! let point to this host (DNS rebinding), with which they can read answers too. So the server
//! answers to its own names only, and lets no foreign page change anything.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Json, Response};
use http::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use http::{HeaderValue, Method, StatusCode};
use serde_json::json;

/// What a browser says of where a request comes from (Fetch Metadata).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Puts the guard before a router. Pages of `allowed` origins may change things too.
pub(crate) fn guarded(router: Router, allowed: Vec<HeaderValue>) -> Router {
    let allowed: Arc<[HeaderValue]> = allowed.into();
    router.layer(from_fn(move |request: Request, next: Next| {
        let refused = refusal(request.method(), request.headers(), &allowed);
        async move {
            match refused {
                Some(refused) => refused.into_response(),
                None => next.run(request).await,
            }
        }
    }))
}

/// Why a request is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// It was sent to a name that is not this server's.
    Host,
    /// A page of somebody else wants to change something.
    Page,
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let (status, error, message) = match self {
            Self::Host => (
                StatusCode::MISDIRECTED_REQUEST,
                "unknown_host",
                "This server answers to localhost and to IP addresses only",
            ),
            Self::Page => (
                StatusCode::FORBIDDEN,
                "foreign_origin",
                "A page of another origin may not change anything here; ALLOWED_ORIGIN lists those that may",
            ),
        };
        (status, Json(json!({ "error": error, "message": message }))).into_response()
    }
}

fn refusal(method: &Method, headers: &HeaderMap, allowed: &[HeaderValue]) -> Option<Rejection> {
    let host = headers.get(HOST).map(|host| host.to_str().unwrap_or("?"));
    if host.is_some_and(|host| !is_own(host)) {
        return Some(Rejection::Host);
    }
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    let foreign = match headers.get(ORIGIN) {
        Some(origin) => {
            let own = host.map(|host| format!("http://{host}"));
            let is_own = own.is_some_and(|own| origin.as_bytes() == own.as_bytes());
            !is_own && !allowed.contains(origin)
        }
        // Programs send neither header.
        None => {
            (headers.get(FETCH_SITE)).is_some_and(|site| site != "same-origin" && site != "none")
        }
    };
    foreign.then_some(Rejection::Page)
}

/// True for the names of this host that no stranger can let point elsewhere.
fn is_own(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &Method, headers: &[(&str, &str)]) -> Option<Rejection> {
        let headers = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        });
        let allowed = [HeaderValue::from_static("http://localhost:4200")];
        refusal(method, &headers.collect(), &allowed)
    }

    #[test]
    fn it_answers_to_its_own_names_only() {
        for host in [
            "localhost:8080",
            "LOCALHOST",
            "a.localhost:1",
            "127.0.0.1:8080",
            "[::1]:8080",
            "192.168.1.7",
        ] {
            assert_eq!(asked(&Method::GET, &[("host", host)]), None, "{host}");
        }
        assert_eq!(asked(&Method::GET, &[]), None, "HTTP/1.0");
        for host in [
            "evil.example",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example",
            "",
            "xlocalhost",
        ] {
            let refused = asked(&Method::GET, &[("host", host)]);
            assert_eq!(refused, Some(Rejection::Host), "{host}");
        }
    }

    #[test]
    fn no_foreign_page_changes_anything() {
        let host = ("host", "127.0.0.1:8080");
        for headers in [
            vec![host],
            vec![host, ("origin", "http://127.0.0.1:8080")],
            vec![host, ("origin", "http://localhost:4200")],
            vec![host, ("sec-fetch-site", "same-origin")],
            vec![host, ("sec-fetch-site", "none")],
        ] {
            assert_eq!(asked(&Method::POST, &headers), None, "{headers:?}");
        }
        for headers in [
            vec![host, ("origin", "https://evil.example")],
            vec![host, ("origin", "null")],
            vec![host, ("origin", "http://127.0.0.1:9999")],
            vec![host, ("origin", "https://127.0.0.1:8080")],
            vec![host, ("sec-fetch-site", "cross-site")],
            vec![host, ("sec-fetch-site", "same-site")],
        ] {
            let refused = asked(&Method::POST, &headers);
            assert_eq!(refused, Some(Rejection::Page), "{headers:?}");
            assert_eq!(asked(&Method::GET, &headers), None, "{headers:?}");
        }
    }
}
