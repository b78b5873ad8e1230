//! Grafana: what it shows.

use library::DEPLOYMENT;
use serde_json::Value;

use super::{each, same};

#[test]
fn dashboards_show_the_environment_whose_grafana_it_is() {
    each("grafana", |environment, grafana| {
        let mut dashboards = 0;
        for object in grafana.all("aws_s3_object") {
            let key = object.text("/key");
            if !key.starts_with("dashboards/") {
                continue;
            }
            let dashboard = object.document("/content");
            let variables = dashboard["templating"]["list"].as_array().unwrap();
            let mut shown = variables.iter().filter(|one| one["name"] == "environment");
            let shown = shown
                .next()
                .unwrap_or_else(|| panic!("{key} has no environment"));
            same(
                (&format!("environment of {key}"), &shown["query"]),
                ("the deployed one", &Value::from(environment)),
            );
            dashboards += 1;
        }
        assert!(
            dashboards > 3,
            "only {dashboards} dashboards of {}",
            DEPLOYMENT.prefix
        );
    });
}
