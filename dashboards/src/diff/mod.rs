//! What changed between two rendered folders, in meaning: dashboards, panels, queries,
//! thresholds, alarms and their price. Places and numbers of panels do not count.

mod cost;
mod markdown;
mod meaning;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use serde::Serialize;
use serde_json::Value;

use crate::render::COST;
pub use markdown::markdown;
use meaning::Facts;

/// A rendered folder, by name: dashboards and their panels, alarms, and what they cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    dashboards: BTreeMap<String, Facts>,
    /// By the file of their dashboard.
    panels: BTreeMap<String, BTreeMap<String, Facts>>,
    alarms: BTreeMap<String, Facts>,
    dollars: cost::Dollars,
}

/// A change in meaning.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The file it is in, below the rendered folder.
    pub file: String,
    /// The dashboard, the panel or the alarm, as it is called now.
    pub subject: String,
    /// What changed.
    #[serde(flatten)]
    pub what: ChangeKind,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum ChangeKind {
    /// It was not there before.
    New,
    /// It is not there any more.
    Gone,
    /// It is there under another name.
    Renamed {
        /// The name before.
        from: String,
    },
    /// Something is said of it that was not, or the other way round.
    Changed {
        /// The path of the member.
        fact: String,
        /// What it was, if it was there.
        before: Option<String>,
        /// What it is, if it is there.
        after: Option<String>,
    },
}

impl Snapshot {
    /// Reads a folder that `dashboards render` wrote.
    ///
    /// # Errors
    /// If a file cannot be read or is not JSON, or there is no such folder; the message names it.
    pub fn read(folder: &Path) -> io::Result<Self> {
        fs::read_dir(folder).map_err(|error| named(folder, &error))?;
        let mut rendered = Self::default();
        for backend in ["cloudwatch", "prometheus"] {
            let path = format!("grafana/{backend}");
            for file in files(&folder.join(&path))? {
                let name = format!("{path}/{file}");
                rendered.add_dashboard(&name, &json(&folder.join(&name))?);
            }
        }
        for module in files(folder)? {
            let main = folder.join(&module).join("main.tf.json");
            if main.is_file() {
                rendered.alarms.extend(meaning::alarms(&json(&main)?));
            }
        }
        // Folders of before there were prices have none.
        rendered.dollars = match json(&folder.join(COST)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => cost::Dollars::default(),
            estimate => cost::dollars(&estimate?),
        };
        Ok(rendered)
    }

    fn add_dashboard(&mut self, file: &str, dashboard: &Value) {
        self.dashboards
            .insert(file.to_owned(), meaning::dashboard(dashboard));
        self.panels
            .insert(file.to_owned(), meaning::panels(dashboard));
    }
}

/// The names in a folder, in order; none if there is no such folder.
fn files(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| named(folder, &error))?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn json(path: &Path) -> io::Result<Value> {
    let text = fs::read_to_string(path).map_err(|error| named(path, &error))?;
    serde_json::from_str(&text).map_err(|error| named(path, &error.into()))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Every change in meaning from `old` to `new`; prices are apart ([`markdown`] has them).
pub fn changes(old: &Snapshot, new: &Snapshot) -> Vec<Change> {
    let mut changes = Vec::new();
    let dashboards = pairs(&old.dashboards, &new.dashboards);
    for (from, to) in &dashboards {
        let file = to.or(*from).map_or("", String::as_str);
        let subject = |rendered: &Snapshot, file: &String| {
            let title = rendered.dashboards.get(file);
            title.and_then(|facts| facts.get("title")).cloned()
        };
        let title = to.map(|file| subject(new, file));
        let title = title.or_else(|| from.map(|file| subject(old, file)));
        let title = title.flatten().unwrap_or_else(|| file.to_owned());
        let mut add = |what| {
            changes.push(Change {
                file: file.to_owned(),
                subject: title.clone(),
                what,
            });
        };
        compare((&old.dashboards, *from), (&new.dashboards, *to), &mut add);
        let none = BTreeMap::new();
        let panels = |rendered: &Snapshot, file: Option<&String>| {
            let panels = file.and_then(|file| rendered.panels.get(file));
            panels.cloned().unwrap_or(none.clone())
        };
        let (before, after) = (panels(old, *from), panels(new, *to));
        each(&before, &after, file, &mut changes);
    }
    each(&old.alarms, &new.alarms, "alarms", &mut changes);
    changes
}

/// The changes of things that have names of their own.
fn each(
    old: &BTreeMap<String, Facts>,
    new: &BTreeMap<String, Facts>,
    file: &str,
    changes: &mut Vec<Change>,
) {
    for (from, to) in pairs(old, new) {
        let subject = to.or(from).cloned().unwrap_or_default();
        let mut add = |what| {
            changes.push(Change {
                file: file.to_owned(),
                subject: subject.clone(),
                what,
            });
        };
        compare((old, from), (new, to), &mut add);
    }
}

fn compare(
    (old, from): (&BTreeMap<String, Facts>, Option<&String>),
    (new, to): (&BTreeMap<String, Facts>, Option<&String>),
    add: &mut impl FnMut(ChangeKind),
) {
    let (Some(from), Some(to)) = (from, to) else {
        return add(if to.is_some() {
            ChangeKind::New
        } else {
            ChangeKind::Gone
        });
    };
    if from != to {
        add(ChangeKind::Renamed { from: from.clone() });
    }
    let (before, after) = (&old[from], &new[to]);
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for path in paths {
        let (before, after) = (before.get(path), after.get(path));
        if before != after {
            add(ChangeKind::Changed {
                fact: path.clone(),
                before: before.cloned(),
                after: after.cloned(),
            });
        }
    }
}

/// What was there with what is there: by name, and what is left by what is said of it.
fn pairs<'a>(
    old: &'a BTreeMap<String, Facts>,
    new: &'a BTreeMap<String, Facts>,
) -> Vec<(Option<&'a String>, Option<&'a String>)> {
    let mut gone: Vec<_> = old.keys().filter(|name| !new.contains_key(*name)).collect();
    let mut pairs = Vec::new();
    for name in new.keys() {
        let before = old.get_key_value(name).map(|(name, _)| name);
        let before = before.or_else(|| {
            let ranked = gone
                .iter()
                .map(|other| (alike(&old[*other], &new[name]), *other));
            let best = ranked.max_by(|one, other| one.0.total_cmp(&other.0));
            let (_, other) = best.filter(|(alike, _)| *alike >= RENAMED)?;
            gone.retain(|name| *name != other);
            Some(other)
        });
        pairs.push((before, Some(name)));
    }
    pairs.extend(gone.into_iter().map(|name| (Some(name), None)));
    pairs
}

/// From which share of equal facts on two things are one under two names.
const RENAMED: f64 = 0.7;

/// The share of facts that two things have in common.
fn alike(one: &Facts, other: &Facts) -> f64 {
    let common = one
        .iter()
        .filter(|(path, fact)| other.get(*path) == Some(fact));
    crate::cost::to_float(common.count()) / crate::cost::to_float(one.len().max(other.len()).max(1))
}

#[cfg(test)]
mod tests;
