//! The HTTP API: CORS, routes, who may call, what is logged.

use std::collections::BTreeSet;

use catalogue::Route;
use handlers::Config;
use handlers::routes::{CORS_EXPOSED_HEADERS, CORS_METHODS, CORS_REQUEST_HEADERS, function_of};
use telemetry::Dimension as _;

use super::{each, planned, same};

#[test]
fn the_gateway_answers_as_the_router_would() {
    each("api", |_, api| {
        let gateway = api.one("aws_apigatewayv2_api", "this");
        let listed = |name: &str| -> BTreeSet<String> {
            let listed = gateway.at(&format!("/cors_configuration/0/{name}"));
            let texts = listed.as_array().unwrap().iter();
            texts
                .map(|text| text.as_str().unwrap().to_lowercase())
                .collect()
        };
        let lower = |text: &str| text.to_lowercase();
        let requested = CORS_REQUEST_HEADERS
            .iter()
            .map(|name| lower(name.as_str()))
            .collect();
        same(
            ("allow_headers", listed("allow_headers")),
            ("CORS_REQUEST_HEADERS", requested),
        );
        let exposed = CORS_EXPOSED_HEADERS
            .iter()
            .map(|name| lower(name.as_str()))
            .collect();
        same(
            ("expose_headers", listed("expose_headers")),
            ("CORS_EXPOSED_HEADERS", exposed),
        );
        let methods = CORS_METHODS.iter().map(|name| lower(name.as_str()));
        let methods = methods.chain(["options".to_owned()]).collect();
        same(
            ("allow_methods", listed("allow_methods")),
            ("CORS_METHODS and OPTIONS", methods),
        );
        let stage = api.one("aws_apigatewayv2_stage", "default");
        same(
            ("stage", stage.text("/name")),
            ("the path that the router knows", "$default"),
        );
        for integration in api.all("aws_apigatewayv2_integration") {
            let version = integration.text("/payload_format_version");
            same(
                ("payload of an integration", version),
                ("handlers::lambda's", "2.0"),
            );
        }
    });
}

#[test]
fn the_gateway_and_the_functions_allow_the_same_origins() {
    each("api", |environment, api| {
        let variables = api.function("run-api").at("/environment/0/variables");
        let config = Config::from_lookup(|name| variables[name].as_str().map(str::to_owned));
        let config = config.unwrap();
        let of_functions: BTreeSet<_> = config
            .allowed_origins
            .iter()
            .map(|one| one.to_str().unwrap())
            .collect();
        let gateway = api.one("aws_apigatewayv2_api", "this");
        let origins = gateway
            .at("/cors_configuration/0/allow_origins")
            .as_array()
            .unwrap();
        let of_gateway: BTreeSet<_> = origins.iter().map(|one| one.as_str().unwrap()).collect();
        same(
            ("allow_origins", of_gateway.clone()),
            ("ALLOWED_ORIGIN of run-api", of_functions),
        );
        assert!(
            environment != "prod" || of_gateway.len() == 2,
            "{of_gateway:?}"
        );
    });
}

#[test]
fn every_route_reaches_the_live_version_of_its_function() {
    each("api", |_, api| {
        for route in api.all("aws_apigatewayv2_route") {
            let key = route.text("/route_key");
            let service = Route::from_value(key).and_then(function_of);
            let name = service
                .unwrap_or_else(|| panic!("nobody serves {key}"))
                .value();
            let id = route.text("/target").trim_start_matches("integrations/");
            let mut integrations = api.all("aws_apigatewayv2_integration");
            let integration = integrations.find(|one| one.text("/id") == id).unwrap();
            let alias = api.one(
                "aws_lambda_alias",
                &format!("function[\"{name}\"].aws_lambda_alias.live"),
            );
            same(
                (
                    &format!("target of {key}"),
                    integration.text("/integration_uri"),
                ),
                (&format!("the alias of {name}"), alias.text("/invoke_arn")),
            );
        }
    });
}

#[test]
fn interrupting_everybody_takes_a_scope_where_there_are_tokens() {
    let Some(api) = planned("prod", "api") else {
        return;
    };
    for route in api.all("aws_apigatewayv2_route") {
        let key = route.text("/route_key");
        same(
            (
                &format!("authorization of {key}"),
                route.text("/authorization_type"),
            ),
            ("authentication = \"jwt\"", "JWT"),
        );
        let scoped = route.values["authorization_scopes"]
            .as_array()
            .is_some_and(|scopes| !scopes.is_empty());
        same(
            (&format!("scope of {key}"), scoped),
            ("the API's rule", key == "POST /api/runs/interrupt-all"),
        );
    }
}

#[test]
fn an_address_is_in_no_log_unless_asked_for() {
    each("api", |_, api| {
        let format = api
            .one("aws_apigatewayv2_stage", "default")
            .text("/access_log_settings/0/format");
        assert!(!format.contains("sourceIp"), "{format}");
        assert!(
            format.len() < 200,
            "{} bytes before anything is filled in",
            format.len()
        );
    });
}
