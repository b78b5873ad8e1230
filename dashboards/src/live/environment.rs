//! Names in one environment: what Terraform's variables and references stand for there.

use serde_json::{Map, Value};

use crate::model::{Deployment, Naming, Profile};
use crate::render::terraform::ONLY_DEV;

/// Stands for text that only the deployment knows, such as an account's id.
pub(super) const ANY: char = '\u{0}';

/// One environment of a deployment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// How names depend on the environment.
    pub deployment: Deployment,
    /// Its name, such as `prod`.
    pub name: String,
    /// The ids that AWS gave: dimension value to id, such as `http` to the API's id.
    pub assigned: Vec<(String, String)>,
}

impl Environment {
    /// The deployed value of a dimension; `None` if only AWS knows it and nobody said.
    pub fn value(&self, dimension: &str, name: &str) -> Option<String> {
        match self
            .deployment
            .resource(dimension)
            .map(|resource| resource.naming)
        {
            None => Some(name.to_owned()),
            Some(Naming::Assigned(_) | Naming::Deployed) => {
                let known = self.assigned.iter().find(|(short, _)| short == name);
                known.map(|(_, id)| id.clone())
            }
            Some(naming) => Some(naming.resolve(&self.name, name, "")),
        }
    }

    /// A value of rendered Terraform with its interpolations replaced; unknown ones
    /// become [`ANY`]. `resources` are all that it may refer to.
    pub(super) fn resolve(&self, value: &Value, resources: &Value, profile: Profile) -> Value {
        let resolve = |value| self.resolve(value, resources, profile);
        match value {
            Value::String(text) if text == ONLY_DEV => Value::Bool(profile != Profile::Prod),
            Value::String(text) => Value::String(self.text(text, resources)),
            Value::Array(items) => items.iter().map(resolve).collect(),
            Value::Object(members) => {
                let members = members.iter();
                let resolve = |(key, value): (&String, &Value)| {
                    (key.clone(), self.resolve(value, resources, profile))
                };
                Value::Object(members.map(resolve).collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    fn text(&self, text: &str, resources: &Value) -> String {
        let mut resolved = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            resolved.push_str(before);
            let (expression, after) = after.split_once('}').unwrap_or((after, ""));
            match self.expression(expression, resources) {
                Some(known) => resolved.push_str(&known),
                None => resolved.push(ANY),
            }
            rest = after;
        }
        resolved + rest
    }

    fn expression(&self, expression: &str, resources: &Value) -> Option<String> {
        if let Some(variable) = expression.strip_prefix("var.") {
            return self.variable(variable);
        }
        let mut path = expression.split(['.', '[']);
        let resource = resources.get(path.next()?)?.get(path.next()?)?;
        Some(self.text(resource.get("alarm_name")?.as_str()?, resources))
    }

    fn variable(&self, variable: &str) -> Option<String> {
        let Some((map, key)) = variable.split_once("[\"") else {
            let (prefix, environment) = (self.deployment.prefix, &self.name);
            let topic = variable.strip_suffix("_topic_arn");
            let arn = |topic| format!("arn:{ANY}:sns:{ANY}:{ANY}:{prefix}-{environment}-{topic}");
            let known = (variable == "environment").then(|| environment.clone());
            return known.or(topic.map(arn));
        };
        let mut known = self.deployment.resources.iter();
        let resource = known.find(|resource| resource.variable == map)?;
        self.value(resource.dimension, key.trim_end_matches("\"]"))
    }
}

/// Whether `text` is what `pattern` says, where [`ANY`] stands for any text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split(ANY);
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.split_once(middle) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last: &str| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::DEPLOYMENT;

    fn prod() -> Environment {
        Environment {
            deployment: DEPLOYMENT,
            name: "prod".into(),
            assigned: vec![],
        }
    }

    #[test]
    fn interpolations_become_names() {
        let resources =
            json!({"aws_cloudwatch_metric_alarm": {"a": {"alarm_name": "x-${var.environment}-a"}}});
        let resolve =
            |text: &str| prod().resolve(&json!([text]), &resources, Profile::Prod)[0].clone();
        assert_eq!(resolve("example-${var.environment}-a"), "example-prod-a");
        assert_eq!(
            resolve("${var.function_names[\"orders\"]}"),
            "example-prod-orders"
        );
        assert_eq!(
            resolve("ALARM(\"${aws_cloudwatch_metric_alarm.a[0].alarm_name}\")"),
            "ALARM(\"x-prod-a\")"
        );
        assert_eq!(resolve("${var.api_ids[\"http\"]}"), ANY.to_string());
        let any = ANY;
        let topic = format!("arn:{any}:sns:{any}:{any}:example-prod-page");
        assert_eq!(resolve("${var.page_topic_arn}"), topic);
        let of = |profile| prod().resolve(&json!(ONLY_DEV), &resources, profile);
        assert_eq!([of(Profile::Dev), of(Profile::Prod)], [true, false]);
    }

    #[test]
    fn what_only_the_deployment_knows_matches_anything() {
        let matches = |pattern: &str, text| matches(&pattern.replace('*', &ANY.to_string()), text);
        assert!(matches("same", "same") && !matches("same", "same!") && !matches("same", "some"));
        assert!(matches("a * b * c", "a 1 b 2 b 3 c") && matches("*", "") && matches("a*", "ab"));
        assert!(
            !matches("a * b * c", "a 1 c") && !matches("a*b", "ab c") && !matches("*b*c", "abab")
        );
    }
}
