//! Units, colours, thresholds and links of what a panel shows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use telemetry::Unit;

use super::json::{
    CellOptions, Color, DataLink, FieldConfig, FieldDefaults, Mapping, MappingResult, Matcher,
    Override, Property, PropertyValue, SpecialMapping, Step, Thresholds,
};
use super::visual;
use crate::model::State;
use crate::model::logs::{LogQuery, Shape};
use crate::model::{
    self, ColumnLink, DisplayUnit, Grade, Link, Panel, Period, Source, Visual, steps, words,
};

/// Opens a trace of the X-Ray data source in Grafana's Explore.
const TRACE: &str = "/explore?schemaVersion=1&panes=%7B%22trace%22%3A%7B%22datasource%22%3A%22${xray}%22%2C%22queries%22%3A%5B%7B%22refId%22%3A%22A%22%2C%22queryType%22%3A%22getTrace%22%2C%22query%22%3A%22${__value.raw:percentencode}%22%2C%22region%22%3A%22${region}%22%7D%5D%2C%22range%22%3A%7B%22from%22%3A%22now-6h%22%2C%22to%22%3A%22now%22%7D%7D%7D";

/// The unit, as Grafana's formatter is called.
pub(super) fn unit(unit: DisplayUnit) -> Cow<'static, str> {
    let name = match unit {
        DisplayUnit::Of(Unit::Custom(name)) => return format!("count:{}", words(name)).into(),
        DisplayUnit::Of(Unit::CountPerSecond) | DisplayUnit::PerSecond => "cps",
        DisplayUnit::Of(Unit::Microseconds) => "µs",
        DisplayUnit::Of(Unit::Bits) => "bits",
        DisplayUnit::Of(Unit::BitsPerSecond) => "binbps",
        DisplayUnit::Of(Unit::BytesPerSecond) => "binBps",
        DisplayUnit::Of(Unit::Milliseconds) => "ms",
        DisplayUnit::Of(Unit::Seconds) => "s",
        DisplayUnit::Of(Unit::Bytes) => "bytes",
        DisplayUnit::Of(Unit::Percent) => "percent",
        DisplayUnit::Of(Unit::Celsius) => "celsius",
        DisplayUnit::Of(Unit::RelativeHumidity) => "humidity",
        DisplayUnit::Of(Unit::Hectopascals) => "pressurehpa",
        DisplayUnit::Of(_) => "short",
        DisplayUnit::Ratio => "percentunit",
        DisplayUnit::Times => "suffix:x",
        DisplayUnit::Dollars => "currencyUSD",
        DisplayUnit::Time => "dateTimeAsIso",
        DisplayUnit::None => "none",
    };
    name.into()
}

/// What Grafana has to know of a panel's fields; nothing for logs and maps.
pub(super) fn config(panel: &Panel, gap: Option<Period>) -> Option<FieldConfig> {
    if matches!(panel.visual, Visual::Logs | Visual::ServiceMap) {
        return None;
    }
    let defaults = FieldDefaults {
        unit: unit(panel.shown_unit()),
        color: color(panel.visual),
        no_value: panel.counts().then_some(panel.nothing()),
        decimals: panel.decimals,
        mappings: states(panel.visual),
        thresholds: Thresholds {
            mode: "absolute",
            steps: steps(&panel.thresholds).map(step).collect(),
        },
        custom: visual::custom(panel, gap),
    };
    Some(FieldConfig {
        defaults,
        overrides: overrides(panel),
    })
}

/// A line's colour follows from its name, so that it stays when another line appears.
const fn color(visual: Visual) -> Option<Color> {
    let mode = match visual {
        Visual::TimeSeries | Visual::StackedSeries => "palette-classic-by-name",
        Visual::StateTimeline => "thresholds",
        _ => return None,
    };
    Some(Color {
        mode,
        fixed_color: None,
    })
}

/// A step holds from its level on: where the level itself still belongs to what is below, the
/// step begins at the next number.
fn step(step: model::Step) -> Step {
    Step {
        value: step.from.map(model::Edge::value),
        color: step.grade.name(),
    }
}

/// What the numbers of a condition mean.
fn states(visual: Visual) -> Vec<Mapping> {
    if visual != Visual::StateTimeline {
        return Vec::new();
    }
    let state = |index: usize, text, grade: Grade| MappingResult {
        text: Some(text),
        color: grade.name(),
        index,
    };
    vec![Mapping::Value {
        options: BTreeMap::from([
            ("0", state(0, State::Ok.name(), Grade::Green)),
            ("1", state(1, State::Alarm.name(), Grade::Red)),
        ]),
    }]
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
    let units = queries.clone().flat_map(column_units);
    let grades = grades(panel, queries.clone());
    let links = panel.links.iter().map(|link| {
        let value = PropertyValue::Links(vec![data_link(*link)]);
        column(link.column.name(), Property { id: "links", value })
    });
    units.chain(grades).chain(links).collect()
}

fn column(name: &str, property: Property) -> Override {
    named(name, vec![property])
}

fn named(name: &str, properties: Vec<Property>) -> Override {
    let matcher = Matcher {
        id: "byName",
        options: name.to_owned(),
    };
    Override {
        matcher,
        properties,
    }
}

/// The colours of values that have one: of series by their name, of cells by their text.
fn grades<'a>(panel: &Panel, queries: impl Iterator<Item = &'a LogQuery>) -> Vec<Override> {
    if panel.visual != Visual::Table {
        let fixed = panel.graded.iter().map(|graded| {
            let value = PropertyValue::Color(Color {
                mode: "fixed",
                fixed_color: Some(graded.grade.name()),
            });
            column(graded.value, Property { id: "color", value })
        });
        return fixed.collect();
    }
    let columns = queries.flat_map(|query| query.shape.columns_of_dimensions());
    let of_column = |(name, dimension): (String, &str)| {
        let graded = || panel.graded.iter().filter(|one| one.dimension == dimension);
        let values = graded().enumerate().map(|(index, one)| {
            let text = None;
            let color = one.grade.name();
            (one.value, MappingResult { text, color, index })
        });
        let mut mappings = vec![Mapping::Value {
            options: values.collect(),
        }];
        mappings.extend(panel.blank.iter().flat_map(|blank| {
            ["null", "empty"].map(|r#match| Mapping::Special {
                options: SpecialMapping {
                    r#match,
                    result: MappingResult {
                        text: Some(blank),
                        color: Grade::Neutral.name(),
                        index: graded().count(),
                    },
                },
            })
        }));
        let mappings = Property {
            id: "mappings",
            value: PropertyValue::Mappings(mappings),
        };
        let cell = Property {
            id: "custom.cellOptions",
            value: PropertyValue::Cell(CellOptions {
                r#type: "color-text",
            }),
        };
        named(&name, vec![mappings, cell])
    };
    let any = !panel.graded.is_empty();
    columns.filter(|_| any).map(of_column).collect()
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
                "/d/{}/{}?var-{}=${{__value.raw:percentencode}}&${{environment:queryparam}}&${{region:queryparam}}&${{__url_time_range}}",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_of_a_services_own_stands_behind_its_numbers() {
        assert_eq!(
            unit(Unit::Custom("megawatt_hours").into()),
            "count:megawatt hours"
        );
        assert_eq!(unit(Unit::Microseconds.into()), "µs");
        assert_eq!(unit(Unit::BytesPerSecond.into()), "binBps");
        assert_eq!(unit(Unit::Count.into()), "short");
    }
}
