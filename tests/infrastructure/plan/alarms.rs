//! Alarms: what they watch, whom they tell, where they lead.

use super::{FUNCTIONS, Resource, each, expected, same};
use crate::files;

/// Every dimension of a planned alarm, of its metric or of the metrics of its expression.
fn dimensions(alarm: &Resource) -> Vec<(String, String)> {
    let own = alarm.values["dimensions"].as_object().cloned();
    let queries = alarm.values["metric_query"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let metrics = queries
        .iter()
        .flat_map(|query| query["metric"].as_array().cloned().unwrap_or_default());
    let of_metrics = metrics.filter_map(|metric| metric["dimensions"].as_object().cloned());
    let members = own.into_iter().chain(of_metrics).flatten();
    members
        .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

#[test]
fn alarms_watch_what_is_deployed() {
    each("api", |environment, api| {
        let id = api.one("aws_apigatewayv2_api", "this").text("/id");
        let mut checked = 0;
        for alarm in api.all("aws_cloudwatch_metric_alarm") {
            let name = alarm.text("/alarm_name");
            for (dimension, value) in dimensions(alarm) {
                let known: Vec<String> = match dimension.as_str() {
                    "FunctionName" | "LogGroupName" => FUNCTIONS
                        .iter()
                        .map(|one| expected(&dimension, environment, one))
                        .collect(),
                    "TableName" => ["runs", "sensor-data"]
                        .map(|one| expected(&dimension, environment, one))
                        .into(),
                    "ApiId" => vec![id.to_owned()],
                    // Named after the topic that fails, page-topic-fails, for one.
                    "TopicName" => {
                        let topics = ["page", "ticket"];
                        let of = |topic: &&str| name.contains(&format!("-{topic}-topic-"));
                        let named = topics.into_iter().find(of).unwrap();
                        vec![expected("TopicName", environment, named)]
                    }
                    _ => continue,
                };
                assert!(
                    known.contains(&value),
                    "{name} watches {dimension} {value}, of {known:?}"
                );
                // An alarm that has a function or a table in its name watches that one.
                let mut subjects = FUNCTIONS.iter().chain(&["runs", "sensor-data"]);
                let subject = subjects.find(|one| name.contains(&format!("-{one}-")));
                if let Some(subject) =
                    subject.filter(|_| !["ApiId", "TopicName"].contains(&dimension.as_str()))
                {
                    assert!(
                        value == expected(&dimension, environment, subject),
                        "Terraform's {dimension} of the alarm {name} is {value}, but its definition is about {subject}"
                    );
                }
                checked += 1;
            }
        }
        assert!(checked >= 4, "{environment}: only {checked} dimensions");
    });
}

#[test]
fn alarms_tell_those_whom_they_name_and_lead_to_their_runbook() {
    let settings = files::text("infra/aws/environments/example/api.tfvars");
    let base = settings
        .lines()
        .find_map(|line| line.strip_prefix("runbook_base_url = \""));
    let base = base.unwrap().trim_end_matches('"').to_owned();
    each("api", |environment, api| {
        let topic = |severity: &str| {
            let topic = format!("sentori-{environment}-{severity}");
            let mut topics = api.all("aws_sns_topic");
            let found = topics.find(|one| one.text("/name") == topic);
            found
                .unwrap_or_else(|| panic!("no topic {topic}"))
                .text("/arn")
                .to_owned()
        };
        let composites = api
            .resources
            .iter()
            .filter(|one| one.kind == "aws_cloudwatch_composite_alarm");
        for alarm in api.all("aws_cloudwatch_metric_alarm").chain(composites) {
            let name = alarm.text("/alarm_name");
            let Some(description) = alarm.values["alarm_description"].as_str() else {
                continue;
            };
            for actions in ["alarm_actions", "ok_actions"] {
                for action in alarm.values[actions].as_array().into_iter().flatten() {
                    let severity = description.split(':').next().unwrap().to_lowercase();
                    same(
                        (&format!("{actions} of {name}"), action.as_str()),
                        (
                            &format!("its definition's severity, {severity},"),
                            Some(topic(&severity).as_str()),
                        ),
                    );
                }
            }
            let Some((_, runbook)) = description.split_once("Runbook: ") else {
                continue;
            };
            let (address, page) = runbook.split(' ').next().unwrap().rsplit_once('/').unwrap();
            same(
                (&format!("runbook of {name}"), address),
                ("runbook_base_url", base.as_str()),
            );
            assert!(
                files::root().join("docs/runbooks").join(page).exists(),
                "{environment}: {name} leads to {page}"
            );
        }
    });
}
