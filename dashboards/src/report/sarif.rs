//! SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Check;

/// A log of one run, with a result for each problem.
pub fn sarif(command: &str, checked: &[Check]) -> Value {
    let problems = || checked.iter().filter(|checked| checked.problem.is_some());
    let rules: BTreeSet<_> = problems().map(|checked| checked.rule.as_str()).collect();
    let rules: Vec<_> = rules.into_iter().map(|rule| json!({"id": rule})).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": format!("dashboards {command}"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "results": problems().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn result(checked: &Check) -> Value {
    let mut location = json!({
        "logicalLocations": [{"fullyQualifiedName": checked.place}],
    });
    if !checked.file.is_empty() {
        location["physicalLocation"] = json!({"artifactLocation": {"uri": checked.file}});
    }
    json!({
        "ruleId": checked.rule,
        "level": "error",
        "message": {"text": format!("{}: {}", checked.place, checked.problem.as_deref().unwrap_or_default())},
        "locations": [location],
    })
}
