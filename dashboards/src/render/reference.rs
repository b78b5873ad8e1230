//! The metric reference: what each metric means, and who shows and watches it.

use std::fmt::Write as _;

use telemetry::{Definition, Property, Unit, property::STANDARD};

use crate::model::{AlarmKind, Library, MetricQuery, Source, logs};

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
        let (name, description) = (Property::name(*property), property.description());
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
        unit(metric.unit),
        sets(metric),
        metric.billed_metrics(),
        telemetry::prometheus::name(metric),
        metric.description,
        drawn_on(library, metric),
        watched_by(library, metric)
    );
}

const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::Milliseconds => "ms",
        Unit::Seconds => "s",
        Unit::Bytes => "bytes",
        Unit::Percent => "%",
        Unit::Celsius => "degrees Celsius",
        Unit::RelativeHumidity => "% relative humidity",
        Unit::Hectopascals => "hPa",
        Unit::CapacityUnits => "capacity units",
        _ => "",
    }
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
    on.map(|dashboard| dashboard.title.as_ref())
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
