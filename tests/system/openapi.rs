//! The API's description, kept as a file so that a change to it is seen. That every answer is what
//! it says, `system_tests::contract` looks at whenever a test asks.

use serde_json::Value;
use system_tests::System;

use crate::golden;

#[tokio::test]
async fn the_description_is_the_committed_one() {
    let system = System::start().await;
    let served = system.api().get("/api/openapi.json").expect(200).await;
    let version = served["openapi"].as_str();
    assert!(
        version.is_some_and(|version| version.starts_with("3.1")),
        "{served}"
    );
    golden::check("openapi.json", &format!("{served:#}\n"));
}

#[test]
fn what_routes_share_stands_once() {
    let description = handlers::openapi().to_string();
    for said_once in [
        "The store does not answer in time",
        "Short, stable name of the error",
    ] {
        assert_eq!(description.matches(said_once).count(), 1, "{said_once}");
    }
    assert!(references(&handlers::openapi()).all(|found| found));
}

#[test]
fn every_answer_says_what_it_means() {
    let description = handlers::openapi();
    let paths = description["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(_, path)| path.as_object().into_iter().flatten());
    for (_, operation) in operations {
        for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
            let said = ["description", "$ref"].map(|member| answer[member].as_str());
            let name = &operation["operationId"];
            assert!(said.iter().any(Option::is_some), "{name}: {status}");
        }
    }
}

/// Whether each reference leads somewhere.
fn references(description: &Value) -> impl Iterator<Item = bool> {
    let text = description.to_string();
    let places: Vec<String> = text
        .split(r##""$ref":"#"##)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect();
    places
        .into_iter()
        .map(|place| description.pointer(&place).is_some())
}
