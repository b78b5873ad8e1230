//! The OpenAPI document, made from the routes.

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use catalogue::{Route, Service};
use serde_json::{Value, json};
use telemetry::Dimension as _;
use utoipa::{
    OpenApi as _,
    openapi::{InfoBuilder, OpenApiBuilder},
};

use super::{
    document::{AnyRoute, path, shared_answers},
    routes, schemas,
};
use crate::Problem;

/// The document of all functions, OpenAPI 3.1.
pub fn openapi() -> Value {
    #[derive(utoipa::OpenApi)]
    #[openapi(components(schemas(Problem)))]
    struct Shared;

    let info = InfoBuilder::new()
        .title("Sentori")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Runs of an IoT simulation and the readings of their sensors. Every error is `{\"error\",\"message\",\"details\"?}`. Numbers may be text, a member that is null counts as absent, and query parameters that mean nothing are ignored."))
        .build();
    let mut document = OpenApiBuilder::from(Shared::openapi()).info(info).build();
    for service in Service::all() {
        document.merge(openapi_of(service));
    }
    let mut document = json!(document);
    let components = &mut document["components"];
    for (name, schema) in schemas::schemas() {
        components["schemas"][name] = schema;
    }
    for (name, answer) in shared_answers() {
        components["responses"][name] = json!(answer);
    }
    for (path, operations) in members(&mut document["paths"]) {
        for (_, operation) in members(operations) {
            let parameters = operation.get_mut("parameters");
            for parameter in parameters
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                let name = parameter["name"].as_str().unwrap_or_default();
                if let Some(schema) = schemas::parameter(path, name) {
                    parameter["schema"] = schema;
                }
            }
        }
    }
    // The other bodies may be left out.
    document["paths"][path(Route::IngestReadings)]["post"]["requestBody"]["required"] = json!(true);
    document
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
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

fn openapi_of(service: Service) -> utoipa::openapi::OpenApi {
    routes(service).0.into_openapi()
}

/// This document.
#[utoipa::path(get, path = path(Route::OpenApi), tag = "about", responses((status = 200, description = "The OpenAPI document", content_type = "application/json"), AnyRoute))]
pub(super) async fn document() -> Response {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| format!("{:#}", openapi()));
    (
        [(header::CONTENT_TYPE, "application/json")],
        DOCUMENT.as_str(),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
        assert_eq!(openapi()["openapi"], "3.1.0");
    }
}
