//! Requests as API Gateway's events, and the functions' answers as responses.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::http::header::{
    CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, SET_COOKIE, USER_AGENT,
};
use axum::http::{HeaderValue, Request, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::routes::{choose, decoded};

/// Which of API Gateway's products, and so which payload format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// HTTP API, payload format 2.0, stage `$default`.
    Http,
    /// REST API, payload format 1.0, a named stage.
    Rest,
}

/// An answer that API Gateway would refuse: with 500 (HTTP API) or 502 (REST API).
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the function's answer is not a proxy response: {0}")]
pub struct NotAResponse(String);

impl Format {
    /// The event for a request.
    pub fn event(self, request: &Request<Bytes>) -> Value {
        match self {
            Self::Http => http_event(request),
            Self::Rest => rest_event(request),
        }
    }

    /// The response that the function's answer means.
    ///
    /// # Errors
    /// If the answer does not have the format's shape.
    pub fn response(self, answer: &[u8]) -> Result<Response<Bytes>, NotAResponse> {
        let refuse = |error: &dyn fmt::Display| NotAResponse(error.to_string());
        let mut answer: Answer = serde_json::from_slice(answer).map_err(|error| refuse(&error))?;
        if self == Self::Http {
            // Format 2.0 does not have them.
            answer.multi_value_headers.clear();
        }
        let mut response = Response::new(answer.body()?);
        *response.status_mut() =
            StatusCode::from_u16(answer.status_code).map_err(|error| refuse(&error))?;
        for (name, value) in answer.headers() {
            let name = HeaderName::try_from(name).map_err(|error| refuse(&error))?;
            let value = HeaderValue::try_from(value).map_err(|error| refuse(&error))?;
            response.headers_mut().append(name, value);
        }
        Ok(response)
    }
}

/// The members that both formats' answers have, and 2.0's `cookies`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

impl Answer {
    fn body(&self) -> Result<Bytes, NotAResponse> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            STANDARD
                .decode(body)
                .map(Bytes::from)
                .map_err(|error| NotAResponse(format!("body: {error}")))
        } else {
            Ok(Bytes::copy_from_slice(body.as_bytes()))
        }
    }

    /// A header given both ways counts once, with its many values.
    fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let single = self.headers.iter().filter(|(name, _)| {
            !self
                .multi_value_headers
                .keys()
                .any(|other| other.eq_ignore_ascii_case(name))
        });
        let many = self.multi_value_headers.iter().flat_map(|(name, values)| {
            values
                .iter()
                .map(move |value| (name.as_str(), value.as_str()))
        });
        let cookies = self
            .cookies
            .iter()
            .map(|cookie| (SET_COOKIE.as_str(), cookie.as_str()));
        single
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(many)
            .chain(cookies)
    }
}

fn http_event(request: &Request<Bytes>) -> Value {
    let (body, is_base64_encoded) = encode_body(request);
    let uri = request.uri();
    let path = decoded(uri.path());
    let chosen = choose(request.method(), uri.path());
    let route_key = (chosen.as_ref()).map_or("$default", |chosen| chosen.key.as_str());
    let mut headers = request.headers().clone();
    let cookies: Vec<_> = values(&headers, &COOKIE)
        .iter()
        .flat_map(|line| line.split("; "))
        .map(str::to_owned)
        .collect();
    headers.remove(COOKIE);
    let mut event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": uri.query().unwrap_or_default(),
        "headers": joined(&headers),
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": "local",
            "domainName": header(&headers, &HOST),
            "domainPrefix": "local",
            "http": {
                "method": request.method().as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": SOURCE_IP,
                "userAgent": header(&headers, &USER_AGENT),
            },
            "requestId": Uuid::new_v4(),
            "routeKey": route_key,
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": now_ms(),
        },
        "isBase64Encoded": is_base64_encoded,
    });
    // Format 2.0 leaves out what a request does not have.
    if let Some(members) = event.as_object_mut() {
        let query = query(uri.query());
        if !query.is_empty() {
            let query: BTreeMap<_, _> = query
                .into_iter()
                .map(|(name, values)| (name, values.join(",")))
                .collect();
            members.insert("queryStringParameters".into(), json!(query));
        }
        if let Some(parameters) = chosen.map(|chosen| chosen.parameters)
            && !parameters.is_empty()
        {
            members.insert("pathParameters".into(), json!(parameters));
        }
        if !cookies.is_empty() {
            members.insert("cookies".into(), json!(cookies));
        }
        if let Some(body) = body {
            members.insert("body".into(), json!(body));
        }
    }
    event
}

fn rest_event(request: &Request<Bytes>) -> Value {
    let (body, is_base64_encoded) = encode_body(request);
    let (uri, headers) = (request.uri(), request.headers());
    let chosen = choose(request.method(), uri.path());
    let (resource, parameters) = match chosen {
        Some(chosen) => (chosen.template, chosen.parameters),
        None => {
            let proxy = decoded(uri.path().trim_start_matches('/'));
            ("/{proxy+}", BTreeMap::from([("proxy".to_owned(), proxy)]))
        }
    };
    let query = query(uri.query());
    let last: BTreeMap<_, _> = query
        .iter()
        .map(|(name, values)| (name, values.last()))
        .collect();
    json!({
        "resource": resource,
        "path": uri.path(),
        "httpMethod": request.method().as_str(),
        "headers": last_values(headers),
        "multiValueHeaders": all_values(headers),
        "queryStringParameters": (!query.is_empty()).then_some(last),
        "multiValueQueryStringParameters": (!query.is_empty()).then_some(&query),
        "pathParameters": (!parameters.is_empty()).then_some(parameters),
        "stageVariables": null,
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": "local",
            "domainName": header(headers, &HOST),
            "domainPrefix": "local",
            "extendedRequestId": "local=",
            "httpMethod": request.method().as_str(),
            "identity": { "sourceIp": SOURCE_IP, "userAgent": header(headers, &USER_AGENT) },
            "path": format!("/prod{}", uri.path()),
            "protocol": "HTTP/1.1",
            "requestId": Uuid::new_v4(),
            "requestTime": "01/Jan/2026:00:00:00 +0000",
            "requestTimeEpoch": now_ms(),
            "resourceId": "local",
            "resourcePath": resource,
            "stage": "prod",
        },
        "body": body,
        "isBase64Encoded": is_base64_encoded,
    })
}

const ACCOUNT_ID: &str = "123456789012";
const SOURCE_IP: &str = "127.0.0.1";

/// The body as the event's text, and whether that is base64. Text types stay text if they are
/// UTF-8; an absent body is none.
fn encode_body(request: &Request<Bytes>) -> (Option<String>, bool) {
    let body = request.body();
    if body.is_empty() {
        return (None, false);
    }
    let content_type = header(request.headers(), &CONTENT_TYPE);
    let is_text = [
        "text/",
        "application/json",
        "application/javascript",
        "application/xml",
    ]
    .iter()
    .any(|prefix| content_type.starts_with(prefix));
    match std::str::from_utf8(body) {
        Ok(text) if is_text => (Some(text.to_owned()), false),
        _ => (Some(STANDARD.encode(body)), true),
    }
}

/// The decoded query parameters, each with all its values.
fn query(query: Option<&str>) -> BTreeMap<String, Vec<String>> {
    let mut parameters: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        parameters
            .entry(name.into_owned())
            .or_default()
            .push(value.into_owned());
    }
    parameters
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
        .collect()
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn joined(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .keys()
        .map(|name| (name.to_string(), json!(values(headers, name).join(","))))
        .collect()
}

fn last_values(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .keys()
        .map(|name| (name.to_string(), json!(values(headers, name).last())))
        .collect()
}

fn all_values(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .keys()
        .map(|name| (name.to_string(), json!(values(headers, name))))
        .collect()
}

fn now_ms() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request<Bytes> {
        Request::post("/api/runs?tag=a&tag=b%20c")
            .header("host", "local")
            .header("content-type", "application/json; charset=utf-8")
            .header("x-tag", "1")
            .header("x-tag", "2")
            .header("cookie", "a=1; b=2")
            .body(Bytes::from_static(b"{}"))
            .unwrap()
    }

    #[test]
    fn an_http_api_joins_values_and_takes_out_cookies() {
        let event = Format::Http.event(&request());
        assert_eq!(event["rawQueryString"], "tag=a&tag=b%20c");
        assert_eq!(event["queryStringParameters"]["tag"], "a,b c");
        assert_eq!(event["headers"]["x-tag"], "1,2");
        assert_eq!(event["headers"]["cookie"], Value::Null);
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["body"], "{}");
        assert_eq!(event["isBase64Encoded"], false);
    }

    #[test]
    fn a_rest_api_gives_the_last_value_and_all_of_them() {
        let event = Format::Rest.event(&request());
        assert_eq!(event["queryStringParameters"]["tag"], "b c");
        assert_eq!(
            event["multiValueQueryStringParameters"]["tag"],
            json!(["a", "b c"])
        );
        assert_eq!(event["headers"]["x-tag"], "2");
        assert_eq!(event["multiValueHeaders"]["x-tag"], json!(["1", "2"]));
        assert_eq!(event["requestContext"]["stage"], "prod");
    }

    #[test]
    fn a_body_that_is_not_text_travels_as_base64() {
        let request = Request::post("/")
            .body(Bytes::from_static(b"\xff\x00"))
            .unwrap();
        for format in [Format::Http, Format::Rest] {
            let event = format.event(&request);
            assert_eq!(event["body"], "/wA=");
            assert_eq!(event["isBase64Encoded"], true);
        }
    }

    #[test]
    fn an_answer_is_a_response() {
        let answer = json!({
            "statusCode": 201,
            "headers": {"content-type": "text/plain", "link": "single"},
            "multiValueHeaders": {"Link": ["a", "b"]},
            "cookies": ["c=1"],
            "body": "aGk=",
            "isBase64Encoded": true,
        });
        for (format, links) in [
            (Format::Rest, vec!["a", "b"]),
            // Format 2.0 does not have `multiValueHeaders`.
            (Format::Http, vec!["single"]),
        ] {
            let response = format.response(answer.to_string().as_bytes()).unwrap();
            assert_eq!(response.status(), 201);
            assert_eq!(response.headers()["content-type"], "text/plain");
            assert_eq!(
                values(response.headers(), &HeaderName::from_static("link")),
                links
            );
            assert_eq!(response.headers()["set-cookie"], "c=1");
            assert_eq!(response.body().as_ref(), b"hi");
        }
    }

    #[test]
    fn other_answers_are_refused() {
        for answer in [
            "",
            "null",
            "{}",
            r#"{"statusCode":1}"#,
            r#"{"statusCode":200,"body":"?","isBase64Encoded":true}"#,
        ] {
            assert!(
                Format::Rest.response(answer.as_bytes()).is_err(),
                "{answer}"
            );
        }
    }
}
