//! What changed between two rendered folders, in meaning: panels, queries, thresholds,
//! alarms and their price. Places and ids do not count.

mod meaning;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use serde_json::Value;

use crate::cost::prices::{ALARM_METRIC, COMPOSITE_ALARM};
use crate::cost::to_float;
use meaning::{Facts, alarms, panels};

/// A rendered folder, by name: dashboards and their panels, and alarms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    dashboards: BTreeMap<String, BTreeMap<String, Facts>>,
    alarms: BTreeMap<String, Facts>,
    alarm_metrics: usize,
    composites: usize,
}

impl Rendered {
    /// Reads a folder that `dashboards render` wrote.
    ///
    /// # Errors
    /// If a file cannot be read or is not JSON; the message names it.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut rendered = Self::default();
        let dashboards = folder.join("grafana/cloudwatch");
        for entry in fs::read_dir(&dashboards).map_err(|error| named(&dashboards, &error))? {
            let dashboard = json(&entry?.path())?;
            let title = dashboard["title"].as_str().unwrap_or("untitled");
            rendered
                .dashboards
                .insert(title.to_owned(), panels(&dashboard));
        }
        let module = json(&folder.join("alarms/main.tf.json"))?;
        let composites = module["resource"]["aws_cloudwatch_composite_alarm"].as_object();
        rendered.composites = composites.map_or(0, serde_json::Map::len);
        rendered.alarm_metrics = meaning::alarm_metrics(&module);
        rendered.alarms = alarms(&module);
        Ok(rendered)
    }

    /// USD a month of all alarms, free ones not taken off.
    fn dollars(&self) -> f64 {
        to_float(self.alarm_metrics) * ALARM_METRIC + to_float(self.composites) * COMPOSITE_ALARM
    }
}

fn json(path: &Path) -> io::Result<Value> {
    let text = fs::read_to_string(path).map_err(|error| named(path, &error))?;
    serde_json::from_str(&text).map_err(|error| named(path, &error.into()))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// The changes from `old` to `new` as Markdown.
pub fn markdown(old: &Rendered, new: &Rendered) -> String {
    let mut text = String::new();
    let none = BTreeMap::new();
    let titles = old.dashboards.keys().chain(new.dashboards.keys());
    let titles: std::collections::BTreeSet<&String> = titles.collect();
    for title in titles {
        let (before, after) = (old.dashboards.get(title), new.dashboards.get(title));
        section(
            &mut text,
            title,
            before.unwrap_or(&none),
            after.unwrap_or(&none),
        );
    }
    section(&mut text, "Alarms", &old.alarms, &new.alarms);
    let (before, after) = (old.dollars(), new.dollars());
    if (before - after).abs() > f64::EPSILON {
        let _ = writeln!(
            text,
            "### Cost\n\nAll alarms: {before:.2} USD a month before, {after:.2} after.\n"
        );
    }
    if text.is_empty() {
        text.push_str("No change in meaning.\n");
    }
    text
}

fn section(
    text: &mut String,
    title: &str,
    old: &BTreeMap<String, Facts>,
    new: &BTreeMap<String, Facts>,
) {
    let mut lines = String::new();
    for (name, facts) in new {
        match old.get(name) {
            None => {
                let _ = writeln!(lines, "- **{name}** is new");
            }
            Some(before) if before != facts => changes(&mut lines, name, before, facts),
            Some(_) => {}
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        let _ = writeln!(lines, "- **{name}** is gone");
    }
    if !lines.is_empty() {
        let _ = writeln!(text, "### {title}\n\n{lines}");
    }
}

fn changes(lines: &mut String, name: &str, old: &Facts, new: &Facts) {
    let _ = writeln!(lines, "- **{name}**");
    let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let absent = String::from("nothing");
        let before = old.get(key).unwrap_or(&absent);
        let after = new.get(key).unwrap_or(&absent);
        if before != after {
            let _ = writeln!(lines, "  - {key}: `{before}` became `{after}`");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(threshold: f64) -> Rendered {
        let dashboard = serde_json::json!({"title": "Runs", "panels": [
            {"type": "row", "title": "Row"},
            {"type": "stat", "title": "Errors", "id": 7, "gridPos": {"x": 0}, "targets": [
                {"refId": "A", "metricName": "Errors", "statistic": "Sum"}
            ]}
        ]});
        let module = serde_json::json!({"resource": {"aws_cloudwatch_metric_alarm": {
            "errors": {"metric_name": "Errors", "threshold": threshold}
        }}});
        Rendered {
            dashboards: [("Runs".to_owned(), panels(&dashboard))].into(),
            alarms: alarms(&module),
            alarm_metrics: meaning::alarm_metrics(&module),
            composites: 0,
        }
    }

    #[test]
    fn a_threshold_that_changed() {
        let text = markdown(&rendered(1.0), &rendered(2.0));
        assert_eq!(
            text,
            "### Alarms\n\n- **errors**\n  - threshold: `1.0` became `2.0`\n\n"
        );
        assert_eq!(
            markdown(&rendered(1.0), &rendered(1.0)),
            "No change in meaning.\n"
        );
    }

    #[test]
    fn what_is_new_and_what_is_gone() {
        let text = markdown(&Rendered::default(), &rendered(1.0));
        assert!(text.contains("### Runs\n\n- **Errors** is new"), "{text}");
        assert!(
            text.contains("0.00 USD a month before, 0.10 after"),
            "{text}"
        );
        assert!(markdown(&rendered(1.0), &Rendered::default()).contains("**errors** is gone"));
    }
}
