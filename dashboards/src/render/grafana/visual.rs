//! What Grafana wants to know of each kind of panel.

use serde::Serialize;

use crate::model::{Panel, Reduce, Visual, bounds};

/// The name of the panel's plugin.
pub(super) const fn plugin(visual: Visual) -> &'static str {
    match visual {
        Visual::TimeSeries | Visual::StackedSeries => "timeseries",
        Visual::Stat(_) => "stat",
        Visual::Table => "table",
        Visual::Logs => "logs",
        Visual::ServiceMap => "nodeGraph",
    }
}

/// Options of a panel.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Options {
    TimeSeries(TimeSeriesOptions),
    Stat(StatOptions),
    Table(TableOptions),
    Logs(LogsOptions),
    ServiceMap {},
}

#[derive(Debug, Serialize)]
pub(super) struct TimeSeriesOptions {
    legend: Legend,
    tooltip: Tooltip,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Legend {
    display_mode: &'static str,
    placement: &'static str,
    show_legend: bool,
    calcs: [&'static str; 0],
}

#[derive(Debug, Serialize)]
struct Tooltip {
    mode: &'static str,
    sort: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatOptions {
    graph_mode: &'static str,
    color_mode: &'static str,
    justify_mode: &'static str,
    text_mode: &'static str,
    wide_layout: bool,
    show_percent_change: bool,
    percent_change_color_mode: &'static str,
    orientation: &'static str,
    reduce_options: ReduceOptions,
}

#[derive(Debug, Serialize)]
struct ReduceOptions {
    calcs: [&'static str; 1],
    values: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TableOptions {
    frame_index: u8,
    show_header: bool,
    show_type_icons: bool,
    cell_height: &'static str,
    footer: Footer,
}

#[derive(Debug, Serialize)]
struct Footer {
    show: bool,
    reducer: [&'static str; 0],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogsOptions {
    show_labels: bool,
    show_common_labels: bool,
    show_time: bool,
    show_log_context_toggle: bool,
    wrap_log_message: bool,
    prettify_log_message: bool,
    enable_log_details: bool,
    sort_order: &'static str,
    dedup_strategy: &'static str,
}

/// How lines and cells look.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Custom {
    TimeSeries(TimeSeriesCustom),
    Table(TableCustom),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TimeSeriesCustom {
    line_width: u8,
    fill_opacity: u8,
    show_points: &'static str,
    span_nulls: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    axis_soft_min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    axis_soft_max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stacking: Option<Stacking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thresholds_style: Option<ThresholdsStyle>,
}

#[derive(Debug, Serialize)]
struct Stacking {
    mode: &'static str,
    group: &'static str,
}

#[derive(Debug, Serialize)]
struct ThresholdsStyle {
    mode: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct TableCustom {
    align: &'static str,
    inspect: bool,
}

/// The options of a panel.
pub(super) fn options(visual: Visual) -> Options {
    match visual {
        Visual::TimeSeries | Visual::StackedSeries => Options::TimeSeries(TimeSeriesOptions {
            legend: Legend {
                display_mode: "list",
                placement: "bottom",
                show_legend: true,
                calcs: [],
            },
            tooltip: Tooltip {
                mode: "multi",
                sort: "desc",
            },
        }),
        Visual::Stat(reduce) => Options::Stat(stat(reduce)),
        Visual::Table => Options::Table(TableOptions {
            frame_index: 0,
            show_header: true,
            show_type_icons: false,
            cell_height: "sm",
            footer: Footer {
                show: false,
                reducer: [],
            },
        }),
        Visual::Logs => Options::Logs(LogsOptions {
            show_labels: false,
            show_common_labels: false,
            show_time: true,
            show_log_context_toggle: false,
            wrap_log_message: true,
            prettify_log_message: false,
            enable_log_details: true,
            sort_order: "Descending",
            dedup_strategy: "none",
        }),
        Visual::ServiceMap => Options::ServiceMap {},
    }
}

fn stat(reduce: Reduce) -> StatOptions {
    let calculation = match reduce {
        Reduce::Last => "lastNotNull",
        Reduce::Total => "sum",
        Reduce::Mean => "mean",
    };
    StatOptions {
        graph_mode: "area",
        color_mode: "value",
        justify_mode: "auto",
        text_mode: "value",
        wide_layout: true,
        show_percent_change: false,
        percent_change_color_mode: "standard",
        orientation: "auto",
        reduce_options: ReduceOptions {
            calcs: [calculation],
            values: false,
        },
    }
}

/// How the lines or cells of a panel look.
pub(super) fn custom(panel: &Panel) -> Option<Custom> {
    let stacked = panel.visual == Visual::StackedSeries;
    // Grafana scales by the data alone and would leave out a line that is far away.
    let (axis_soft_min, axis_soft_max) = bounds(&panel.thresholds);
    match panel.visual {
        Visual::TimeSeries | Visual::StackedSeries => Some(Custom::TimeSeries(TimeSeriesCustom {
            line_width: 1,
            fill_opacity: if stacked { 30 } else { 5 },
            show_points: "auto",
            span_nulls: false,
            axis_soft_min,
            axis_soft_max,
            stacking: stacked.then_some(Stacking {
                mode: "normal",
                group: "A",
            }),
            thresholds_style: (!panel.thresholds.is_empty())
                .then_some(ThresholdsStyle { mode: "dashed" }),
        })),
        Visual::Table => Some(Custom::Table(TableCustom {
            align: "auto",
            inspect: false,
        })),
        Visual::Stat(_) | Visual::Logs | Visual::ServiceMap => None,
    }
}
