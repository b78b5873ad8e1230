//! The metric reference: what each metric means, and who shows and watches it.

use std::fmt::Write as _;

use telemetry::{Definition, Property, property::STANDARD};

use super::cell;
use crate::model::{AlarmKind, DisplayUnit, Library, MetricQuery, Source, logs};

/// The reference as Markdown.
pub(super) fn text(library: &Library) -> String {
    let mut text = format!(
        "# Metrics\n\nWritten by `{} render` from the catalogue ({}); do not edit.\n\n\
         | metric | kind | unit | by | billed | in Prometheus | what it is | drawn on | watched by |\n\
         |---|---|---|---|--:|---|---|---|---|\n",
        library.places.command, library.places.catalogue
    );
    let mut billed = 0;
    for metric in library.catalogue.metrics {
        billed += metric.billed_metrics();
        row(&mut text, library, metric);
    }
    let _ = write!(
        text,
        "\n{billed} metrics at most are billed: every combination of dimension values of every set.\n\n\
         ## Properties\n\nMembers of the events that cost no metric; Logs Insights finds them.\n\n\
         | property | what it is |\n|---|---|\n"
    );
    for property in library.catalogue.properties.iter().chain(STANDARD) {
        let (name, description) = (Property::name(*property), cell(property.description()));
        let _ = writeln!(text, "| `{name}` | {description} |");
    }
    text
}

fn row(text: &mut String, library: &Library, metric: &Definition) {
    let _ = writeln!(
        text,
        "| `{}` | {:?} | {} | {} | {} | `{}` | {} | {} | {} |",
        metric.name,
        metric.kind,
        DisplayUnit::from(metric.unit),
        sets(metric),
        metric.billed_metrics(),
        telemetry::prometheus::name(metric),
        cell(metric.description),
        drawn_on(library, metric),
        watched_by(library, metric)
    );
}

fn sets(metric: &Definition) -> String {
    let set = |set: &&[telemetry::DimensionDefinition]| match set {
        [] => "total".to_owned(),
        set => set
            .iter()
            .map(|one| one.name)
            .collect::<Vec<_>>()
            .join(" x "),
    };
    metric.sets.iter().map(set).collect::<Vec<_>>().join(", ")
}

fn drawn_on(library: &Library, metric: &Definition) -> String {
    let on = library.dashboards.iter().filter(|dashboard| {
        let mut targets = dashboard.panels().flat_map(|panel| &panel.targets);
        targets.any(|target| draws(&target.source, metric))
    });
    on.map(|dashboard| cell(&dashboard.title))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether a query reads the metric, be it from the events that carry it.
pub(crate) fn draws(source: &Source, metric: &Definition) -> bool {
    match source {
        Source::Logs(query) => logs::Field::metrics(query).any(|name| name == metric.name),
        other => other.metrics().iter().any(|query| is(query, metric)),
    }
}

fn watched_by(library: &Library, metric: &Definition) -> String {
    let watching = library.alarms.iter().filter(|alarm| match &alarm.kind {
        AlarmKind::Metric(alarm) => alarm
            .expression
            .metrics()
            .iter()
            .any(|query| is(query, metric)),
        AlarmKind::Composite(_) => false,
    });
    let mut runbooks: Vec<&str> = watching.map(|alarm| alarm.runbook.as_ref()).collect();
    runbooks.dedup();
    runbooks.join(", ")
}

fn is(query: &MetricQuery, metric: &Definition) -> bool {
    query.metric.namespace == metric.namespace && query.metric.name == metric.name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_has_its_unit_whatever_it_is() {
        telemetry::catalogue! {
            /// Energy that is bought | sold.
            POSITION: Gauge {
                name: "position",
                unit: Custom("megawatt_hours"),
                by: [[]],
                sample: Wave { low: -40.0, high: 60.0 },
            }
            /// Time that a lookup takes.
            LOOKUP: Distribution {
                name: "lookup",
                unit: Microseconds,
                by: [[]],
                sample: Tail { median: 20.0, p99: 90.0 },
            }
        }
        let library = Library {
            catalogue: telemetry::Catalogue::new(ALL, &[]),
            ..crate::fixture::library()
        };
        let text = text(&library);
        for row in [
            "| `position` | Gauge | megawatt hours | total | 1 | `position_megawatt_hours` | Energy that is bought \\| sold. |",
            "| `lookup` | Distribution | µs | total |",
        ] {
            assert!(text.contains(row), "{row}: {text}");
        }
    }
}
