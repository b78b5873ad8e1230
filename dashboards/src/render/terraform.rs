//! The alarms as a Terraform module, in Terraform's JSON syntax.
//!
//! Names that are known only at deployment are the module's variables.

mod alarm;
mod module;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{File, json};
use crate::model::{AlarmKind, Library};

/// The module's files.
pub(super) fn module(library: &Library) -> serde_json::Result<Vec<File>> {
    let mut metric = Map::new();
    let mut composite = Map::new();
    for alarm in &library.alarms {
        let label = label(&alarm.id);
        match &alarm.kind {
            AlarmKind::Metric(watch) => {
                let resource = alarm::metric(library, alarm, watch);
                metric.insert(label, serde_json::to_value(resource)?);
            }
            AlarmKind::Composite(watch) => {
                let resource = alarm::composite(library, alarm, watch);
                composite.insert(label, serde_json::to_value(resource)?);
            }
        }
    }
    let mut resources = Map::new();
    for (kind, alarms) in [
        ("aws_cloudwatch_metric_alarm", metric),
        ("aws_cloudwatch_composite_alarm", composite),
    ] {
        if !alarms.is_empty() {
            resources.insert(kind.to_owned(), Value::Object(alarms));
        }
    }
    let main = json!({
        "//": format!("Written by `{} render`; do not edit.", library.places.command),
        "resource": resources,
    });
    Ok(vec![
        file("main", &main)?,
        file("outputs", &module::outputs(library))?,
        file("variables", &module::variables(library))?,
        file("versions", &module::versions())?,
    ])
}

fn file(name: &str, content: &impl Serialize) -> serde_json::Result<File> {
    Ok(File {
        path: format!("alarms/{name}.tf.json"),
        content: json(content)?,
    })
}

/// The name of a resource within the module.
fn label(id: &str) -> String {
    id.replace(['-', '.'], "_")
}
