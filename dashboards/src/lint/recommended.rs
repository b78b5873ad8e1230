//! Whether each alarm that AWS recommends is there, or left out with a reason.

use std::collections::BTreeSet;

use telemetry::Namespace;

use super::Findings;
use crate::aws::recommended::{RECOMMENDED, Recommended};
use crate::model::{Alarm, AlarmKind, Library};

/// The alarms of a library that watch a recommended metric.
pub(crate) fn watching<'a>(
    library: &'a Library,
    wanted: &'a Recommended,
) -> impl Iterator<Item = &'a Alarm> {
    library.alarms.iter().filter(|alarm| match &alarm.kind {
        AlarmKind::Metric(metric) => metric.expression.metrics().iter().any(|query| {
            query.metric.namespace == Namespace::Service(wanted.namespace)
                && query.metric.name == wanted.metric
        }),
        AlarmKind::Composite(_) => false,
    })
}

/// What AWS recommends for the services that a library uses.
pub(crate) fn of(library: &Library) -> impl Iterator<Item = &'static Recommended> {
    let published = library.published.iter().map(|metric| metric.namespace);
    let exempt = library
        .recommended
        .iter()
        .map(|exemption| Namespace::Service(exemption.namespace));
    let used: Vec<_> = published.chain(exempt).collect();
    RECOMMENDED
        .iter()
        .filter(move |wanted| used.contains(&Namespace::Service(wanted.namespace)))
}

pub(super) fn check(library: &Library, findings: &mut Findings) {
    let mut known = BTreeSet::new();
    for wanted in of(library) {
        let place = format!("{} {}", wanted.namespace, wanted.metric);
        let mut exempt = library.recommended.iter().filter(|exemption| {
            (exemption.namespace, exemption.metric) == (wanted.namespace, wanted.metric)
        });
        let there = watching(library, wanted).next();
        match (there, exempt.next()) {
            (None, None) => {
                let message = format!(
                    "AWS recommends an alarm for {}: add one, or an exemption with its reason",
                    wanted.finds
                );
                findings.add("recommended", &place, message);
            }
            (Some(alarm), Some(_)) => {
                let message = format!("{} watches it: remove the exemption", alarm.id);
                findings.add("recommended", &place, message);
            }
            (None, Some(exemption)) if exemption.reason.trim().is_empty() => {
                findings.add("recommended", &place, "an exemption needs a reason");
            }
            _ => {}
        }
        known.insert((wanted.namespace, wanted.metric));
    }
    for exemption in library.recommended {
        if !known.contains(&(exemption.namespace, exemption.metric)) {
            let place = format!("{} {}", exemption.namespace, exemption.metric);
            findings.add(
                "recommended",
                &place,
                "AWS recommends no such alarm: remove the exemption",
            );
        }
    }
}
