//! The facts of a rendered file that mean something.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is said of a panel or an alarm, by the path of its member.
pub(super) type Facts = BTreeMap<String, String>;

/// Members that say where something is drawn or how it is numbered.
const NO_MEANING: [&str; 4] = ["gridPos", "id", "refId", "datasource"];

/// The panels of a dashboard by title.
pub(super) fn panels(dashboard: &Value) -> BTreeMap<String, Facts> {
    let panels = dashboard["panels"].as_array().into_iter().flatten();
    let drawn = panels.filter(|panel| panel["type"] != "row");
    drawn
        .map(|panel| (text(&panel["title"]), facts(panel)))
        .collect()
}

/// The alarms of the module by their name within it.
pub(super) fn alarms(module: &Value) -> BTreeMap<String, Facts> {
    let kinds = module["resource"].as_object().into_iter().flatten();
    let alarms = kinds.flat_map(|(_, alarms)| alarms.as_object().into_iter().flatten());
    alarms
        .map(|(name, alarm)| (name.clone(), facts(alarm)))
        .collect()
}

fn facts(value: &Value) -> Facts {
    let mut facts = Facts::new();
    collect(value, String::new(), &mut facts);
    facts
}

fn collect(value: &Value, path: String, facts: &mut Facts) {
    let below = |name: &str| match path.as_str() {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if !NO_MEANING.contains(&name.as_str()) {
                    collect(member, below(name), facts);
                }
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                collect(item, below(&place.to_string()), facts);
            }
        }
        leaf => {
            facts.insert(path, text(leaf));
        }
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
