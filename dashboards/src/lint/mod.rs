//! Rules that types cannot hold: limits of CloudWatch and Grafana, and good manners.

mod alarms;
mod names;
mod numbers;
mod panels;
pub(crate) mod recommended;

use std::path::Path;

use serde::Serialize;

use crate::model::{Dashboard, Deployment, Exclusion, Library, Naming, is_word};
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

/// Checks a library; `runbooks` is the folder of the runbooks.
pub fn check(library: &Library, runbooks: &Path) -> Vec<Finding> {
    let mut findings = Findings::default();
    dashboards(library, &mut findings);
    panels::check(library, &mut findings);
    alarms::check(library, runbooks, &mut findings);
    recommended::check(library, &mut findings);
    names::check(library, &mut findings);
    numbers::check(library, &mut findings);
    undrawn(library, &mut findings);
    findings.without(library.exclusions)
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
        if dashboard.description.is_empty() {
            findings.add(
                "description",
                title,
                "say which questions the dashboard answers",
            );
        }
        if dashboard.panels().next().is_none() {
            findings.add("empty", title, "a dashboard without panels is not rendered");
        }
        addresses(dashboard, &library.dashboards[..place_of], findings);
        variables(&library.deployment, dashboard, findings);
    }
}

/// Grafana finds a dashboard by its uid, and keeps one dashboard of a title in a folder.
fn addresses(dashboard: &Dashboard, others: &[Dashboard], findings: &mut Findings) {
    let (title, uid) = (&dashboard.title, dashboard.link.uid);
    let taken = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if uid.is_empty() || uid.len() > 40 || !uid.bytes().all(taken) {
        let message = "Grafana takes 1 to 40 letters, digits, - and _ for a uid";
        findings.add("uid", title, message);
    }
    if others.iter().any(|other| other.link.uid == uid) {
        findings.add("uid", title, "another dashboard has the same uid");
    }
    let slug = slug(title);
    if slug.is_empty() {
        findings.add(
            "title",
            title,
            "Grafana needs a letter or a digit in a title",
        );
    } else if others.iter().any(|other| self::slug(&other.title) == slug) {
        findings.add(
            "title",
            title,
            "another dashboard's title makes the same slug",
        );
    }
}

/// The readable part of an address, as Grafana makes it of a title.
fn slug(title: &str) -> String {
    let words = title.split(|one: char| !one.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}

/// Every variable has a name of its own, which Grafana finds in a query.
fn variables(deployment: &Deployment, dashboard: &Dashboard, findings: &mut Findings) {
    const OURS: [&str; 4] = ["datasource", "xray", "region", "environment"];
    let assigned = deployment
        .resources
        .iter()
        .filter_map(|resource| match resource.naming {
            Naming::Assigned(id) => Some(id.variable),
            Naming::Pattern(_) | Naming::Deployed => None,
        });
    let numbers = dashboard.numbers.iter().map(|number| number.name);
    let own = dashboard
        .variables
        .iter()
        .map(|variable| variable.name)
        .chain(numbers);
    let mut names = Vec::from(OURS);
    for name in assigned.chain(own) {
        if !is_word(name) {
            let message = format!("Grafana does not replace ${name}: use letters, digits and _");
            findings.add("variable", &dashboard.title, message);
        }
        if names.contains(&name) {
            let message = format!("there is another variable {name}; Grafana finds the first");
            findings.add("variable", &dashboard.title, message);
        }
        names.push(name);
    }
}

fn undrawn(library: &Library, findings: &mut Findings) {
    for metric in library.catalogue.metrics {
        let panels = library.dashboards.iter().flat_map(Dashboard::panels);
        let mut targets = panels.flat_map(|panel| &panel.targets);
        if !targets.any(|target| draws(&target.source, metric)) {
            let message = "nobody draws this metric: add a panel, or stop recording it";
            findings.add("undrawn", metric.name, message);
        }
    }
}

#[cfg(test)]
mod tests;
