// Grafana's code in Node: the published packages, a DOM, and stand-ins for what only draws or fetches.
import { readFileSync, readdirSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { JSDOM } from 'jsdom';

const RENDERED = new URL('../../infra/rendered/', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, RENDERED), 'utf8'));

/** The rendered files, read anew: whoever takes them may change them. */
export function rendered() {
  const dashboards = (source) => readdirSync(new URL(`grafana/${source}`, RENDERED)).map((file) => read(`grafana/${source}/${file}`));
  const alarms = (module) => Object.values(read(`${module}/main.tf.json`).resource).flatMap((kind) => Object.values(kind));
  return { cloudwatch: dashboards('cloudwatch'), prometheus: dashboards('prometheus'), alarms: ['alarms', 'grafana-alarms'].flatMap(alarms) };
}
export const runbooks = readdirSync(new URL('../../docs/runbooks/', import.meta.url));

// Stands for a package that is loaded and never used: whatever is asked of it is itself.
const unused = new Proxy(class {}, {
  get: (_, key) => (key === 'prototype' ? {} : key === '__esModule' ? false : key === Symbol.toPrimitive ? () => '' : unused),
  apply: () => unused,
  construct: () => ({}),
});
// A Grafana with one data source of each type.
const runtime = {
  config: { featureToggles: {}, bootData: { user: {} } },
  getDataSourceSrv: () => ({ getList: ({ pluginId: type }) => [{ uid: type, name: type, type, meta: { id: type } }] }),
};
const replaced = {
  '@grafana/ui': unused,
  '@grafana/e2e-selectors': unused,
  'react-router-dom': unused,
  '@grafana/runtime': new Proxy(runtime, { get: (known, key) => known[key] ?? unused }),
};

function load() {
  const { window } = new JSDOM('', { url: 'http://localhost/' });
  const globals = { window, document: window.document, navigator: window.navigator, localStorage: window.localStorage };
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  globalThis.IntersectionObserver = class { observe() {} };
  const require = createRequire(import.meta.url);
  require.extensions['.css'] = () => {};
  const original = Module._load;
  Module._load = (name, ...rest) => Object.entries(replaced).find(([other]) => name === other || name.startsWith(`${other}/`))?.[1] ?? original(name, ...rest);
  try {
    return { data: require('@grafana/data'), scenes: require('@grafana/scenes') };
  } finally {
    Module._load = original;
  }
}
export const { data, scenes } = load();
const theme = data.createTheme();

// What AWS would answer is not known here: a name for each variable that the question names.
const answerOf = ({ name, query }) => [name, ...JSON.stringify(query).matchAll(/\$(\w+)/g)].map((part) => (Array.isArray(part) ? `$${part[1]}` : part)).join('-');

function variable(v) {
  const common = {
    name: v.name, value: v.current?.value ?? '', text: v.current?.text ?? '', isMulti: v.multi, includeAll: v.includeAll,
    defaultToAll: v.includeAll, allValue: v.allValue,
  };
  if (v.type === 'datasource') return new scenes.DataSourceVariable({ ...common, pluginId: v.query });
  return new scenes.CustomVariable({ ...common, query: v.type === 'query' ? answerOf(v) : v.query });
}

/** Opens a dashboard by an address's query; gives a function that interpolates a text, and the time range. */
export async function open(dashboard, search = '') {
  const variables = dashboard.templating.list.map(variable);
  const set = new scenes.SceneVariableSet({ variables });
  const $timeRange = new scenes.SceneTimeRange({ ...dashboard.time, UNSAFE_nowDelay: dashboard.timepicker.nowDelay });
  const scene = new scenes.EmbeddedScene({ $timeRange, $variables: set, body: new scenes.SceneFlexLayout({ children: [] }) });
  scenes.sceneUtils.syncStateFromSearchParams(scene, new URLSearchParams(search));
  scene.activate();
  while (variables.some((one) => set.isVariableLoadingOrWaitingToUpdate(one))) await pause(1);
  const scoped = { __interval: { text: '10s', value: '10s' } };
  return { text: (text, format) => scenes.sceneGraph.interpolate(scene, text, scoped, format), range: () => $timeRange.state.value };
}

/** The end of a range that ends now, at a moment. */
export function endAt(dashboard, now) {
  const clock = Date.now;
  Date.now = () => now;
  try {
    return new scenes.SceneTimeRange({ ...dashboard.time, UNSAFE_nowDelay: dashboard.timepicker.nowDelay }).state.value.to.valueOf();
  } finally {
    Date.now = clock;
  }
}

/** The name of the colour in which a panel draws a value. */
export function colour(panel, value) {
  const steps = panel.fieldConfig.defaults.thresholds.steps.map((step) => ({ ...step, value: step.value ?? -Infinity }));
  const config = { ...panel.fieldConfig.defaults, color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } };
  const display = data.getDisplayProcessor({ field: { name: 'value', type: data.FieldType.number, config, values: [value] }, theme });
  const { color } = display(value);
  const named = ['green', 'yellow', 'orange', 'red', 'dark-red', 'text'].find((name) => theme.visualization.getColorByName(name) === color);
  return named ?? color;
}

/** What a stat says of no series at all. */
export function nothing(panel) {
  const [{ display }] = data.getFieldDisplayValues({ fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: String, theme, data: [] });
  return display.text;
}
