//! The committed files, with what Grafana and Terraform put in place of variables.

use std::path::Path;

use library::DEPLOYMENT;
use serde_json::Value;

/// The environment of event lines of a laptop.
pub(super) const ENVIRONMENT: &str = "local";
/// The id that AWS gave the API.
pub(super) const API_ID: &str = "a1b2c3d4e5";

/// The dashboards for a data source, each with its file's name.
pub(super) fn dashboards(data_source: &str) -> Vec<(String, Value)> {
    let folder = folder().join("grafana").join(data_source);
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut dashboards: Vec<_> = files
        .map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            (name, json(&file.path()))
        })
        .collect();
    dashboards.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert!(!dashboards.is_empty());
    dashboards
}

/// The panels of a dashboard with their targets, but for headings.
pub(super) fn targets(dashboard: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let open = dashboard["panels"].as_array().unwrap().iter();
    // A closed row holds its panels.
    let closed = open
        .clone()
        .flat_map(|row| row["panels"].as_array().into_iter().flatten());
    open.chain(closed).flat_map(|panel| {
        let title = panel["title"].as_str().unwrap();
        let targets = panel["targets"].as_array().into_iter().flatten();
        targets.map(move |target| (title, target))
    })
}

/// The metric alarms of the Terraform module as they are in [`ENVIRONMENT`].
pub(super) fn metric_alarms() -> Vec<Value> {
    let module = json(&folder().join("alarms/main.tf.json"));
    let alarms = &module["resource"]["aws_cloudwatch_metric_alarm"];
    let alarms = alarms.as_object().unwrap().values();
    alarms.map(|alarm| replace(alarm, &terraform)).collect()
}

/// How many composite alarms the module has.
pub(super) fn composite_alarms() -> usize {
    let module = json(&folder().join("alarms/main.tf.json"));
    let composites = &module["resource"]["aws_cloudwatch_composite_alarm"];
    composites.as_object().unwrap().len()
}

/// A text as Grafana sends it to CloudWatch.
pub(super) fn grafana(text: &str) -> String {
    text.replace("$environment", ENVIRONMENT)
        .replace("$api", API_ID)
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/rendered"))
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn replace(value: &Value, text: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(old) => text(old).into(),
        Value::Array(items) => items.iter().map(|item| replace(item, text)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            let replaced = members.map(|(name, member)| (name.clone(), replace(member, text)));
            Value::Object(replaced.collect())
        }
        other => other.clone(),
    }
}

/// A text with its interpolations replaced, as `terraform apply` does.
fn terraform(text: &str) -> String {
    let Some((before, rest)) = text.split_once("${var.") else {
        return text.to_owned();
    };
    let (variable, after) = rest.split_once('}').unwrap_or((rest, ""));
    format!("{before}{}{}", variable_value(variable), terraform(after))
}

fn variable_value(variable: &str) -> String {
    let Some((map, key)) = variable.split_once("[\"") else {
        return match variable {
            "environment" => ENVIRONMENT.to_owned(),
            other => match other.strip_suffix("_topic_arn") {
                Some(topic) => format!("arn:aws:sns:eu-west-3:123456789012:sentori-local-{topic}"),
                None => format!("https://example.com/{other}"),
            },
        };
    };
    let mut resources = DEPLOYMENT.resources.iter();
    let resource = resources.find(|resource| resource.variable == map).unwrap();
    let name = key.trim_end_matches("\"]");
    resource.naming.resolve(ENVIRONMENT, name, API_ID)
}
