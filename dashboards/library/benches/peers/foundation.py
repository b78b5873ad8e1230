"""The dashboard by grafana-foundation-sdk, from values; see measure.py."""

from grafana_foundation_sdk.builders import cloudwatch, common, dashboard, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.cloudwatch import (
    MetricEditorMode,
    MetricQueryType,
    QueryMode,
)
from grafana_foundation_sdk.models.common import (
    DataSourceRef,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    GridPos,
    Threshold,
    ThresholdsMode,
)

from measure import main

CLOUDWATCH = DataSourceRef(type_val="cloudwatch", uid="${datasource}")


def panel(values):
    query = (
        cloudwatch.MetricsQuery()
        .ref_id("A")
        .id("m1")
        .query_mode(QueryMode.METRICS)
        .metric_query_type(MetricQueryType.SEARCH)
        .metric_editor_mode(MetricEditorMode.BUILDER)
        .period("")
        .expression("")
        .hide(False)
        .datasource(CLOUDWATCH)
        .region("$region")
        .namespace(values["namespace"])
        .metric_name(values["metricName"])
        .dimensions(values["dimensions"])
        .match_exact(True)
        .statistic(values["statistic"])
        .label(values["label"])
    )
    thresholds = (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(color="green"), Threshold(value=values["threshold"], color="red")])
    )
    style = common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED)
    legend = (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs([])
    )
    tooltip = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)
    built = (
        timeseries.Panel()
        .id(values["id"])
        .title(values["title"])
        .description(values["description"])
        .datasource(CLOUDWATCH)
        .grid_pos(GridPos(**values["gridPos"]))
        .unit(values["unit"])
        .thresholds(thresholds)
        .thresholds_style(style)
        .axis_soft_max(values["softMax"])
        .line_width(1)
        .fill_opacity(values["fillOpacity"])
        .show_points(VisibilityMode.AUTO)
        .span_nulls(False)
        .legend(legend)
        .tooltip(tooltip)
        .with_target(query)
    )
    if values["insertNulls"] is not None:
        built = built.insert_nulls(values["insertNulls"])
    if values["stacked"]:
        return built.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))
    return built


def build(values):
    built = (
        dashboard.Dashboard(values["title"])
        .uid(values["uid"])
        .description(values["description"])
        .tags(["sentori"])
        .refresh("1m")
        .timezone("browser")
        .readonly()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(
            dashboard.DashboardLink("Dashboards")
            .type(DashboardLinkType.DASHBOARDS)
            .tags(["sentori"])
            .as_dropdown(True)
            .keep_time(True)
        )
        .time("now-3h", "now")
        .with_variable(dashboard.DatasourceVariable("datasource").type("cloudwatch"))
        .with_variable(dashboard.QueryVariable("region").query({"queryType": "regions"}))
        .with_variable(dashboard.CustomVariable("environment").values("dev,prod"))
    )
    for one in values["panels"]:
        built = built.with_panel(panel(one))
    return JSONEncoder(sort_keys=True, indent=2).encode(built.build())


main(build)
