//! Inputs, outputs and versions of a module.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{kind, label};
use crate::model::{Alarm, AlarmKind, Library, Profile, Severity};

/// What the alarms of a module refer to, and nothing else.
pub(super) fn variables(library: &Library, alarms: &[&Alarm]) -> Value {
    let mut variables = Map::new();
    let mut text = |name: &str, description: &str| {
        let variable = json!({"type": "string", "description": description});
        variables.insert(name.to_owned(), variable);
    };
    text(
        "environment",
        "Name of the environment, part of every alarm's name and of the metrics' namespace.",
    );
    let speaks = |severity| alarms.iter().any(|alarm| alarm.severity == severity);
    if speaks(Severity::Page) {
        text("page_topic_arn", "SNS topic of alarms that wake someone.");
    }
    if speaks(Severity::Ticket) {
        text("ticket_topic_arn", "SNS topic of alarms for working hours.");
    }
    text(
        "grafana_url",
        "Where Grafana is, without a slash at the end.",
    );
    text(
        "runbook_url",
        "Where the runbooks are, without a slash at the end.",
    );
    if speaks(Severity::Heartbeat) {
        let variable = json!({
            "type": "string",
            "description": "SNS topic that a monitor outside of AWS listens to, and tells somebody when it falls silent; empty for none.",
            "default": "",
        });
        variables.insert("heartbeat_topic_arn".to_owned(), variable);
    }
    variables.insert("profile".to_owned(), profile());
    for (name, variable) in resources(library, alarms).chain(quotas(alarms)) {
        variables.insert(name.to_owned(), variable);
    }
    json!({"variable": variables})
}

fn metric_alarms<'a>(
    alarms: &'a [&Alarm],
) -> impl Iterator<Item = &'a crate::model::MetricAlarm> + Clone {
    alarms.iter().filter_map(|alarm| match &alarm.kind {
        AlarmKind::Metric(metric) => Some(metric),
        AlarmKind::Composite(_) => None,
    })
}

/// The names of what is watched, which are known when it is deployed.
fn resources<'a>(
    library: &'a Library,
    alarms: &'a [&Alarm],
) -> impl Iterator<Item = (&'static str, Value)> + 'a {
    let watched = metric_alarms(alarms).flat_map(|alarm| alarm.expression.metrics());
    let dimensions = watched.flat_map(crate::model::MetricQuery::dimensions);
    let names: BTreeSet<_> = dimensions.map(|(dimension, _)| dimension.name).collect();
    let resources = library.deployment.resources.iter();
    resources
        .filter(move |resource| names.contains(resource.dimension))
        .map(|resource| {
            let description = format!("{} by short name.", resource.dimension);
            let variable = json!({"type": "map(string)", "description": description});
            (resource.variable, variable)
        })
}

fn quotas<'a>(alarms: &'a [&Alarm]) -> impl Iterator<Item = (&'static str, Value)> + 'a {
    let quotas = metric_alarms(alarms).filter_map(|alarm| alarm.quota);
    quotas.map(|quota| {
        let variable = json!({
            "type": "number",
            "description": quota.title,
            "default": quota.usual,
        });
        (quota.variable, variable)
    })
}

fn profile() -> Value {
    json!({
        "type": "string",
        "description": "Which alarms there are: dev (within CloudWatch's free alarms) or prod (all).",
        "validation": {
            "condition": "${contains([\"dev\", \"prod\"], var.profile)}",
            "error_message": "The profile must be dev or prod.",
        },
    })
}

pub(super) fn outputs(alarms: &[&Alarm]) -> Value {
    let names = alarms.iter().map(|alarm| {
        let address = format!("{}.{}", kind(alarm), label(&alarm.id));
        match (alarm.profile, alarm.only_with) {
            (Profile::Dev, None) => format!("[{address}.alarm_name]"),
            _ => format!("{address}[*].alarm_name"),
        }
    });
    let names = names.collect::<Vec<_>>().join(", ");
    json!({
        "output": {
            "alarm_names": {
                "description": "Names of the alarms of this profile.",
                "value": format!("${{concat({names})}}"),
            },
        }
    })
}

pub(super) fn versions() -> Value {
    json!({
        "terraform": {
            "required_version": ">= 1.11",
            "required_providers": {
                "aws": {"source": "hashicorp/aws", "version": ">= 6.66"}
            }
        }
    })
}
