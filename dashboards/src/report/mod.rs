//! What a check found, in the words of the tools that read it: SARIF for code scanning,
//! JUnit for test reports, annotations for GitHub's pull requests.

mod github;
mod junit;
mod sarif;

use serde_json::Value;

use crate::diff::Change;
use crate::lint::Finding;
use crate::scenario::Report;

pub use github::github;
pub use junit::junit;
pub use sarif::sarif;

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The rule, in lower case with hyphens.
    pub rule: String,
    /// The alarm, the panel or the scenario.
    pub place: String,
    /// The file that it is in, from the root of the repository.
    pub file: String,
    /// What is wrong; `None` if nothing is.
    pub problem: Option<String>,
}

impl Check {
    /// A finding of the lint. Definitions know no lines, so its file is the folder of them.
    pub fn finding(finding: &Finding, folder: &str) -> Self {
        Self {
            rule: finding.rule.to_owned(),
            place: finding.place.clone(),
            file: folder.to_owned(),
            problem: Some(finding.message.clone()),
        }
    }

    /// A change in meaning, below the rendered folder.
    pub fn change(change: &Change, folder: &str) -> Self {
        Self {
            rule: "changed".to_owned(),
            place: change.subject.clone(),
            file: format!("{folder}/{}", change.file),
            problem: Some(change.what.to_string()),
        }
    }

    /// Every case of a report on scenarios, those that passed included.
    pub fn scenarios(report: &Report) -> Vec<Self> {
        let cases = report.cases.iter().map(|case| Self {
            rule: "scenario".to_owned(),
            place: format!("{}: {}", case.scenario, case.outcome.alarm),
            file: case.file.display().to_string(),
            problem: (!case.passed()).then(|| crate::scenario::timeline(&case.outcome, case.step)),
        });
        let notified = report.notified.iter().map(|case| Self {
            rule: "notifications".to_owned(),
            place: format!("{}: {}s", case.scenario, case.notified.severity),
            file: case.file.display().to_string(),
            problem: (!case.notified.passed()).then(|| case.notified.to_string()),
        });
        let gaps = report.gaps.iter().map(|(alarm, gap)| Self {
            rule: "no-scenario".to_owned(),
            place: alarm.clone(),
            file: String::new(),
            problem: Some(gap.to_string()),
        });
        cases.chain(notified).chain(gaps).collect()
    }
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Static Analysis Results Interchange Format 2.1.0.
    Sarif,
    /// JUnit's XML, as test reporters read it.
    Junit,
    /// GitHub's workflow commands.
    Github,
}

impl Format {
    /// What `command` checked, in this format.
    pub fn write(self, command: &str, checked: &[Check]) -> String {
        match self {
            Self::Sarif => text(&sarif(command, checked)),
            Self::Junit => junit(command, checked),
            Self::Github => github(checked),
        }
    }
}

fn text(value: &Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests;
