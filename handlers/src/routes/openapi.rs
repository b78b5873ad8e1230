//! The OpenAPI document, made from the routes.

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use catalogue::Service;
use serde_json::Value;
use telemetry::Dimension as _;
use utoipa::{
    OpenApi as _,
    openapi::{InfoBuilder, OpenApi, OpenApiBuilder},
};

use super::{ErrorBody, routes};

/// The document of all functions, OpenAPI 3.1.
pub fn openapi() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(components(schemas(ErrorBody)))]
    struct Shared;

    let info = InfoBuilder::new()
        .title("Sentori")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Runs of an IoT simulation and the readings of their sensors. Every error is `{\"error\",\"message\",\"details\"?}`."))
        .build();
    let mut document = OpenApiBuilder::from(Shared::openapi()).info(info).build();
    for service in Service::all() {
        document.merge(openapi_of(service));
    }
    document
}

/// The methods and paths that a function answers.
pub fn routes_of(service: Service) -> Vec<(String, String)> {
    let document = serde_json::to_value(openapi_of(service)).unwrap_or_default();
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let methods = |(path, methods): (String, Value)| {
        let methods = methods.as_object().cloned().unwrap_or_default();
        let methods = methods.into_iter();
        methods.map(move |(method, _)| (method.to_uppercase(), path.clone()))
    };
    paths.into_iter().flat_map(methods).collect()
}

fn openapi_of(service: Service) -> OpenApi {
    routes(service).0.into_openapi()
}

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "about", responses((status = 200, description = "The OpenAPI document", content_type = "application/json")))]
pub(super) async fn document() -> Response {
    static DOCUMENT: LazyLock<String> =
        LazyLock::new(|| openapi().to_pretty_json().unwrap_or_default());
    (
        [(header::CONTENT_TYPE, "application/json")],
        DOCUMENT.as_str(),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use catalogue::Route;
    use telemetry::Dimension;

    use super::*;

    #[test]
    fn every_route_is_known_to_telemetry() {
        let routes: BTreeSet<String> = Service::all()
            .flat_map(routes_of)
            .map(|(method, path)| format!("{method} {path}"))
            .collect();
        let known: BTreeSet<String> = Route::ALL
            .iter()
            .filter(|route| **route != Route::Unmatched)
            .map(|route| route.value().to_owned())
            .collect();
        let missing: Vec<_> = routes.difference(&known).collect();
        assert!(
            missing.is_empty(),
            "{missing:?}: add a variant to `Route` in telemetry/catalogue/src/lib.rs for each"
        );
        let unserved: Vec<_> = known.difference(&routes).collect();
        assert!(
            unserved.is_empty(),
            "{unserved:?}: add a handler with this path to the routes of a function in \
             handlers/src/routes/mod.rs, or take the variant away"
        );
    }

    #[test]
    fn is_openapi_3_1() {
        assert_eq!(serde_json::to_value(openapi()).unwrap()["openapi"], "3.1.0");
    }
}
