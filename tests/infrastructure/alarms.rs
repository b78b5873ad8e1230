//! The rendered alarms: what they need is given, and where they lead is there.

use std::collections::BTreeSet;

use library::library;

use super::files;
use super::terraform::{Module, attribute, entries};

/// Keys by which the rendered alarms look into a variable, as `var.table_names["runs"]`.
fn keys_used(variable: &str) -> BTreeSet<String> {
    let rendered = files::text("infra/rendered/alarms/main.tf.json");
    let start = format!("var.{variable}[\\\"");
    let keys = rendered.split(&start).skip(1);
    keys.map(|rest| rest.split('\\').next().unwrap().to_owned())
        .collect()
}

#[test]
fn deployed_names_are_given_for_every_resource_that_alarms_watch() {
    let api = Module::read("api");
    let alarms = api.block("module", &["alarms"]);
    let given: BTreeSet<_> = entries(attribute(alarms, "api_ids").unwrap())
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let used = keys_used("api_ids");
    assert!(!used.is_empty(), "api_ids is not used");
    assert!(used.is_subset(&given), "{used:?} of {given:?}");
    let tables = attribute(alarms, "table_names").unwrap().to_string();
    assert_eq!(tables, "local.tables");
    let names = api.local("tables").to_string();
    let used = keys_used("table_names");
    assert!(!used.is_empty(), "table_names is not used");
    for key in used {
        assert!(names.contains(&format!("{key:?}")), "{key} of {names}");
    }
    let functions: BTreeSet<_> = entries(api.local("functions"))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for variable in ["function_names", "log_group_names"] {
        let used = keys_used(variable);
        assert!(!used.is_empty(), "{variable} is not used");
        assert!(used.is_subset(&functions), "{variable}: {used:?}");
    }
}

#[test]
fn every_runbook_is_of_an_alarm_and_begins_with_its_name() {
    let alarms = library().alarms;
    let wanted: BTreeSet<_> = alarms.iter().map(|alarm| alarm.runbook.as_ref()).collect();
    let pages = files::below(&files::root().join("docs/runbooks"), "md");
    let mut there = BTreeSet::new();
    for page in &pages {
        let name = page.file_stem().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(page).unwrap();
        if name != "README" {
            assert!(text.starts_with(&format!("# {name}\n")), "{page:?}");
            there.insert(name);
        }
    }
    assert_eq!(
        there, wanted,
        "left are the pages in docs/runbooks, right those that alarms name"
    );
}
