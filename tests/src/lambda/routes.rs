//! The routes of the deployed API, and how API Gateway chooses among them: by the path as it was
//! sent. What it hands on is decoded
//! ([route selection](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html)).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::Method;
use catalogue::{Route, Service};
use handlers::routes::function_of;
use percent_encoding::percent_decode_str;
use telemetry::Dimension as _;

/// The route that a request is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RouteMatch {
    /// The function that answers it.
    pub(super) function: Service,
    /// As `GET /api/runs/{id}`.
    pub(super) key: String,
    /// As `/api/runs/{id}`.
    pub(super) template: &'static str,
    /// The values of its parameters, decoded.
    pub(super) parameters: BTreeMap<String, String>,
}

/// Functions, methods and paths, those with the fewest parameters first: a literal segment wins.
static ROUTES: LazyLock<Vec<(Service, &str, &str)>> = LazyLock::new(|| {
    let served = Route::ALL.iter().filter_map(|route| {
        let (method, path) = route.value().split_once(' ')?;
        Some((function_of(*route)?, method, path))
    });
    let mut routes: Vec<_> = served.collect();
    routes.sort_by_key(|(_, _, path)| path.matches('{').count());
    routes
});

/// The route of a request, if it has one of its own.
pub(super) fn choose(method: &Method, raw_path: &str) -> Option<RouteMatch> {
    ROUTES.iter().find_map(|(function, verb, template)| {
        let parameters = matched(template, raw_path).filter(|_| *verb == method.as_str())?;
        Some(RouteMatch {
            function: *function,
            key: format!("{verb} {template}"),
            template,
            parameters,
        })
    })
}

/// The function that a request goes to: that of its route, or of its path if no route has its method.
pub(super) fn function(method: &Method, raw_path: &str) -> Service {
    let of_path = || {
        let mut routes = ROUTES.iter();
        let route = routes.find(|(_, _, template)| matched(template, raw_path).is_some());
        route.map(|(function, ..)| *function)
    };
    let chosen = choose(method, raw_path).map(|chosen| chosen.function);
    chosen.or_else(of_path).unwrap_or(Service::RunApi)
}

/// The route of a request as `GET /api/runs/{id}`, if it has one of its own.
#[must_use]
pub fn route(method: &Method, raw_path: &str) -> Option<String> {
    Some(choose(method, raw_path)?.key)
}

/// A path or a part of it as the function gets it.
pub(super) fn decoded(raw: &str) -> String {
    percent_decode_str(raw).decode_utf8_lossy().into_owned()
}

fn matched(template: &str, raw_path: &str) -> Option<BTreeMap<String, String>> {
    let (wanted, given) = (template.split('/'), raw_path.split('/'));
    if wanted.clone().count() != given.clone().count() {
        return None;
    }
    let mut parameters = BTreeMap::new();
    for (wanted, given) in wanted.zip(given) {
        match wanted
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) if !given.is_empty() => {
                parameters.insert(name.to_owned(), decoded(given));
            }
            _ if wanted == given => {}
            _ => return None,
        }
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(method: &Method, path: &str) -> Option<String> {
        choose(method, path).map(|chosen| chosen.key)
    }

    #[test]
    fn a_route_is_chosen_by_the_path_as_it_was_sent() {
        let finish = Some("POST /api/runs/{id}/finish".to_owned());
        assert_eq!(
            key(&Method::POST, "/api/runs/interrupt-all%23/finish"),
            finish
        );
        assert_eq!(key(&Method::POST, "/api/runs/a%2Fb/finish"), finish);
        let all = Some("GET /api/runs/all".to_owned());
        assert_eq!(key(&Method::GET, "/api/runs/all"), all);
        assert_eq!(key(&Method::GET, "/api/runs/a/b"), None);
        assert_eq!(key(&Method::DELETE, "/api/runs"), None);
    }
}
