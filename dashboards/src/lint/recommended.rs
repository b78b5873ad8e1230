//! Whether each alarm that AWS recommends is there, or left out with a reason.

use std::collections::BTreeSet;

use super::Findings;
use crate::aws::recommended;
use crate::model::Library;

pub(super) fn check(library: &Library, findings: &mut Findings) {
    let mut known = BTreeSet::new();
    for wanted in recommended::used_by(library) {
        let place = format!("{} {}", wanted.namespace, wanted.metric);
        let mut exempt = library.recommended.iter().filter(|exemption| {
            (exemption.namespace, exemption.metric) == (wanted.namespace, wanted.metric)
        });
        let there = recommended::watching(library, wanted).next();
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
