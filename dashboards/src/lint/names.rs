//! Names that Grafana, Terraform and the file system must be able to keep apart.

use std::collections::BTreeSet;

use super::Findings;
use crate::model::{Dashboard, Library, Panel, Source, Target};

pub(super) fn check(library: &Library, findings: &mut Findings) {
    let mut slugs = BTreeSet::new();
    for dashboard in &library.dashboards {
        let (title, link) = (&dashboard.title, dashboard.link);
        if !slugs.insert(link.slug) {
            let message = format!(
                "another dashboard is written to {}.json: give this one a slug of its own",
                link.slug
            );
            findings.add("slug", title, message);
        }
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if link.slug.is_empty() || !link.slug.chars().all(kebab) {
            findings.add(
                "slug",
                title,
                "a slug names a file and a path: lower-case letters, digits and hyphens",
            );
        }
        dashboard
            .panels()
            .for_each(|panel| labels(dashboard, panel, findings));
    }
}

/// Series are told apart, and overridden, by their names.
fn labels(dashboard: &Dashboard, panel: &Panel, findings: &mut Findings) {
    let place = format!("{} / {}", dashboard.title, panel.title);
    let mut seen = BTreeSet::new();
    // The label of several series is a prefix of their own names.
    let one = |target: &&Target| matches!(target.source, Source::Expression(_));
    for target in panel.targets.iter().filter(one) {
        if !target.label.is_empty() && !seen.insert(&target.label) {
            let message = format!("two of its queries are called `{}`", target.label);
            findings.add("label", &place, message);
        }
    }
}
