//! The alarms as a page: each with who hears of it, what it needs and its runbook, and what AWS
//! recommends beside them.

use std::fmt::Write as _;
use std::path::Path;

use super::cell;
use crate::aws::recommended;
use crate::model::{Alarm, AlarmKind, Library, MetricAlarm, Places, Profile};

/// The page.
pub(super) fn text(library: &Library) -> String {
    let mut text = String::from("# Alarms\n\n");
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "<!-- Written by `{} render`; do not edit. -->\n",
        library.places.command
    );
    text.push_str(
        "| alarm | tells | profile | fires when | needs | runbook |\n|---|---|---|---|---|---|\n",
    );
    let runbooks = from_rendered(&library.places, library.places.runbooks);
    for alarm in &library.alarms {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | [{page}]({runbooks}/{page}.md) |",
            alarm.id,
            speaks(library, alarm),
            profile(alarm),
            fires(alarm),
            cell(&alarm.needs),
            page = alarm.runbook
        );
    }
    text.push_str(
        "\n## What AWS recommends\n\n| metric | one for each | finds | here |\n|---|---|---|---|\n",
    );
    for wanted in recommended::used_by(library) {
        let ours = recommended::watching(library, wanted);
        let ours: Vec<_> = ours
            .map(|alarm| format!("`{}` ({})", alarm.id, profile(alarm)))
            .collect();
        let exempt = library.recommended.iter().find(|exemption| {
            (exemption.namespace, exemption.metric) == (wanted.namespace, wanted.metric)
        });
        let here = match exempt {
            Some(exemption) => format!("no: {}", cell(exemption.reason)),
            None => ours.join(", "),
        };
        let _ = writeln!(
            text,
            "| {} {} | {} | {} | {here} |",
            wanted.namespace, wanted.metric, wanted.of, wanted.finds
        );
    }
    text
}

/// The way to a folder of the repository from the folder of the rendered files.
fn from_rendered(places: &Places, folder: &str) -> String {
    let up = Path::new(places.rendered).components().count();
    format!("{}{folder}", "../".repeat(up))
}

fn speaks(library: &Library, alarm: &Alarm) -> String {
    let wholes: Vec<_> = alarm
        .wholes(&library.alarms)
        .map(|whole| format!("through {}", whole.id))
        .collect();
    match wholes.is_empty() {
        true => alarm.severity.name().to_owned(),
        false => wholes.join(", "),
    }
}

const fn profile(alarm: &Alarm) -> &'static str {
    match alarm.profile {
        Profile::Dev => "dev",
        Profile::Prod => "prod",
    }
}

fn fires(alarm: &Alarm) -> String {
    match &alarm.kind {
        AlarmKind::Composite(composite) => composite.rule.to_string(),
        AlarmKind::Metric(MetricAlarm {
            threshold,
            period,
            evaluation_periods,
            datapoints_to_alarm,
            ..
        }) => format!(
            "{datapoints_to_alarm} of {evaluation_periods} × {period} {} {}",
            threshold.comparison.symbol(),
            threshold.value
        ),
    }
}
