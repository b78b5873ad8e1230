//! Targets: what a panel asks its data source for.

use serde::{Serialize, Serializer};

use super::{DataSource, Text};

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Target<'a> {
    CloudWatch(CloudWatchTarget<'a>),
    Logs(LogsTarget),
    XRay(XRayTarget),
    Prometheus(PrometheusTarget<'a>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CloudWatchTarget<'a> {
    pub(crate) ref_id: Text<'static>,
    pub(crate) id: String,
    pub(crate) datasource: DataSource,
    pub(crate) query_mode: &'static str,
    pub(crate) region: &'static str,
    pub(crate) namespace: Text<'a>,
    pub(crate) metric_name: &'a str,
    pub(crate) dimensions: Dimensions<'a>,
    pub(crate) match_exact: bool,
    pub(crate) metric_query_type: u8,
    pub(crate) metric_editor_mode: u8,
    pub(crate) statistic: Text<'static>,
    pub(crate) period: String,
    pub(crate) expression: String,
    pub(crate) label: Text<'a>,
    pub(crate) hide: bool,
}

/// Values by the names of dimensions, in the order of the names.
///
/// A value is one string: the data source interpolates no other, and sends a list as it is.
#[derive(Debug, Default)]
pub(crate) struct Dimensions<'a>(Vec<(&'static str, Text<'a>)>);

impl<'a> FromIterator<(&'static str, Text<'a>)> for Dimensions<'a> {
    fn from_iter<I: IntoIterator<Item = (&'static str, Text<'a>)>>(values: I) -> Self {
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
#[serde(rename_all = "camelCase")]
pub(crate) struct LogsTarget {
    pub(crate) ref_id: Text<'static>,
    pub(crate) id: String,
    pub(crate) datasource: DataSource,
    pub(crate) query_mode: &'static str,
    pub(crate) region: &'static str,
    pub(crate) query_language: &'static str,
    pub(crate) expression: String,
    pub(crate) stats_groups: Vec<String>,
    pub(crate) log_groups: Vec<LogGroup>,
}

#[derive(Debug, Serialize)]
pub(crate) struct LogGroup {
    pub(crate) arn: Text<'static>,
    pub(crate) name: Text<'static>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct XRayTarget {
    pub(crate) ref_id: Text<'static>,
    pub(crate) datasource: DataSource,
    pub(crate) query_type: &'static str,
    pub(crate) query: String,
    pub(crate) region: &'static str,
    /// Only a service map needs one, and the data source crashes without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<XRayGroup>,
    pub(crate) columns: [&'static str; 1],
}

/// A group of traces, by its name.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct XRayGroup {
    pub(crate) group_name: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrometheusTarget<'a> {
    pub(crate) ref_id: Text<'static>,
    pub(crate) datasource: DataSource,
    pub(crate) editor_mode: &'static str,
    pub(crate) expr: String,
    pub(crate) format: &'static str,
    pub(crate) instant: bool,
    pub(crate) range: bool,
    pub(crate) interval: &'static str,
    pub(crate) legend_format: Text<'a>,
}
