//! The alarms as Terraform modules, in Terraform's JSON syntax.
//!
//! Names that are known only at deployment are the module's variables.

mod alarm;
mod module;

#[cfg(feature = "cli")]
pub(crate) use alarm::ONLY_DEV;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{File, json as json_text};
use crate::model::{Alarm, AlarmKind, Library};

/// The files of the modules.
pub(super) fn modules(library: &Library) -> serde_json::Result<Vec<File>> {
    let mut names: Vec<_> = library.alarms.iter().map(|alarm| alarm.module).collect();
    names.sort_unstable();
    names.dedup();
    let modules = names.into_iter().map(|name| module(library, name));
    Ok(modules.collect::<serde_json::Result<Vec<_>>>()?.concat())
}

fn module(library: &Library, name: &str) -> serde_json::Result<Vec<File>> {
    let mut resources: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let alarms: Vec<_> = library
        .alarms
        .iter()
        .filter(|alarm| alarm.module == name)
        .collect();
    for alarm in &alarms {
        let resource = match &alarm.kind {
            AlarmKind::Metric(watch) => serde_json::to_value(alarm::metric(library, alarm, watch))?,
            AlarmKind::Composite(watch) => {
                serde_json::to_value(alarm::composite(library, alarm, watch))?
            }
        };
        let of_kind = resources.entry(kind(alarm)).or_default();
        of_kind.insert(label(&alarm.id), resource);
    }
    let main = json!({
        "//": format!("Written by `{} render`; do not edit.", library.places.command),
        "resource": resources,
    });
    let file = |file: &str, content: &Value| {
        Ok(File {
            path: format!("{name}/{file}.tf.json"),
            content: json_text(content)?,
        })
    };
    Ok(vec![
        file("main", &main)?,
        file("outputs", &module::outputs(&alarms))?,
        file("variables", &module::variables(library, &alarms))?,
        file("versions", &module::versions())?,
    ])
}

/// Terraform's type of an alarm.
const fn kind(alarm: &Alarm) -> &'static str {
    match alarm.kind {
        AlarmKind::Metric(_) => "aws_cloudwatch_metric_alarm",
        AlarmKind::Composite(_) => "aws_cloudwatch_composite_alarm",
    }
}

/// The name of a resource within its module.
fn label(id: &str) -> String {
    id.replace(['-', '.'], "_")
}

/// Text that Terraform is not to look for interpolations and directives in.
///
/// Source: <https://developer.hashicorp.com/terraform/language/expressions/strings>
fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::model::{Expression, MissingData, Rule, State, Threshold};

    /// What keeps a composite quiet by being in alarm is told by nobody else.
    #[test]
    fn only_what_a_composite_wants_in_alarm_speaks_through_it() {
        let alarm = |id: &'static str| {
            let watch = Alarm::metric(
                id,
                Expression::Number(1.0),
                Threshold::above(0.0),
                MissingData::Ignore,
            );
            watch.ticket(fixture::API, id)
        };
        let ids = [
            "part",
            "not-ok",
            "ok",
            "not-alarm",
            "unknown",
            "few",
            "none",
        ];
        let not = |rule| Rule::Not(Box::new(rule));
        let rule = Rule::And(vec![
            Rule::alarm("part"),
            not(Rule::Is(State::Ok, "not-ok".into())),
            Rule::Is(State::Ok, "ok".into()),
            not(Rule::Or(vec![Rule::alarm("not-alarm")])),
            Rule::Is(State::InsufficientData, "unknown".into()),
            Rule::AtLeast(1, State::Alarm, vec!["few".into()]),
            Rule::AtLeast(1, State::Ok, vec!["none".into()]),
        ]);
        let composite = Alarm::composite("whole", rule).page(fixture::API, "");
        let library = Library {
            alarms: ids.map(alarm).into_iter().chain([composite]).collect(),
            ..fixture::library()
        };
        let files = modules(&library).expect("renders");
        let main = files
            .iter()
            .find(|file| file.path.ends_with("main.tf.json"));
        let main: Value = serde_json::from_str(&main.expect("is there").content).expect("JSON");
        let speaks = |id: &&str| {
            let label = id.replace('-', "_");
            let alarm = &main["resource"]["aws_cloudwatch_metric_alarm"][label];
            alarm.get("alarm_actions").is_some()
        };
        let speaking: Vec<_> = ids.into_iter().filter(speaks).collect();
        // `not OK` is ALARM, or no data.
        assert_eq!(speaking, ["ok", "not-alarm", "unknown", "none"]);
    }

    #[test]
    fn a_text_is_no_template() {
        assert_eq!(literal("${var.x} %{if} $5 %"), "$${var.x} %%{if} $5 %");
        let alarm = Alarm::metric(
            "one",
            Expression::Number(1.0),
            Threshold::above(0.0),
            MissingData::Ignore,
        );
        let alarm = alarm
            .page(fixture::API, "${first} %{first}")
            .needs("${second} %{second}")
            .runbook("${third}");
        let library = Library {
            alarms: vec![alarm],
            ..fixture::library()
        };
        let written = modules(&library).expect("renders");
        let main = written
            .iter()
            .find(|file| file.path.ends_with("main.tf.json"));
        let main = &main.expect("is there").content;
        for text in [
            "$${first} %%{first}",
            "$${second} %%{second}",
            "/$${third}.md",
        ] {
            assert!(main.contains(text), "{text}: {main}");
        }
    }
}
