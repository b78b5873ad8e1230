//! What Grafana wants to know of each kind of panel.

use super::json::{
    Custom, Footer, Legend, LogsOptions, Options, ReduceOptions, Stacking, StatOptions,
    StateTimelineCustom, StateTimelineOptions, TableCustom, TableOptions, ThresholdsStyle,
    TimeSeriesCustom, TimeSeriesOptions, Tooltip,
};
use crate::model::{Panel, Period, Reduce, Visual, bounds};

/// The name of the panel's plugin.
pub(super) const fn plugin(visual: Visual) -> &'static str {
    match visual {
        Visual::TimeSeries | Visual::StackedSeries => "timeseries",
        Visual::StateTimeline => "state-timeline",
        Visual::Stat(_) => "stat",
        Visual::Table => "table",
        Visual::Logs => "logs",
        Visual::ServiceMap => "nodeGraph",
    }
}

/// The options of a panel.
pub(super) fn options(visual: Visual) -> Options {
    match visual {
        Visual::TimeSeries | Visual::StackedSeries => Options::TimeSeries(TimeSeriesOptions {
            legend: legend(true),
            tooltip: tooltip(),
        }),
        Visual::StateTimeline => Options::StateTimeline(StateTimelineOptions {
            show_value: "never",
            row_height: 0.8,
            merge_values: true,
            align_value: "left",
            legend: legend(false),
            tooltip: tooltip(),
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

const fn legend(shown: bool) -> Legend {
    Legend {
        display_mode: "list",
        placement: "bottom",
        show_legend: shown,
        calcs: [],
    }
}

const fn tooltip() -> Tooltip {
    Tooltip {
        mode: "multi",
        sort: "desc",
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

/// How the lines or cells of a panel look; a line ends where there is no value for longer than
/// `gap`.
pub(super) fn custom(panel: &Panel, gap: Option<Period>) -> Option<Custom> {
    match panel.visual {
        Visual::TimeSeries | Visual::StackedSeries => Some(Custom::TimeSeries(lines(panel, gap))),
        Visual::StateTimeline => Some(Custom::StateTimeline(StateTimelineCustom {
            line_width: 0,
            fill_opacity: 80,
            span_nulls: false,
        })),
        Visual::Table => Some(Custom::Table(TableCustom {
            align: "auto",
            inspect: false,
        })),
        Visual::Stat(_) | Visual::Logs | Visual::ServiceMap => None,
    }
}

fn lines(panel: &Panel, gap: Option<Period>) -> TimeSeriesCustom {
    let stacked = panel.visual == Visual::StackedSeries;
    // Grafana scales by the data alone and would leave out a line that is far away.
    let (axis_soft_min, axis_soft_max) = bounds(&panel.thresholds);
    TimeSeriesCustom {
        line_width: 1,
        fill_opacity: if stacked { 30 } else { 5 },
        show_points: "auto",
        span_nulls: false,
        insert_nulls: gap.map(|gap| u64::from(gap.as_seconds()) * 1_000),
        axis_soft_min,
        axis_soft_max,
        stacking: stacked.then_some(Stacking {
            mode: "normal",
            group: "A",
        }),
        thresholds_style: (!panel.thresholds.is_empty())
            .then_some(ThresholdsStyle { mode: "dashed" }),
    }
}
