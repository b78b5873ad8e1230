import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarms, colour, dashboards, endAt, nothing, open } from './grafana.mjs';
import { commands, isLog, isMetric, panelsOf, sent, targetsOf } from './cloudwatch.mjs';

const ENVIRONMENTS = ['dev', 'prod'];
const RUN = '0198c1f0-0000-7000-8000-000000000001';
const cloudwatch = dashboards('cloudwatch');
const all = [...cloudwatch, ...dashboards('prometheus')];
const byUid = (uid) => cloudwatch.find((one) => one.uid === uid);
const panel = (uid, title) => panelsOf(byUid(uid)).find((one) => one.title === title);
// As a word of its own: Sentori/dev, sentori-dev-runs.
const names = (text, environment) => new RegExp(`(^|[^a-z])${environment}([^a-z]|$)`).test(text);

test('every metric is asked for in the chosen environment and in no other', async () => {
  for (const dashboard of cloudwatch) {
    for (const environment of ENVIRONMENTS) {
      const { text } = await open(dashboard, `var-environment=${environment}`);
      for (const { panel: { title }, target } of targetsOf(dashboard).filter((one) => isMetric(one.target))) {
        const values = Object.values(target.dimensions).flatMap((value) => sent(value, text));
        const asked = [text(target.namespace), ...values].join(' ');
        const where = `${dashboard.title} / ${title}: ${asked}`;
        assert.ok(!asked.includes('$') && values.every(Boolean), `not interpolated: ${where}`);
        for (const other of ENVIRONMENTS) {
          const whole = target.namespace.startsWith('AWS/') && values.length === 0;
          assert.equal(names(asked, other), other === environment && !whole, where);
        }
      }
    }
  }
});

test('log groups are those of the chosen environment', async () => {
  for (const dashboard of cloudwatch) {
    const { text } = await open(dashboard, 'var-environment=prod');
    for (const { target } of targetsOf(dashboard).filter((one) => isLog(one.target))) {
      assert.ok(target.logGroups.length > 0);
      for (const { arn, name } of target.logGroups) for (const group of [text(arn), text(name)]) assert.match(group, /^\/aws\/(lambda|events)\/sentori-prod/);
    }
  }
});

test('a variable that may be all begins as all, and filters nothing', async () => {
  for (const dashboard of cloudwatch) {
    const { text } = await open(dashboard);
    for (const { name } of dashboard.templating.list.filter((one) => one.includeAll)) assert.equal(text(`\${${name}}`), '.*', `${dashboard.title}: ${name}`);
    for (const { target } of targetsOf(dashboard).filter((one) => isLog(one.target))) assert.ok(!text(target.expression).includes('/^$/'), target.expression);
  }
});

test('the page of a run asks for that run, and stands still', async () => {
  const page = byUid('sentori-run');
  const { text, range } = await open(page, `var-RunId=${RUN}&var-environment=prod&from=1764000000000&to=1764000090000`);
  const queries = targetsOf(page).map(({ target }) => text(target.expression ?? target.query));
  for (const query of queries) assert.ok(query.includes(RUN), query);
  assert.deepEqual([range().from.valueOf(), range().to.valueOf()], [1764000000000, 1764000090000]);
  assert.equal(page.refresh, '');
});

test('what a viewer or an address says never becomes a command', async () => {
  for (const hostile of ['a/ | limit 1 | filter b like /c', 'a" | fields @message', '$/ or 1 = 1']) {
    for (const dashboard of cloudwatch) {
      const choices = dashboard.templating.list.map(({ name }) => `var-${name}=${encodeURIComponent(hostile)}`);
      const [plain, attacked] = [await open(dashboard), await open(dashboard, choices.join('&'))];
      for (const { target } of targetsOf(dashboard).filter((one) => isLog(one.target))) {
        assert.equal(commands(attacked.text(target.expression)).length, commands(plain.text(target.expression)).length, target.expression);
      }
    }
  }
  const traces = targetsOf(byUid('sentori-run')).find(({ target }) => target.queryType === 'getTraceSummaries').target.query;
  const { text } = await open(byUid('sentori-run'), `var-RunId=${encodeURIComponent('a" OR http.status = 200 OR b = "')}`);
  assert.match(text(traces), /annotation\.run_id = "a\\" OR http\.status = 200 OR b = \\""$/);
});

test('log queries are bounded', async () => {
  for (const dashboard of cloudwatch) {
    for (const { target } of targetsOf(dashboard).filter((one) => isLog(one.target))) {
      const rows = Number(/^limit (\d+)$/.exec(commands(target.expression).at(-1))?.[1]);
      assert.ok(rows >= 1 && rows <= 10_000, target.expression);
    }
  }
});

test('a link keeps the environment, the region and the time', async () => {
  for (const dashboard of cloudwatch) {
    assert.ok(dashboard.links.every(({ includeVars, keepTime }) => includeVars && keepTime));
    const links = panelsOf(dashboard).flatMap((one) => one.fieldConfig?.overrides ?? []).flatMap((one) => one.properties).filter(({ id }) => id === 'links');
    for (const { url } of links.flatMap(({ value }) => value).filter(({ url }) => url.startsWith('/d/'))) {
      const { text } = await open(dashboard, 'var-environment=prod&var-region=eu-west-3');
      const query = new URLSearchParams(text(url.split('?')[1].replace('${__url_time_range}', 'from=1&to=2')));
      assert.deepEqual([query.get('var-environment'), query.get('var-region'), query.get('from')], ['prod', 'eu-west-3', '1']);
      assert.ok(byUid(url.split('/')[2]), url);
    }
  }
});

test('an alarm leads to its dashboard, in its environment, at a panel', () => {
  for (const { alarm_name: name, alarm_description: description } of alarms) {
    const [, uid, query] = /\/d\/([\w-]+)\/[\w-]+\?(\S+)$/.exec(description) ?? assert.fail(`${name}: ${description}`);
    const parameters = new URLSearchParams(query);
    assert.equal(parameters.get('var-environment'), '${var.environment}', name);
    assert.ok(parameters.get('from') && parameters.get('to'), name);
    assert.ok(panelsOf(byUid(uid)).some(({ id }) => `panel-${id}` === parameters.get('viewPanel')), name);
  }
});

test('the newest minute is over and written when it is drawn', () => {
  const minute = 60_000;
  for (const dashboard of all) {
    for (const second of [0, 1, 30, 59]) {
      const now = 1764000000000 + second * 1000;
      assert.ok(Math.ceil(endAt(dashboard, now) / minute) * minute <= now - minute / 2, dashboard.title);
    }
  }
});

test('colours agree with the alarms', () => {
  const expected = [
    ['sentori-runs', 'Free places', { 0: 'red', 1: 'green' }],
    ['sentori-runs', 'Failed runs', { 0: 'green', 1: 'red' }],
    ['sentori-api', 'Error share', { 0.05: 'green', 0.051: 'red' }],
    ['sentori-api', '99th percentile', { 300: 'green', 301: 'red' }],
    ['sentori-slo', 'Availability level', { 0.998: 'red', 0.999: 'green' }],
    ['sentori-slo', 'Availability budget left', { 0: 'red', 0.001: 'green', '-1': 'red' }],
  ];
  for (const [uid, title, colours] of expected) {
    for (const [value, name] of Object.entries(colours)) assert.equal(colour(panel(uid, title), Number(value)), name, `${title} at ${value}`);
  }
});

test('a failed run never looks as calm as a completed one', () => {
  const lines = panel('sentori-runs', 'Runs by outcome').fieldConfig.overrides;
  const fixed = (name) => lines.find(({ matcher }) => matcher.options === name).properties[0].value.fixedColor;
  assert.deepEqual(['COMPLETED', 'INTERRUPTED', 'FAILED'].map(fixed), ['green', 'orange', 'red']);
  for (const [uid, title] of [['sentori-runs', 'Latest runs'], ['sentori-run', 'Run']]) {
    const mapped = panel(uid, title).fieldConfig.overrides.flatMap(({ properties }) => properties).filter(({ id }) => id === 'mappings');
    const { options } = mapped.flatMap(({ value }) => value).find(({ type }) => type === 'value');
    assert.deepEqual([options.COMPLETED.color, options.FAILED.color], ['green', 'red']);
  }
});

test('what was never counted is none', () => {
  const counts = all.flatMap(panelsOf).filter(({ type, options }) => type === 'stat' && options.reduceOptions.calcs.includes('sum'));
  assert.ok(counts.length > 0);
  for (const one of counts) assert.equal(nothing(one), '0', one.title);
});

test('lines end where there is nothing, and keep their colour', () => {
  for (const one of cloudwatch.flatMap(panelsOf).filter(({ type }) => type === 'timeseries')) {
    const { custom, color } = one.fieldConfig.defaults;
    assert.ok(custom.spanNulls === false && custom.insertNulls > 0, one.title);
    assert.equal(color.mode, 'palette-classic-by-name', one.title);
  }
});

test('the service map has a group, and traces are asked for on demand', () => {
  // x-ray-datasource, pkg/datasource/getServiceMap.go: it reads the group without looking whether there is one.
  for (const dashboard of cloudwatch) {
    for (const { target } of targetsOf(dashboard).filter((one) => one.target.queryType === 'getServiceMap')) assert.equal(target.group.GroupName, 'Default');
    const open = dashboard.panels.flatMap((one) => one.targets ?? []);
    assert.ok(!open.some(({ queryType }) => queryType?.startsWith('get')), dashboard.title);
  }
});

test('no annotation promises what the data source cannot answer', () => {
  // annotationSupport.ts and pkg/cloudwatch/annotation_query.go: neither composites nor alarms on arithmetic.
  for (const dashboard of all) assert.ok(dashboard.annotations.list.every(({ builtIn }) => builtIn === 1), dashboard.title);
});
