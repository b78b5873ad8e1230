//! Which route an event is for: the one that API Gateway chose, and so authorised.
//!
//! An HTTP API chooses the route by the path as it was sent, and gives the function the path
//! decoded: `/api/runs/interrupt-all%23/finish` is the finish of a run, but looks like
//! `/api/runs/interrupt-all#/finish` to the function. So the path is made again, of the route and
//! its parameters.

use std::collections::HashMap;

use lambda_http::LambdaEvent;
use lambda_http::request::LambdaRequest;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a segment of a path may hold as it is (RFC 3986, unreserved), dots excepted.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');
/// The same and the slash.
const PATH: &AsciiSet = &SEGMENT.remove(b'/').remove(b'.');

/// Gives the event the path of its route, encoded.
pub(super) fn by_route(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    match &mut event.payload {
        LambdaRequest::ApiGatewayV2(request) => {
            let route = request.route_key.as_deref().unwrap_or_default();
            let template = route.split_once(' ').map(|(_, path)| path);
            let path = request.raw_path.take().unwrap_or_default();
            request.raw_path = Some(encoded(template, &request.path_parameters, &path));
        }
        LambdaRequest::ApiGatewayV1(request) => {
            let path = request.path.take().unwrap_or_default();
            let template = request.resource.as_deref();
            request.path = Some(encoded(template, &request.path_parameters, &path));
        }
        _ => {}
    }
    event
}

/// The path of a route with these parameters; without a route of its own (`$default`, `{proxy+}`)
/// the path that was sent, of which everything was authorised alike.
fn encoded(template: Option<&str>, parameters: &HashMap<String, String>, path: &str) -> String {
    let Some(template) = template.filter(|template| !template.contains("+}")) else {
        return utf8_percent_encode(path, PATH).to_string();
    };
    let segment = |segment: &str| {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name {
            Some(name) => {
                let value = parameters.get(name).map(String::as_str).unwrap_or_default();
                utf8_percent_encode(value, SEGMENT).to_string()
            }
            None => segment.to_owned(),
        }
    };
    let segments: Vec<String> = template.split('/').map(segment).collect();
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finish(id: &str) -> String {
        let parameters = HashMap::from([("id".to_owned(), id.to_owned())]);
        encoded(Some("/api/runs/{id}/finish"), &parameters, "/ignored")
    }

    #[test]
    fn a_path_is_that_of_the_route_whatever_the_parameter_holds() {
        assert_eq!(finish("7"), "/api/runs/7/finish");
        assert_eq!(
            finish("interrupt-all#"),
            "/api/runs/interrupt-all%23/finish"
        );
        assert_eq!(finish("x/../y"), "/api/runs/x%2F%2E%2E%2Fy/finish");
        assert_eq!(finish(".."), "/api/runs/%2E%2E/finish");
        assert_eq!(finish("a?b%\u{fffd}"), "/api/runs/a%3Fb%25%EF%BF%BD/finish");
    }

    #[test]
    fn without_a_route_of_its_own_the_path_is_encoded_again() {
        let none = HashMap::new();
        for template in [None, Some("/{proxy+}")] {
            assert_eq!(
                encoded(template, &none, "/api/runs/a b#c"),
                "/api/runs/a%20b%23c"
            );
        }
    }
}
