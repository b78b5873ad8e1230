//! Panels, the rows above them, and what is said of their fields.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::{DataSource, Target};

/// What stands on the grid.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Element<'a> {
    Row(Row<'a>),
    Panel(Box<Panel<'a>>),
}

/// A row's heading; a collapsed row holds its panels, and loads them when it is opened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row<'a> {
    pub(crate) r#type: &'static str,
    pub(crate) id: u32,
    pub(crate) title: &'a str,
    pub(crate) collapsed: bool,
    pub(crate) grid_pos: GridPos,
    pub(crate) panels: Vec<Panel<'a>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct GridPos {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) w: u32,
    pub(crate) h: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Panel<'a> {
    pub(crate) r#type: &'static str,
    pub(crate) id: u32,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) transparent: bool,
    pub(crate) datasource: DataSource,
    pub(crate) grid_pos: GridPos,
    pub(crate) repeat_direction: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_data_points: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interval: Option<String>,
    pub(crate) targets: Vec<Target<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field_config: Option<FieldConfig>,
    pub(crate) options: Options,
}

#[derive(Debug, Serialize)]
pub(crate) struct FieldConfig {
    pub(crate) defaults: FieldDefaults,
    pub(crate) overrides: Vec<Override>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldDefaults {
    pub(crate) unit: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) color: Option<Color>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) no_value: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decimals: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) thresholds: Thresholds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom: Option<Custom>,
}

/// Where colours come from; a fixed one is named.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Color {
    pub(crate) mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fixed_color: Option<&'static str>,
}

/// What stands for a value.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum Mapping {
    /// For some values, by their text.
    Value {
        options: BTreeMap<&'static str, MappingResult>,
    },
    /// For what is no value, such as `null`.
    Special { options: SpecialMapping },
}

#[derive(Debug, Serialize)]
pub(crate) struct SpecialMapping {
    pub(crate) r#match: &'static str,
    pub(crate) result: MappingResult,
}

#[derive(Debug, Serialize)]
pub(crate) struct MappingResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<&'static str>,
    pub(crate) color: &'static str,
    pub(crate) index: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct Thresholds {
    pub(crate) mode: &'static str,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) value: Option<f64>,
    pub(crate) color: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Override {
    pub(crate) matcher: Matcher,
    pub(crate) properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Matcher {
    pub(crate) id: &'static str,
    pub(crate) options: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Property {
    pub(crate) id: &'static str,
    pub(crate) value: PropertyValue,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum PropertyValue {
    Text(Cow<'static, str>),
    Color(Color),
    Mappings(Vec<Mapping>),
    Cell(CellOptions),
    Links(Vec<DataLink>),
}

/// How a table's cell shows its colour.
#[derive(Debug, Serialize)]
pub(crate) struct CellOptions {
    pub(crate) r#type: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataLink {
    pub(crate) title: &'static str,
    pub(crate) url: String,
    pub(crate) target_blank: bool,
}

/// Options of a panel.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Options {
    TimeSeries(TimeSeriesOptions),
    StateTimeline(StateTimelineOptions),
    Stat(StatOptions),
    Table(TableOptions),
    Logs(LogsOptions),
    ServiceMap {},
}

#[derive(Debug, Serialize)]
pub(crate) struct TimeSeriesOptions {
    pub(crate) legend: Legend,
    pub(crate) tooltip: Tooltip,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Legend {
    pub(crate) display_mode: &'static str,
    pub(crate) placement: &'static str,
    pub(crate) show_legend: bool,
    pub(crate) calcs: [&'static str; 0],
}

#[derive(Debug, Serialize)]
pub(crate) struct Tooltip {
    pub(crate) mode: &'static str,
    pub(crate) sort: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatOptions {
    pub(crate) graph_mode: &'static str,
    pub(crate) color_mode: &'static str,
    pub(crate) justify_mode: &'static str,
    pub(crate) text_mode: &'static str,
    pub(crate) wide_layout: bool,
    pub(crate) show_percent_change: bool,
    pub(crate) percent_change_color_mode: &'static str,
    pub(crate) orientation: &'static str,
    pub(crate) reduce_options: ReduceOptions,
}

#[derive(Debug, Serialize)]
pub(crate) struct ReduceOptions {
    pub(crate) calcs: [&'static str; 1],
    pub(crate) values: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TableOptions {
    pub(crate) frame_index: u8,
    pub(crate) show_header: bool,
    pub(crate) show_type_icons: bool,
    pub(crate) cell_height: &'static str,
    pub(crate) footer: Footer,
}

#[derive(Debug, Serialize)]
pub(crate) struct Footer {
    pub(crate) show: bool,
    pub(crate) reducer: [&'static str; 0],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogsOptions {
    pub(crate) show_labels: bool,
    pub(crate) show_common_labels: bool,
    pub(crate) show_time: bool,
    pub(crate) show_log_context_toggle: bool,
    pub(crate) wrap_log_message: bool,
    pub(crate) prettify_log_message: bool,
    pub(crate) enable_log_details: bool,
    pub(crate) sort_order: &'static str,
    pub(crate) dedup_strategy: &'static str,
}

/// How lines and cells look.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Custom {
    TimeSeries(TimeSeriesCustom),
    StateTimeline(StateTimelineCustom),
    Table(TableCustom),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimeSeriesCustom {
    pub(crate) line_width: u8,
    pub(crate) fill_opacity: u8,
    pub(crate) show_points: &'static str,
    pub(crate) span_nulls: bool,
    /// Milliseconds without a value after which a line ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) insert_nulls: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) axis_soft_min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) axis_soft_max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stacking: Option<Stacking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thresholds_style: Option<ThresholdsStyle>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Stacking {
    pub(crate) mode: &'static str,
    pub(crate) group: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct ThresholdsStyle {
    pub(crate) mode: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct TableCustom {
    pub(crate) align: &'static str,
    pub(crate) inspect: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateTimelineOptions {
    pub(crate) show_value: &'static str,
    pub(crate) row_height: f64,
    pub(crate) merge_values: bool,
    pub(crate) align_value: &'static str,
    pub(crate) legend: Legend,
    pub(crate) tooltip: Tooltip,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateTimelineCustom {
    pub(crate) line_width: u8,
    pub(crate) fill_opacity: u8,
    pub(crate) span_nulls: bool,
}
