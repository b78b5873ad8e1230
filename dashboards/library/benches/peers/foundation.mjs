// The dashboard by grafana-foundation-sdk for TypeScript, from the values on standard input.

import { readFileSync } from "node:fs";
import {
  MetricEditorMode,
  MetricQueryType,
  MetricsQueryBuilder,
  QueryMode,
} from "@grafana/grafana-foundation-sdk/cloudwatch";
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  CustomVariableBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

// V8 compiles what is used often: its first rounds are slower than the rest.
const ROUNDS = 3000;
const CLOUDWATCH = { type: "cloudwatch", uid: "${datasource}" };

function panel(values) {
  const query = new MetricsQueryBuilder()
    .refId("A")
    .id("m1")
    .queryMode(QueryMode.Metrics)
    .metricQueryType(MetricQueryType.Search)
    .metricEditorMode(MetricEditorMode.Builder)
    .period("")
    .expression("")
    .hide(false)
    .datasource(CLOUDWATCH)
    .region("$region")
    .namespace(values.namespace)
    .metricName(values.metricName)
    .dimensions(values.dimensions)
    .matchExact(true)
    .statistic(values.statistic)
    .label(values.label);
  const thresholds = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: "green" },
    { value: values.threshold, color: "red" },
  ]);
  const style = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
  const legend = new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);
  const tooltip = new VizTooltipOptionsBuilder()
    .mode(TooltipDisplayMode.Multi)
    .sort(SortOrder.Descending);
  let built = new PanelBuilder()
    .id(values.id)
    .title(values.title)
    .description(values.description)
    .datasource(CLOUDWATCH)
    .gridPos(values.gridPos)
    .unit(values.unit)
    .thresholds(thresholds)
    .thresholdsStyle(style)
    .axisSoftMax(values.softMax)
    .lineWidth(1)
    .fillOpacity(values.fillOpacity)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .legend(legend)
    .tooltip(tooltip)
    .withTarget(query);
  if (values.insertNulls !== null) {
    built = built.insertNulls(values.insertNulls);
  }
  return values.stacked
    ? built.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"))
    : built;
}

function build(values) {
  const built = new DashboardBuilder(values.title)
    .uid(values.uid)
    .description(values.description)
    .tags(["sentori"])
    .refresh("1m")
    .timezone("browser")
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder("Dashboards")
        .type(DashboardLinkType.Dashboards)
        .tags(["sentori"])
        .asDropdown(true)
        .keepTime(true),
    )
    .time({ from: "now-3h", to: "now" })
    .withVariable(new DatasourceVariableBuilder("datasource").type("cloudwatch"))
    .withVariable(new QueryVariableBuilder("region").query({ queryType: "regions" }))
    .withVariable(new CustomVariableBuilder("environment").values("dev,prod"));
  values.panels.forEach((one) => built.withPanel(panel(one)));
  return JSON.stringify(built.build(), null, 2);
}

const values = JSON.parse(readFileSync(0, "utf8"));
const text = build(values);
const nanoseconds = Array.from({ length: ROUNDS }, () => {
  const start = process.hrtime.bigint();
  build(values);
  return Number(process.hrtime.bigint() - start);
});
console.log(JSON.stringify({ nanoseconds, dashboard: JSON.parse(text) }));
