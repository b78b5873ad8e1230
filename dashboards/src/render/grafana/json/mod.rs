//! Grafana's classic dashboard JSON (schema version 42), in the order it is written.

mod panel;
mod target;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

pub(crate) use panel::*;
pub(crate) use target::*;

/// Text that is often part of the definitions.
pub(crate) type Text<'a> = Cow<'a, str>;

/// Points to a data source by its variable.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct DataSource {
    pub(crate) r#type: &'static str,
    pub(crate) uid: &'static str,
}

/// A whole dashboard.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dashboard<'a> {
    pub(crate) uid: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) tags: [&'a str; 1],
    pub(crate) timezone: &'static str,
    pub(crate) editable: bool,
    pub(crate) graph_tooltip: u8,
    pub(crate) time: TimeRange,
    pub(crate) timepicker: Timepicker,
    pub(crate) refresh: Text<'a>,
    pub(crate) fiscal_year_start_month: u8,
    pub(crate) schema_version: u8,
    pub(crate) links: [DashboardLinks<'a>; 1],
    pub(crate) templating: List<Variable<'a>>,
    pub(crate) annotations: List<Annotation>,
    pub(crate) panels: Vec<Element<'a>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct TimeRange {
    pub(crate) from: String,
    pub(crate) to: &'static str,
}

/// How far before now a range ends that ends now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Timepicker {
    pub(crate) now_delay: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct List<T> {
    pub(crate) list: Vec<T>,
}

/// A menu of the dashboards with a tag.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DashboardLinks<'a> {
    pub(crate) title: &'static str,
    pub(crate) r#type: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) tooltip: &'static str,
    pub(crate) url: &'static str,
    pub(crate) tags: [&'a str; 1],
    pub(crate) as_dropdown: bool,
    pub(crate) target_blank: bool,
    pub(crate) include_vars: bool,
    pub(crate) keep_time: bool,
    pub(crate) placement: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Variable<'a> {
    pub(crate) r#type: &'static str,
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) skip_url_sync: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) current: Option<Choice>,
    pub(crate) query: VariableQuery<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regex: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) datasource: Option<DataSource>,
    pub(crate) multi: bool,
    pub(crate) allow_custom_value: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh: Option<u8>,
    pub(crate) include_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) all_value: Option<&'static str>,
    pub(crate) auto: bool,
    #[serde(rename = "auto_min")]
    pub(crate) auto_min: &'static str,
    #[serde(rename = "auto_count")]
    pub(crate) auto_count: u8,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum VariableQuery<'a> {
    Text(Text<'a>),
    CloudWatch(CloudWatchVariable),
}

/// What a variable is worth before anybody chooses.
#[derive(Debug, Serialize)]
pub(crate) struct Choice {
    pub(crate) text: &'static str,
    pub(crate) value: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CloudWatchVariable {
    pub(crate) query_type: &'static str,
    pub(crate) ref_id: &'static str,
    pub(crate) region: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_type: Option<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: BTreeMap<&'static str, [&'static str; 1]>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Annotation {
    pub(crate) name: &'static str,
    pub(crate) datasource: DataSource,
    pub(crate) enable: bool,
    pub(crate) hide: bool,
    pub(crate) icon_color: &'static str,
    pub(crate) built_in: u8,
    pub(crate) placement: &'static str,
    pub(crate) r#type: &'static str,
}
