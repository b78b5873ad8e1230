//! Units, thresholds and links of what a panel shows.

use serde::{Serialize, Serializer};
use telemetry::Unit;

use super::json::{
    DataLink, FieldConfig, FieldDefaults, Matcher, Override, Property, PropertyValue, Step,
    Thresholds,
};
use super::visual;
use crate::model::logs::{LogQuery, Shape};
use crate::model::{ColumnLink, DisplayUnit, Link, Panel, Source, Threshold, Visual, steps};

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
pub(super) fn config(panel: &Panel) -> Option<FieldConfig<'_>> {
    if matches!(panel.visual, Visual::Logs | Visual::ServiceMap) {
        return None;
    }
    let defaults = FieldDefaults {
        unit: unit(panel.shown_unit()),
        decimals: panel.decimals,
        thresholds: Thresholds {
            mode: "absolute",
            steps: Steps(&panel.thresholds),
        },
        custom: visual::custom(panel),
    };
    Some(FieldConfig {
        defaults,
        overrides: overrides(panel),
    })
}

/// The steps of these thresholds, each made when it is written.
#[derive(Debug)]
pub(super) struct Steps<'a>(&'a [Threshold]);

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(steps(self.0).map(|step| Step {
            value: step.from,
            color: step.grade.name(),
        }))
    }
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
        let value = PropertyValue::Text(unit(of.aggregate.unit()?));
        Some(column(&of.name, Property { id: "unit", value }))
    });
    with_unit.collect()
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
