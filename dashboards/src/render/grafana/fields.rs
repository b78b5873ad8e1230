//! Units, thresholds and links of what a panel shows.

use telemetry::Unit;

use super::json::{
    DataLink, FieldConfig, FieldDefaults, Matcher, Override, Property, PropertyValue, Step,
    Thresholds,
};
use super::visual;
use crate::model::logs::{Aggregate, Field, LogQuery, Shape};
use crate::model::{ColumnLink, Comparison, DisplayUnit, Link, Panel, Source, Threshold, Visual};

/// Opens a trace of the X-Ray data source in Grafana's Explore.
const TRACE: &str = "/explore?schemaVersion=1&panes=%7B%22trace%22%3A%7B%22datasource%22%3A%22${xray}%22%2C%22queries%22%3A%5B%7B%22refId%22%3A%22A%22%2C%22queryType%22%3A%22getTrace%22%2C%22query%22%3A%22${__value.raw:percentencode}%22%2C%22region%22%3A%22${region}%22%7D%5D%2C%22range%22%3A%7B%22from%22%3A%22now-6h%22%2C%22to%22%3A%22now%22%7D%7D%7D";

/// The unit, as Grafana's formatter is called.
pub(super) const fn unit(unit: DisplayUnit) -> &'static str {
    match unit {
        DisplayUnit::Of(Unit::Milliseconds) => "ms",
        DisplayUnit::Of(Unit::Seconds) => "s",
        DisplayUnit::Of(Unit::Bytes) => "bytes",
        DisplayUnit::Of(Unit::Percent) => "percent",
        DisplayUnit::Of(Unit::Celsius) => "celsius",
        DisplayUnit::Of(Unit::RelativeHumidity) => "humidity",
        DisplayUnit::Of(Unit::Hectopascals) => "pressurehpa",
        DisplayUnit::Of(_) => "short",
        DisplayUnit::PerSecond => "cps",
        DisplayUnit::Ratio => "percentunit",
        DisplayUnit::Times => "suffix:x",
        DisplayUnit::Dollars => "currencyUSD",
        DisplayUnit::Time => "dateTimeAsIso",
        DisplayUnit::None => "none",
    }
}

/// What Grafana has to know of a panel's fields; nothing for logs and maps.
pub(super) fn config(panel: &Panel) -> Option<FieldConfig> {
    if matches!(panel.visual, Visual::Logs | Visual::ServiceMap) {
        return None;
    }
    let defaults = FieldDefaults {
        unit: unit(panel.shown_unit()),
        decimals: panel.decimals,
        thresholds: Thresholds {
            mode: "absolute",
            steps: steps(&panel.thresholds),
        },
        custom: visual::custom(panel),
    };
    Some(FieldConfig {
        defaults,
        overrides: overrides(panel),
    })
}

/// From lowest to highest; the first step has no value and reaches down for ever.
fn steps(thresholds: &[Threshold]) -> Vec<Step> {
    const WORSE: [&str; 4] = ["yellow", "orange", "red", "dark-red"];
    let good_above = thresholds
        .first()
        .is_some_and(|first| matches!(first.comparison, Comparison::Below | Comparison::AtMost));
    let (base, other) = if good_above {
        ("red", "green")
    } else {
        ("green", "red")
    };
    let mut steps = vec![Step {
        value: None,
        color: base,
    }];
    let mut sorted: Vec<f64> = thresholds.iter().map(|threshold| threshold.value).collect();
    sorted.sort_by(f64::total_cmp);
    let graded = sorted.len() > 1 && !good_above;
    for (place, value) in sorted.into_iter().enumerate() {
        let color = if graded {
            WORSE[place.min(WORSE.len() - 1)]
        } else {
            other
        };
        steps.push(Step {
            value: Some(value),
            color,
        });
    }
    steps
}

/// Units of columns that are not the panel's, and columns that lead somewhere.
fn overrides(panel: &Panel) -> Vec<Override> {
    let queries = panel
        .targets
        .iter()
        .filter_map(|target| match &target.source {
            Source::Logs(query) => Some(query),
            _ => None,
        });
    let units = queries.flat_map(column_units);
    let links = panel.links.iter().map(|link| {
        let value = PropertyValue::Links(vec![data_link(*link)]);
        column(link.column.name(), Property { id: "links", value })
    });
    units.chain(links).collect()
}

fn column(name: &str, property: Property) -> Override {
    let matcher = Matcher {
        id: "byName",
        options: name.to_owned(),
    };
    Override {
        matcher,
        properties: vec![property],
    }
}

fn column_units(query: &LogQuery) -> Vec<Override> {
    let Shape::Table { columns, .. } = &query.shape else {
        return Vec::new();
    };
    let with_unit = columns.iter().filter_map(|of| {
        let value = PropertyValue::Text(unit(aggregate_unit(&of.aggregate)?));
        Some(column(&of.name, Property { id: "unit", value }))
    });
    with_unit.collect()
}

fn aggregate_unit(aggregate: &Aggregate) -> Option<DisplayUnit> {
    let field = match aggregate {
        Aggregate::Count => return Some(Unit::Count.into()),
        Aggregate::Sum(field)
        | Aggregate::Average(field)
        | Aggregate::Minimum(field)
        | Aggregate::Maximum(field)
        | Aggregate::Percentile(field, _)
        | Aggregate::Latest(field)
        | Aggregate::Earliest(field) => field,
    };
    match field {
        Field::Timestamp => Some(DisplayUnit::Time),
        Field::Metric(metric) => Some(metric.unit.into()),
        Field::Message | Field::Property(_) | Field::Dimension(_) => None,
    }
}

fn data_link(link: ColumnLink) -> DataLink {
    let (title, url, target_blank) = match link.link {
        Link::Trace => ("Open the trace", TRACE.to_owned(), true),
        Link::Dashboard(to, variable) => {
            let url = format!(
                "/d/{}/{}?var-{}=${{__value.raw:percentencode}}&${{environment:queryparam}}&${{__url_time_range}}",
                to.uid, to.slug, variable.name
            );
            ("Show only this", url, false)
        }
    };
    DataLink {
        title,
        url,
        target_blank,
    }
}
