"""The dashboard by grafana-foundation-sdk, from values; see measure.py."""

from grafana_foundation_sdk.builders import cloudwatch, dashboard, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.dashboard import GridPos, Threshold, ThresholdsMode

from measure import main

CLOUDWATCH = DataSourceRef(type_val="cloudwatch", uid="${datasource}")


def panel(values):
    query = (
        cloudwatch.MetricsQuery()
        .ref_id("A")
        .id("m1")
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
    return (
        timeseries.Panel()
        .id(values["id"])
        .title(values["title"])
        .description(values["description"])
        .datasource(CLOUDWATCH)
        .grid_pos(GridPos(**values["gridPos"]))
        .unit(values["unit"])
        .thresholds(thresholds)
        .with_target(query)
    )


def build(values):
    built = (
        dashboard.Dashboard(values["title"])
        .uid(values["uid"])
        .description(values["description"])
        .tags(["sentori"])
        .refresh("1m")
        .time("now-3h", "now")
        .with_variable(dashboard.DatasourceVariable("datasource").type("cloudwatch"))
        .with_variable(dashboard.QueryVariable("region").query({"queryType": "regions"}))
        .with_variable(dashboard.CustomVariable("environment").values("dev,prod"))
    )
    for one in values["panels"]:
        built = built.with_panel(panel(one))
    return JSONEncoder(sort_keys=True, indent=2).encode(built.build())


main(build)
