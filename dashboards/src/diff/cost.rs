//! What changed in the price of a month, by the estimates beside the rendered files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

/// USD a month of each part of an estimate, by what it is called.
pub(super) type Dollars = BTreeMap<String, f64>;

/// The parts of an estimate as `dashboards render` and `dashboards cost --json` write it.
pub(super) fn dollars(estimate: &Value) -> Dollars {
    let mut dollars = Dollars::new();
    if let Some(total) = estimate["total"].as_f64() {
        dollars.insert("total".to_owned(), total);
    }
    for item in list(&estimate["items"]) {
        dollars.insert(text(&item["name"]), amount(item, &["dollars"]));
    }
    for dashboard in list(&estimate["dashboards"]) {
        let name = format!(
            "dashboard {}, if all the time is spent on it",
            text(&dashboard["slug"])
        );
        let parts = ["queryDollars", "scanDollars", "traceDollars"];
        dollars.insert(name, amount(dashboard, &parts));
    }
    for objective in list(&estimate["objectives"]) {
        let name = format!("alarms of objective {}", text(&objective["id"]));
        dollars.insert(name, amount(objective, &["dollars"]));
    }
    dollars
}

/// The parts whose cents changed, as a table; nothing if none did.
pub(super) fn section(text: &mut String, old: &Dollars, new: &Dollars) {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut rows = String::new();
    for name in names {
        let (before, after) = (cents(old.get(name)), cents(new.get(name)));
        if before != after {
            let _ = writeln!(rows, "| {name} |{before}|{after}|");
        }
    }
    if !rows.is_empty() {
        let _ = writeln!(
            text,
            "### Price\n\n| USD a month | before | after |\n|---|--:|--:|\n{rows}"
        );
    }
}

fn cents(dollars: Option<&f64>) -> String {
    dollars.map_or(" ".to_owned(), |dollars| format!(" {dollars:.2} "))
}

fn amount(part: &Value, members: &[&str]) -> f64 {
    let amounts = members.iter().filter_map(|member| part[member].as_f64());
    amounts.sum()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
