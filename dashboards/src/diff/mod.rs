//! What changed between two rendered folders, in meaning: panels, queries, thresholds,
//! alarms and their price. Places and ids do not count.

mod cost;
mod meaning;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use serde_json::Value;

use crate::render::COST;
use meaning::{Facts, alarms, panels};

/// A rendered folder, by name: dashboards and their panels, alarms, and what they cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    dashboards: BTreeMap<String, BTreeMap<String, Facts>>,
    alarms: BTreeMap<String, Facts>,
    dollars: cost::Dollars,
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
        rendered.alarms = alarms(&json(&folder.join("alarms/main.tf.json"))?);
        // Folders of before there were prices have none.
        rendered.dollars = match json(&folder.join(COST)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => cost::Dollars::default(),
            estimate => cost::dollars(&estimate?),
        };
        Ok(rendered)
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
    let titles: BTreeSet<&String> = titles.collect();
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
    cost::section(&mut text, &old.dollars, &new.dollars);
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
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let absent = String::from("nothing");
        let before = old.get(key).unwrap_or(&absent);
        let after = new.get(key).unwrap_or(&absent);
        if before != after {
            let (before, after) = difference(before, after);
            let _ = writeln!(lines, "  - {key}: `{before}` became `{after}`");
        }
    }
}

/// Long texts without what they begin and end with alike, such as a formula's other terms.
fn difference(old: &str, new: &str) -> (String, String) {
    const LONG: usize = 120;
    const AROUND: usize = 20;
    if old.len().min(new.len()) < LONG {
        return (old.to_owned(), new.to_owned());
    }
    let (left, right): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let alike = |pairs: &mut dyn Iterator<Item = (&char, &char)>| {
        pairs.take_while(|(left, right)| left == right).count()
    };
    let start = alike(&mut left.iter().zip(&right));
    let rest = (left.len().min(right.len())) - start;
    let end = alike(&mut left.iter().rev().zip(right.iter().rev())).min(rest);
    let (start, end) = (start.saturating_sub(AROUND), end.saturating_sub(AROUND));
    let middle = |text: &[char]| {
        let middle: String = text[start..text.len() - end].iter().collect();
        let (before, after) = (
            if start > 0 { "…" } else { "" },
            if end > 0 { "…" } else { "" },
        );
        format!("{before}{middle}{after}")
    };
    (middle(&left), middle(&right))
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
            dollars: cost::dollars(&serde_json::json!({
                "total": 3.0,
                "items": [{"name": "Alarms", "dollars": 1.0}],
                "dashboards": [{"slug": "runs", "queryDollars": 2.0, "scanDollars": threshold}],
            })),
        }
    }

    #[test]
    fn a_threshold_that_changed() {
        let text = markdown(&rendered(1.0), &rendered(2.0));
        assert_eq!(
            text,
            "### Alarms\n\n- **errors**\n  - threshold: `1.0` became `2.0`\n\n\
             ### Price\n\n| USD a month | before | after |\n|---|--:|--:|\n\
             | dashboard runs, if all the time is spent on it | 3.00 | 4.00 |\n\n"
        );
        assert_eq!(
            markdown(&rendered(1.0), &rendered(1.0)),
            "No change in meaning.\n"
        );
    }

    #[test]
    fn a_term_that_changed_in_a_long_formula() {
        let formula = |term: &str| format!("{} + {term} + {}", "a".repeat(100), "b".repeat(100));
        let (before, after) = difference(&formula("m1 * 2"), &formula("m1 * 3.5"));
        assert_eq!(
            before,
            format!("…{} + m1 * 2 + {}…", "a".repeat(12), "b".repeat(17))
        );
        assert_eq!(
            after,
            format!("…{} + m1 * 3.5 + {}…", "a".repeat(12), "b".repeat(17))
        );
        let (before, after) = difference(&"x".repeat(200), &"x".repeat(201));
        assert_eq!(
            (before.len(), after.len()),
            (before.len(), before.len() + 1)
        );
    }

    #[test]
    fn what_is_new_and_what_is_gone() {
        let text = markdown(&Rendered::default(), &rendered(1.0));
        assert!(text.contains("### Runs\n\n- **Errors** is new"), "{text}");
        assert!(
            text.contains("| Alarms | | 1.00 |\n") && text.contains("| total | | 3.00 |\n"),
            "{text}"
        );
        assert!(markdown(&rendered(1.0), &Rendered::default()).contains("**errors** is gone"));
    }
}
