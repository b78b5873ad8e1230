//! The OpenAPI document, made from the routes.

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use utoipa::{
    OpenApi as _,
    openapi::{InfoBuilder, OpenApi, OpenApiBuilder},
};

use super::{ErrorBody, run_routes, sensor_routes};

/// The document of both functions, OpenAPI 3.1.
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
    document.merge(run_routes().into_openapi());
    document.merge(sensor_routes().into_openapi());
    document
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
        let document = serde_json::to_value(openapi()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let routes: BTreeSet<String> = paths
            .iter()
            .flat_map(|(path, methods)| {
                methods
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let known: BTreeSet<String> = Route::ALL
            .iter()
            .filter(|route| **route != Route::Unmatched)
            .map(|route| route.value().to_owned())
            .collect();
        assert_eq!(routes, known);
    }

    #[test]
    fn is_openapi_3_1() {
        assert_eq!(serde_json::to_value(openapi()).unwrap()["openapi"], "3.1.0");
    }
}
