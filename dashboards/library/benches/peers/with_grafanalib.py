"""The dashboard by grafanalib, from values; see measure.py."""

import json

from grafanalib import core
from grafanalib._gen import DashboardEncoder
from grafanalib.cloudwatch import CloudwatchMetricsTarget

from measure import main


def panel(values):
    return core.TimeSeries(
        id=values["id"],
        title=values["title"],
        description=values["description"],
        dataSource="${datasource}",
        gridPos=core.GridPos(**values["gridPos"]),
        unit=values["unit"],
        thresholds=[
            core.Threshold("green", 0, 0.0),
            core.Threshold("red", 1, float(values["threshold"])),
        ],
        thresholdsStyleMode="dashed",
        axisSoftMax=int(values["softMax"]),
        lineWidth=1,
        fillOpacity=values["fillOpacity"],
        showPoints="auto",
        spanNulls=False,
        stacking={"mode": "normal", "group": "A"} if values["stacked"] else {},
        legendDisplayMode="list",
        legendPlacement="bottom",
        tooltipMode="multi",
        tooltipSort="desc",
        # The library knows the option for no kind of panel.
        extraJson={"fieldConfig": {"defaults": {"custom": {"insertNulls": values["insertNulls"]}}}},
        targets=[
            CloudwatchMetricsTarget(
                refId="A",
                id="m1",
                datasource="${datasource}",
                region="$region",
                namespace=values["namespace"],
                metricName=values["metricName"],
                dimensions=values["dimensions"],
                statistic=values["statistic"],
                alias=values["label"],
            )
        ],
    )


def build(values):
    variables = [
        core.Template("datasource", "cloudwatch", type="datasource"),
        core.Template("region", "regions()"),
        core.Template("environment", "dev,prod", type="custom"),
    ]
    built = core.Dashboard(
        title=values["title"],
        uid=values["uid"],
        description=values["description"],
        tags=["sentori"],
        refresh="1m",
        timezone="browser",
        editable=False,
        links=[
            core.DashboardLink(
                title="Dashboards", tags=["sentori"], asDropdown=True, keepTime=True
            )
        ],
        time=core.Time("now-3h", "now"),
        templating=core.Templating(variables),
        panels=[panel(one) for one in values["panels"]],
    )
    return json.dumps(built.to_json_data(), sort_keys=True, indent=2, cls=DashboardEncoder)


main(build)
