//! The OpenAPI document, made from the routes.

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use catalogue::Route;
use serde_json::{Value, json};
use utoipa::{
    OpenApi as _,
    openapi::{InfoBuilder, OpenApiBuilder},
};

use super::{
    Described,
    document::{AnyRoute, method_and_path, path, shared_answers},
    function_of, schemas,
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
    document.merge(Described::openapi());
    let mut document = json!(document);
    let components = &mut document["components"];
    for (name, schema) in schemas::schemas() {
        components["schemas"][name] = schema;
    }
    for (name, answer) in shared_answers() {
        components["responses"][name] = json!(answer);
    }
    // Where users have tokens; a local server takes anybody.
    components["securitySchemes"]["token"] = json!({ "type": "http", "scheme": "bearer" });
    document["security"] = json!([{}, { "token": [] }]);
    for route in Route::ALL
        .iter()
        .filter(|route| function_of(**route).is_some())
    {
        let operation = operation(&mut document, *route);
        operation["operationId"] = json!(operation_id(*route));
        let parameters = operation.get_mut("parameters");
        for parameter in parameters
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let name = parameter["name"].as_str().unwrap_or_default();
            if let Some(schema) = schemas::parameter(*route, name) {
                parameter["schema"] = schema;
            }
        }
    }
    // The other bodies may be left out.
    operation(&mut document, Route::IngestReadings)["requestBody"]["required"] = json!(true);
    document
}

fn operation(document: &mut Value, route: Route) -> &mut Value {
    let (method, path) = method_and_path(route);
    &mut document["paths"][path][method.to_lowercase()]
}

/// What generated clients call a route: `startRun`. Handlers have names of their own that are
/// not unique, and OpenAPI's have to be.
fn operation_id(route: Route) -> String {
    let name = format!("{route:?}");
    let (first, others) = name.split_at(1);
    first.to_lowercase() + others
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
    use std::collections::{BTreeMap, BTreeSet};

    use telemetry::Dimension as _;

    use super::super::HANDLERS;
    use super::*;

    #[test]
    fn handlers_describe_the_routes_that_they_answer() {
        let described = json!(Described::openapi());
        let paths = described["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, operations)| {
            let operations = operations.as_object().into_iter().flatten();
            operations.map(move |(method, operation)| {
                let route = format!("{} {path}", method.to_uppercase());
                (route, operation["operationId"].as_str().unwrap_or_default())
            })
        });
        let described: BTreeMap<String, &str> = operations.collect();
        let listed = HANDLERS
            .iter()
            .map(|(route, handler)| (route.value().to_owned(), *handler));
        assert_eq!(
            described,
            listed.collect(),
            "left is what `utoipa::path` says above the handlers, right the list in \
             handlers/src/routes/mod.rs"
        );
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let mut document = openapi();
        let served = Route::ALL
            .iter()
            .filter(|route| function_of(**route).is_some());
        let names = served.map(|route| operation(&mut document, *route)["operationId"].to_string());
        let names: Vec<String> = names.collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(names.contains(&"\"startRun\"".to_owned()), "{names:?}");
    }

    #[test]
    fn is_openapi_3_1() {
        assert_eq!(openapi()["openapi"], "3.1.0");
    }
}
