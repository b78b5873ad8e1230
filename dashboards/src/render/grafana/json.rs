//! Grafana's classic dashboard JSON (schema version 42), in the order it is written.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// Text that is often part of the definitions.
pub(super) type Text<'a> = Cow<'a, str>;

/// Points to a data source by its variable.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct DataSource {
    pub(super) r#type: &'static str,
    pub(super) uid: &'static str,
}

/// A whole dashboard.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dashboard<'a> {
    pub(super) uid: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) tags: [&'a str; 1],
    pub(super) timezone: &'static str,
    pub(super) editable: bool,
    pub(super) graph_tooltip: u8,
    pub(super) time: TimeRange,
    pub(super) refresh: &'static str,
    pub(super) fiscal_year_start_month: u8,
    pub(super) schema_version: u8,
    pub(super) links: [DashboardLinks<'a>; 1],
    pub(super) templating: Listed<Variable<'a>>,
    pub(super) annotations: Listed<Annotation>,
    pub(super) panels: super::Panels<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct TimeRange {
    pub(super) from: String,
    pub(super) to: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Listed<T> {
    pub(super) list: Vec<T>,
}

/// A menu of the dashboards with a tag.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DashboardLinks<'a> {
    pub(super) title: &'static str,
    pub(super) r#type: &'static str,
    pub(super) icon: &'static str,
    pub(super) tooltip: &'static str,
    pub(super) url: &'static str,
    pub(super) tags: [&'a str; 1],
    pub(super) as_dropdown: bool,
    pub(super) target_blank: bool,
    pub(super) include_vars: bool,
    pub(super) keep_time: bool,
    pub(super) placement: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Variable<'a> {
    pub(super) r#type: &'static str,
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) skip_url_sync: bool,
    pub(super) query: VariableQuery<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) datasource: Option<DataSource>,
    pub(super) multi: bool,
    pub(super) allow_custom_value: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh: Option<u8>,
    pub(super) include_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) all_value: Option<&'static str>,
    pub(super) auto: bool,
    #[serde(rename = "auto_min")]
    pub(super) auto_min: &'static str,
    #[serde(rename = "auto_count")]
    pub(super) auto_count: u8,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum VariableQuery<'a> {
    Text(Text<'a>),
    CloudWatch(CloudWatchVariable),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CloudWatchVariable {
    pub(super) query_type: &'static str,
    pub(super) ref_id: &'static str,
    pub(super) namespace: &'static str,
    pub(super) region: &'static str,
    pub(super) metric_name: &'static str,
    pub(super) dimension_key: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Annotation {
    pub(super) name: &'static str,
    pub(super) datasource: DataSource,
    pub(super) enable: bool,
    pub(super) hide: bool,
    pub(super) icon_color: &'static str,
    pub(super) built_in: u8,
    pub(super) placement: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<AlarmTarget>,
}

/// Changes of alarms whose names start with a prefix.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlarmTarget {
    pub(super) query_mode: &'static str,
    pub(super) ref_id: &'static str,
    pub(super) region: &'static str,
    pub(super) namespace: &'static str,
    pub(super) metric_name: &'static str,
    pub(super) dimensions: Dimensions<'static>,
    pub(super) match_exact: bool,
    pub(super) period: &'static str,
    pub(super) statistic: &'static str,
    pub(super) prefix_matching: bool,
    pub(super) action_prefix: &'static str,
    pub(super) alarm_name_prefix: String,
    pub(super) datasource: DataSource,
}

/// A row's heading.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row<'a> {
    pub(super) r#type: &'static str,
    pub(super) id: u32,
    pub(super) title: &'a str,
    pub(super) collapsed: bool,
    pub(super) grid_pos: GridPos,
    pub(super) panels: [u8; 0],
}

#[derive(Debug, Serialize)]
pub(super) struct GridPos {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) w: u32,
    pub(super) h: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Panel<'a> {
    pub(super) r#type: &'static str,
    pub(super) id: u32,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) transparent: bool,
    pub(super) datasource: DataSource,
    pub(super) grid_pos: GridPos,
    pub(super) repeat_direction: &'static str,
    pub(super) targets: Vec<Target<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) field_config: Option<FieldConfig<'a>>,
    pub(super) options: super::visual::Options,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Target<'a> {
    CloudWatch(CloudWatchTarget<'a>),
    Logs(LogsTarget),
    XRay(XRayTarget),
    Prometheus(PrometheusTarget<'a>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CloudWatchTarget<'a> {
    pub(super) ref_id: Text<'static>,
    pub(super) id: String,
    pub(super) datasource: DataSource,
    pub(super) query_mode: &'static str,
    pub(super) region: &'static str,
    pub(super) namespace: Text<'a>,
    pub(super) metric_name: &'a str,
    pub(super) dimensions: Dimensions<'a>,
    pub(super) match_exact: bool,
    pub(super) metric_query_type: u8,
    pub(super) metric_editor_mode: u8,
    pub(super) statistic: Text<'static>,
    pub(super) period: String,
    pub(super) expression: String,
    pub(super) label: Text<'a>,
    pub(super) hide: bool,
}

/// Values by the names of dimensions, in the order of the names.
#[derive(Debug, Default)]
pub(super) struct Dimensions<'a>(Vec<(&'static str, DimensionValue<'a>)>);

impl<'a> FromIterator<(&'static str, DimensionValue<'a>)> for Dimensions<'a> {
    fn from_iter<I: IntoIterator<Item = (&'static str, DimensionValue<'a>)>>(values: I) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by_key(|(name, _)| *name);
        Self(values)
    }
}

impl Serialize for Dimensions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum DimensionValue<'a> {
    One(Text<'a>),
    Several(Vec<Text<'a>>),
    All([&'static str; 1]),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogsTarget {
    pub(super) ref_id: Text<'static>,
    pub(super) id: String,
    pub(super) datasource: DataSource,
    pub(super) query_mode: &'static str,
    pub(super) region: &'static str,
    pub(super) query_language: &'static str,
    pub(super) expression: String,
    pub(super) stats_groups: Vec<String>,
    pub(super) log_groups: Vec<LogGroup>,
}

#[derive(Debug, Serialize)]
pub(super) struct LogGroup {
    pub(super) arn: Text<'static>,
    pub(super) name: Text<'static>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct XRayTarget {
    pub(super) ref_id: Text<'static>,
    pub(super) datasource: DataSource,
    pub(super) query_type: &'static str,
    pub(super) query: String,
    pub(super) region: &'static str,
    pub(super) columns: [&'static str; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PrometheusTarget<'a> {
    pub(super) ref_id: Text<'static>,
    pub(super) datasource: DataSource,
    pub(super) editor_mode: &'static str,
    pub(super) expr: String,
    pub(super) format: &'static str,
    pub(super) instant: bool,
    pub(super) range: bool,
    pub(super) interval: &'static str,
    pub(super) legend_format: Text<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct FieldConfig<'a> {
    pub(super) defaults: FieldDefaults<'a>,
    pub(super) overrides: Vec<Override>,
}

#[derive(Debug, Serialize)]
pub(super) struct FieldDefaults<'a> {
    pub(super) unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decimals: Option<u8>,
    pub(super) thresholds: Thresholds<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) custom: Option<super::visual::Custom>,
}

#[derive(Debug, Serialize)]
pub(super) struct Thresholds<'a> {
    pub(super) mode: &'static str,
    pub(super) steps: super::fields::Steps<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub(super) value: Option<f64>,
    pub(super) color: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Override {
    pub(super) matcher: Matcher,
    pub(super) properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
pub(super) struct Matcher {
    pub(super) id: &'static str,
    pub(super) options: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Property {
    pub(super) id: &'static str,
    pub(super) value: PropertyValue,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum PropertyValue {
    Text(&'static str),
    Links(Vec<DataLink>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataLink {
    pub(super) title: &'static str,
    pub(super) url: String,
    pub(super) target_blank: bool,
}
