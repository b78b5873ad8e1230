// What the CloudWatch data source does with a target, restated from its source (grafana/grafana-cloudwatch-datasource).

export const panelsOf = (dashboard) => dashboard.panels.flatMap((one) => [one, ...(one.panels ?? [])]).filter(({ type }) => type !== 'row');
export const targetsOf = (dashboard) => panelsOf(dashboard).flatMap((panel) => panel.targets.map((target) => ({ panel, target })));
/** What a person can click in a dashboard's panels: links of the panel, of its fields and of some of them. */
export const linksOf = (dashboard) => panelsOf(dashboard).flatMap(({ links = [], fieldConfig }) => {
  const of = fieldConfig?.overrides.flatMap(({ properties }) => properties).filter(({ id }) => id === 'links') ?? [];
  return [links, fieldConfig?.defaults.links ?? [], ...of.map(({ value }) => value)].flat();
});
export const isMetric = ({ queryMode, metricEditorMode }) => queryMode === 'Metrics' && metricEditorMode === 0;
export const isLog = ({ queryMode }) => queryMode === 'Logs';

/** The values of a dimension as they are sent: only a string is interpolated (CloudWatchRequest.ts, convertDimensionFormat). */
export const sent = (value, text) => (typeof value === 'string' ? [text(value)] : [value].flat());

/** The commands of a Logs Insights query: what is between `|` outside quotes and regular expressions. */
export const commands = (query) => query.replace(/like\s*\/(\\.|[^/\\])*\/|"(\\.|[^"\\])*"/g, '_').split('|').map((one) => one.trim());
