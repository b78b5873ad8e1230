//! Rules that types cannot hold: limits of CloudWatch and Grafana, and good manners.

mod alarms;
mod panels;

use std::path::Path;

use serde::Serialize;

use crate::model::{Library, place};
use crate::render::draws;

/// Something to be mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule it breaks.
    pub rule: &'static str,
    /// The dashboard and panel, the alarm, or the metric.
    pub place: String,
    /// What is wrong, and how to mend it.
    pub message: String,
}

/// A finding that is accepted.
#[derive(Clone, Copy, Debug)]
pub struct Exclusion {
    /// The rule.
    pub rule: &'static str,
    /// The place, as findings name it.
    pub place: &'static str,
    /// Why it is accepted.
    pub reason: &'static str,
}

/// Checks a library; `runbooks` is the folder of the runbooks.
pub fn check(library: &Library, exclusions: &[Exclusion], runbooks: &Path) -> Vec<Finding> {
    let mut findings = Findings::default();
    dashboards(library, &mut findings);
    panels::check(library, &mut findings);
    alarms::check(library, runbooks, &mut findings);
    undrawn(library, &mut findings);
    findings.without(exclusions)
}

/// Findings in the making.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, rule: &'static str, place: &str, message: impl Into<String>) {
        self.0.push(Finding {
            rule,
            place: place.to_owned(),
            message: message.into(),
        });
    }

    /// Leaves out what is excluded; an exclusion that excludes nothing is a finding itself.
    fn without(mut self, exclusions: &[Exclusion]) -> Vec<Finding> {
        for exclusion in exclusions {
            let before = self.0.len();
            self.0
                .retain(|found| found.rule != exclusion.rule || found.place != exclusion.place);
            if self.0.len() == before {
                let message = format!(
                    "nothing breaks `{}` here: remove the exclusion",
                    exclusion.rule
                );
                self.add("exclusion", exclusion.place, message);
            }
            if exclusion.reason.trim().is_empty() {
                self.add("exclusion", exclusion.place, "an exclusion needs a reason");
            }
        }
        self.0
    }
}

fn dashboards(library: &Library, findings: &mut Findings) {
    for (place_of, dashboard) in library.dashboards.iter().enumerate() {
        let title = &dashboard.title;
        if dashboard.link.uid.len() > 40 {
            findings.add(
                "uid",
                title,
                "Grafana allows 40 characters: shorten the uid",
            );
        }
        if dashboard.description.is_empty() {
            findings.add(
                "description",
                title,
                "say which questions the dashboard answers",
            );
        }
        let others = &library.dashboards[..place_of];
        if others
            .iter()
            .any(|other| other.link.uid == dashboard.link.uid)
        {
            findings.add("uid", title, "another dashboard has the same uid");
        }
        overlaps(dashboard, findings);
    }
}

fn overlaps(dashboard: &crate::model::Dashboard, findings: &mut Findings) {
    let placed = place(dashboard, |_| true);
    for (index, one) in placed.iter().enumerate() {
        let beside = &placed[index + 1..];
        if beside.iter().any(|other| other.cell.overlaps(one.cell)) {
            findings.add(
                "overlap",
                &dashboard.title,
                "two panels share a place on the grid",
            );
        }
    }
}

fn undrawn(library: &Library, findings: &mut Findings) {
    for metric in library.catalogue {
        let panels = library
            .dashboards
            .iter()
            .flat_map(crate::model::Dashboard::panels);
        let mut targets = panels.flat_map(|panel| &panel.targets);
        if !targets.any(|target| draws(&target.source, metric)) {
            let message = "nobody draws this metric: add a panel, or stop recording it";
            findings.add("undrawn", metric.name, message);
        }
    }
}

#[cfg(test)]
mod tests;
