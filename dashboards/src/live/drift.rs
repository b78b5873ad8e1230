//! Live alarms against the rendered ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::AlarmType;
use serde_json::{Map, Value};

use super::attributes::{composite, metric, without_empty};
use super::client::AwsError;
use super::environment::{ANY, Environment, matches};
use crate::model::alarm::{MODULE, Profile};

/// An alarm that is not as defined.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// The alarm's name.
    pub alarm: String,
    /// How it differs.
    pub kind: Kind,
}

/// How a live alarm differs from its definition.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// It is defined, but not live.
    NotLive,
    /// It is live under the deployment's prefix, but not defined.
    NotDefined,
    /// An attribute differs.
    Changed {
        /// Terraform's name of the attribute, with its place in a list.
        attribute: String,
        /// As defined; `*` stands for what only the deployment knows.
        defined: String,
        /// As it is.
        live: String,
    },
}

/// Compares the live alarms of an environment with the rendered Terraform of the alarms, by
/// module (`alarms/main.tf.json`). Modules beside [`MODULE`] are compared if any of their alarms
/// is live. `progress` is told how many alarms have been read.
///
/// # Errors
/// [`AwsError`] if `DescribeAlarms` fails.
pub async fn drift(
    client: &Client,
    modules: &BTreeMap<String, Value>,
    environment: &Environment,
    profile: Profile,
    progress: impl Fn(u64),
) -> Result<Vec<Drift>, AwsError> {
    let prefix = format!("{}-{}-", environment.deployment.prefix, environment.name);
    let live = live(client, &prefix, progress).await?;
    let mut wanted = BTreeMap::new();
    for (module, main) in modules {
        let defined = defined(main, environment, profile);
        if module == MODULE || defined.keys().any(|name| live.contains_key(name)) {
            wanted.extend(defined);
        }
    }
    Ok(compare(&wanted, &live))
}

async fn live(
    client: &Client,
    prefix: &str,
    progress: impl Fn(u64),
) -> Result<BTreeMap<String, Value>, AwsError> {
    let mut pages = client
        .describe_alarms()
        .alarm_name_prefix(prefix)
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .into_paginator()
        .send();
    let mut live = BTreeMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::new("DescribeAlarms", error))?;
        let metric = page.metric_alarms().iter().map(metric);
        let composite = page.composite_alarms().iter().map(composite);
        live.extend(metric.chain(composite).map(named));
        progress(live.len() as u64);
    }
    Ok(live)
}

/// The rendered alarms of an environment and a profile, by name.
fn defined(
    rendered: &Value,
    environment: &Environment,
    profile: Profile,
) -> BTreeMap<String, Value> {
    let resources = &rendered["resource"];
    let kinds = resources.as_object().into_iter().flat_map(Map::values);
    let alarms = kinds.filter_map(Value::as_object).flat_map(Map::values);
    let of_profile = |alarm: &&Value| {
        let count = alarm["count"].as_str().unwrap_or_default();
        profile == Profile::Prod || !count.contains("var.profile")
    };
    let wanted = alarms.filter(of_profile);
    let resolved = wanted.map(|alarm| environment.resolve(alarm, resources, profile));
    resolved.map(|alarm| named(attributes(&alarm))).collect()
}

/// Whether it is there only if the deployment has what it watches.
const OPTIONAL: &str = "optional";

/// What is compared of a rendered alarm; what it does not say has Terraform's default.
fn attributes(alarm: &Value) -> Value {
    let mut alarm = without_empty(alarm.clone());
    if let Some(members) = alarm.as_object_mut() {
        let count = members.remove("count").unwrap_or_default();
        if count
            .as_str()
            .is_some_and(|count| count.contains("length("))
        {
            members.insert(OPTIONAL.to_owned(), true.into());
        }
        members.entry("actions_enabled").or_insert(true.into());
    }
    alarm
}

fn named(alarm: Value) -> (String, Value) {
    (
        alarm["alarm_name"].as_str().unwrap_or_default().to_owned(),
        alarm,
    )
}

fn compare(defined: &BTreeMap<String, Value>, live: &BTreeMap<String, Value>) -> Vec<Drift> {
    let names: BTreeSet<&String> = defined.keys().chain(live.keys()).collect();
    let mut drifts = Vec::new();
    for name in names {
        let mut found = |kind| {
            drifts.push(Drift {
                alarm: name.clone(),
                kind,
            });
        };
        match (defined.get(name), live.get(name)) {
            (Some(defined), Some(live)) => {
                let mut defined = defined.clone();
                if let Some(members) = defined.as_object_mut() {
                    members.remove(OPTIONAL);
                }
                differences("", &defined, live, &mut found);
            }
            (Some(defined), None) if defined[OPTIONAL] == true => {}
            (Some(_), None) => found(Kind::NotLive),
            (None, _) => found(Kind::NotDefined),
        }
    }
    drifts
}

fn differences(path: &str, defined: &Value, live: &Value, found: &mut impl FnMut(Kind)) {
    match (defined, live) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for key in keys {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                differences(&path, &defined[key], &live[key], found);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let (left, right) = (by_id(left), by_id(right));
            for (place, (left, right)) in left.into_iter().zip(right).enumerate() {
                differences(&format!("{path}[{place}]"), left, right, found);
            }
        }
        _ if same(defined, live) => {}
        _ => found(Kind::Changed {
            attribute: path.to_owned(),
            defined: text(defined),
            live: text(live),
        }),
    }
}

/// Metric queries may come in any order.
fn by_id(items: &[Value]) -> Vec<&Value> {
    let mut items: Vec<_> = items.iter().collect();
    items.sort_by_key(|item| item["id"].as_str());
    items
}

fn same(defined: &Value, live: &Value) -> bool {
    match (defined, live) {
        (Value::String(pattern), _) if pattern.chars().eq([ANY]) => true,
        (Value::String(pattern), Value::String(text)) => matches(pattern, text),
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        _ => defined == live,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.replace(ANY, "*"),
        other => other.to_string().replace("\\u0000", "*"),
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.alarm, self.kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLive => f.write_str("is defined, but not live"),
            Self::NotDefined => f.write_str("is live, but not defined"),
            Self::Changed {
                attribute,
                defined,
                live,
            } => {
                write!(f, "{attribute} is {live}, defined is {defined}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::DEPLOYMENT;

    fn rendered() -> Value {
        json!({"resource": {"aws_cloudwatch_metric_alarm": {
            "a": {"alarm_name": "example-${var.environment}-a", "threshold": 2.0,
                  "alarm_actions": ["${var.page_topic_arn}"],
                  "dimensions": {"ApiId": "${var.api_ids[\"http\"]}"}},
            "b": {"alarm_name": "example-${var.environment}-b", "count": "${var.profile == \"prod\" ? 1 : 0}"},
        }}})
    }

    fn drifts(profile: Profile, live: &[Value]) -> Vec<String> {
        let environment = Environment {
            deployment: DEPLOYMENT,
            name: "prod".into(),
            assigned: vec![("http".into(), "abc".into())],
        };
        let live = live.iter().cloned().map(named).collect();
        compare(&defined(&rendered(), &environment, profile), &live)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn alarm(changed: &Value) -> Value {
        let mut alarm = json!({"alarm_name": "example-prod-a", "actions_enabled": true, "threshold": 2,
            "alarm_actions": ["arn:aws:sns:eu-west-3:1:example-prod-page"], "dimensions": {"ApiId": "abc"}});
        for (key, value) in changed.as_object().expect("an object") {
            alarm[key] = value.clone();
        }
        alarm
    }

    #[test]
    fn an_alarm_as_defined_has_not_drifted() {
        assert_eq!(drifts(Profile::Dev, &[alarm(&json!({}))]), [""; 0]);
    }

    #[test]
    fn topics_are_compared_by_their_arns() {
        let wrong =
            alarm(&json!({"alarm_actions": ["arn:aws:sns:eu-west-3:1:example-prod-ticket"]}));
        let found = drifts(Profile::Dev, &[wrong]);
        assert!(
            found[0].contains("defined is arn:*:sns:*:*:example-prod-page"),
            "{found:?}"
        );
    }

    #[test]
    fn every_difference_is_named() {
        let changed = json!({"threshold": 3, "dimensions": {"ApiId": "xyz"}, "alarm_actions": [], "unit": "Count"});
        let expected = [
            "example-prod-a: alarm_actions is [], defined is [\"arn:*:sns:*:*:example-prod-page\"]",
            "example-prod-a: dimensions.ApiId is xyz, defined is abc",
            "example-prod-a: threshold is 3, defined is 2.0",
            "example-prod-a: unit is Count, defined is nothing",
        ];
        assert_eq!(drifts(Profile::Dev, &[alarm(&changed)]), expected);
    }

    #[test]
    fn alarms_may_be_missing_or_strangers() {
        let stranger = json!({"alarm_name": "example-prod-c"});
        let expected = [
            "example-prod-b: is defined, but not live",
            "example-prod-c: is live, but not defined",
        ];
        assert_eq!(
            drifts(Profile::Prod, &[alarm(&json!({})), stranger]),
            expected
        );
    }
}
