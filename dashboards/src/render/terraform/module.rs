//! Inputs, outputs and versions of the module.

use serde_json::{Map, Value, json};

use super::label;
use crate::model::{AlarmKind, Library, Profile};

pub(super) fn variables(library: &Library) -> Value {
    let mut variables = Map::new();
    let mut text = |name: &str, description: &str| {
        let variable = json!({"type": "string", "description": description});
        variables.insert(name.to_owned(), variable);
    };
    text(
        "environment",
        "Name of the environment, part of every alarm's name and of the metrics' namespace.",
    );
    text("page_topic_arn", "SNS topic of alarms that wake someone.");
    text("ticket_topic_arn", "SNS topic of alarms for working hours.");
    text(
        "grafana_url",
        "Where Grafana is, without a slash at the end.",
    );
    text(
        "runbook_url",
        "Where the runbooks are, without a slash at the end.",
    );
    variables.insert("profile".to_owned(), profile());
    for resource in library.deployment.resources {
        let variable = json!({
            "type": "map(string)",
            "description": format!("{} by short name.", resource.dimension),
        });
        variables.insert(resource.variable.to_owned(), variable);
    }
    json!({"variable": variables})
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

pub(super) fn outputs(library: &Library) -> Value {
    let lists = library.alarms.iter().map(|alarm| {
        let kind = match alarm.kind {
            AlarmKind::Metric(_) => "metric",
            AlarmKind::Composite(_) => "composite",
        };
        let address = format!("aws_cloudwatch_{kind}_alarm.{}", label(&alarm.id));
        match alarm.profile {
            Profile::Dev => format!("[{address}.alarm_name]"),
            Profile::Prod => format!("{address}[*].alarm_name"),
        }
    });
    let lists: Vec<_> = lists.collect();
    json!({
        "output": {
            "alarm_names": {
                "description": "Names of the alarms of this profile.",
                "value": format!("${{concat({})}}", lists.join(", ")),
            }
        }
    })
}

pub(super) fn versions() -> Value {
    json!({
        "terraform": {
            "required_version": ">= 1.11",
            "required_providers": {
                "aws": {"source": "hashicorp/aws", "version": ">= 6.0"}
            }
        }
    })
}
