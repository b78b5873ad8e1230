//! Prometheus: a real one scrapes the running system, and answers each panel's queries.

use serde_json::Value;
use system_tests::{LocalServer, Prometheus};

use super::rendered_files::{dashboards, targets};
use super::simulation::{fail, simulate};

/// Numbers that must have been counted, not only be there.
const COUNTED: [&str; 5] = [
    "Runs started",
    "Failed runs",
    "Refused starts",
    "Readings stored",
    "Request rate",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_panel_shows_what_a_prometheus_scraped() {
    let folder = tempfile::tempdir().unwrap();
    let served = LocalServer::start(folder.path()).await;
    let Some(prometheus) = Prometheus::scraping(served.base()).await else {
        return;
    };
    prometheus.scraped().await;
    simulate(served.base()).await;
    fail(served.api()).await;
    prometheus.scraped().await;
    // The rate of what is kept by bucket needs two scrapes since the first value.
    simulate(served.base()).await;
    prometheus.scraped().await;

    let mut asked = 0;
    for (file, dashboard) in dashboards("prometheus") {
        for (panel, target) in targets(&dashboard) {
            let expression = grafana(target["expr"].as_str().unwrap());
            let numbers = numbers(&prometheus.query(&expression).await);
            assert!(!numbers.is_empty(), "{file}: {panel}: {expression}");
            if COUNTED.contains(&panel) {
                assert!(numbers[0] > 0.0, "{file}: {panel}: {expression}");
            }
            asked += 1;
        }
    }
    assert!(asked > 40, "{asked} queries");
}

/// The expression with Grafana's variables for a range of three hours.
fn grafana(expression: &str) -> String {
    let expression = expression.replace("$__rate_interval", "1m");
    let expression = expression.replace("$__interval", "1m");
    let expression = expression.replace("$__range", "3h");
    assert!(!expression.contains('$'), "{expression}");
    expression
}

/// The values of a vector that are numbers.
fn numbers(vector: &[Value]) -> Vec<f64> {
    let values = vector
        .iter()
        .map(|member| member["value"][1].as_str().unwrap());
    let numbers = values.map(|value| value.parse::<f64>().unwrap());
    numbers.filter(|number| number.is_finite()).collect()
}
