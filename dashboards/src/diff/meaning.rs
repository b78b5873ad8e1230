//! The facts of a rendered file that mean something.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is said of a dashboard, a panel or an alarm, by the path of its member.
pub(super) type Facts = BTreeMap<String, String>;

/// Members that say where a panel is drawn, how it is numbered, and what wrote the file.
const NO_MEANING: [&str; 3] = ["gridPos", "schemaVersion", "//"];

/// Members by which the items of a list are known, so that another place is no change.
const NAMES: [&str; 5] = ["name", "title", "refId", "id", "alarm_name"];

/// What is said of a dashboard outside of its panels: its uid, time range and refresh,
/// variables, annotations, links.
pub(super) fn dashboard(dashboard: &Value) -> Facts {
    let mut outside = dashboard.clone();
    if let Some(members) = outside.as_object_mut() {
        members.remove("panels");
    }
    facts(&outside)
}

/// The panels of a dashboard by title; those of one title by their order as well.
pub(super) fn panels(dashboard: &Value) -> BTreeMap<String, Facts> {
    let panels = dashboard["panels"].as_array().into_iter().flatten();
    let inner = |panel: &Value| panel["panels"].as_array().cloned().unwrap_or_default();
    let all = panels.flat_map(|panel| [vec![panel.clone()], inner(panel)].concat());
    let mut found = BTreeMap::new();
    for mut panel in all.filter(|panel| panel["type"] != "row") {
        let title = text(&panel["title"]);
        if let Some(members) = panel.as_object_mut() {
            members.remove("id");
        }
        let same = (1..).map(|place| match place {
            1 => title.clone(),
            place => format!("{title} ({place})"),
        });
        if let Some(name) = same.into_iter().find(|name| !found.contains_key(name)) {
            found.insert(name, facts(&panel));
        }
    }
    found
}

/// The alarms of a module by their name within it.
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
            let key = NAMES.into_iter().find(|key| names_all(items, key));
            for (place, item) in items.iter().enumerate() {
                let name = key.map_or_else(|| place.to_string(), |key| text(&item[key]));
                collect(item, below(&name), facts);
            }
        }
        leaf => {
            facts.insert(path, text(leaf));
        }
    }
}

/// Whether every item has this member, each another one.
fn names_all(items: &[Value], key: &str) -> bool {
    let mut names: Vec<_> = items.iter().map(|item| &item[key]).collect();
    let named = names.iter().all(|name| name.is_string());
    names.sort_by_key(|name| name.as_str());
    names.dedup();
    named && names.len() == items.len()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
