// What must be true of the rendered files, each rule judged by Grafana's own code. A rule throws where it is broken.
import assert from 'node:assert/strict';
import { colour, endAt, nothing, open, runbooks } from './grafana.mjs';
import { commands, isLog, isMetric, linksOf, panelsOf, sent, targetsOf } from './cloudwatch.mjs';

const ENVIRONMENTS = ['dev', 'prod'];
const RUN = '0198c1f0-0000-7000-8000-000000000001';
const byUid = (dashboards, uid) => dashboards.find((one) => one.uid === uid);
const panel = (dashboards, uid, title) => panelsOf(byUid(dashboards, uid)).find((one) => one.title === title);
// As a word of its own: Sentori/dev, sentori-dev-runs.
const names = (text, environment) => new RegExp(`(^|[^a-z])${environment}([^a-z]|$)`).test(text);

/** An address of Explore: a query of one of our data sources. */
function explores(parameters, where) {
  const { datasource, queries, range } = JSON.parse(parameters.get('panes')).trace;
  assert.equal(datasource, 'grafana-x-ray-datasource', where);
  assert.ok(queries.length > 0 && range.from && range.to, where);
  for (const { queryType, query } of queries) assert.ok(queryType === 'getTrace' && query, where);
}

/** An address of a dashboard, its variables and its panel. */
function leads(folder, path, parameters, where) {
  const [, d, uid, slug] = path.split('/');
  const target = byUid(folder, uid);
  assert.ok(d === 'd' && target, where);
  assert.equal(slug, target.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'), where);
  const known = target.templating.list.map(({ name }) => `var-${name}`);
  for (const name of parameters.keys()) assert.ok(!name.startsWith('var-') || known.includes(name), `${name}: ${where}`);
  const id = parameters.get('viewPanel');
  assert.ok(id === null || panelsOf(target).some((one) => `panel-${one.id}` === id), where);
}

export const rules = {
  async 'every metric is asked for in the chosen environment and in no other'({ cloudwatch }) {
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
  },

  async 'log groups are those of the chosen environment'({ cloudwatch }) {
    for (const dashboard of cloudwatch) {
      const { text } = await open(dashboard, 'var-environment=prod');
      for (const { target } of targetsOf(dashboard).filter((one) => isLog(one.target))) {
        assert.ok(target.logGroups.length > 0);
        for (const { arn, name } of target.logGroups) for (const group of [text(arn), text(name)]) assert.match(group, /^\/aws\/(lambda|events)\/sentori-prod/);
      }
    }
  },

  async 'a variable that may be all begins as all, and filters nothing'({ cloudwatch }) {
    for (const dashboard of cloudwatch) {
      const { text } = await open(dashboard);
      for (const { name } of dashboard.templating.list.filter((one) => one.includeAll)) assert.equal(text(`\${${name}}`), '.*', `${dashboard.title}: ${name}`);
      for (const { target } of targetsOf(dashboard).filter((one) => isLog(one.target))) assert.ok(!text(target.expression).includes('/^$/'), target.expression);
    }
  },

  async 'the page of a run asks for that run, and stands still'({ cloudwatch }) {
    const page = byUid(cloudwatch, 'sentori-run');
    const { text, range } = await open(page, `var-RunId=${RUN}&var-environment=prod&from=1764000000000&to=1764000090000`);
    const queries = targetsOf(page).map(({ target }) => text(target.expression ?? target.query));
    for (const query of queries) assert.ok(query.includes(RUN), query);
    assert.deepEqual([range().from.valueOf(), range().to.valueOf()], [1764000000000, 1764000090000]);
    assert.equal(page.refresh, '');
  },

  async 'what a viewer or an address says never becomes a command'({ cloudwatch }) {
    for (const hostile of ['a/ | limit 1 | filter b like /c', 'a" | fields @message', '$/ or 1 = 1']) {
      for (const dashboard of cloudwatch) {
        const choices = dashboard.templating.list.map(({ name }) => `var-${name}=${encodeURIComponent(hostile)}`);
        const [plain, attacked] = [await open(dashboard), await open(dashboard, choices.join('&'))];
        for (const { target } of targetsOf(dashboard).filter((one) => isLog(one.target))) {
          assert.equal(commands(attacked.text(target.expression)).length, commands(plain.text(target.expression)).length, target.expression);
        }
      }
    }
    const traces = targetsOf(byUid(cloudwatch, 'sentori-run')).find(({ target }) => target.queryType === 'getTraceSummaries').target.query;
    const { text } = await open(byUid(cloudwatch, 'sentori-run'), `var-RunId=${encodeURIComponent('a" OR http.status = 200 OR b = "')}`);
    assert.match(text(traces), /annotation\.run_id = "a\\" OR http\.status = 200 OR b = \\""$/);
  },

  async 'log queries are bounded'({ cloudwatch }) {
    for (const dashboard of cloudwatch) {
      for (const { target } of targetsOf(dashboard).filter((one) => isLog(one.target))) {
        const rows = Number(/^limit (\d+)$/.exec(commands(target.expression).at(-1))?.[1]);
        assert.ok(rows >= 1 && rows <= 10_000, target.expression);
      }
    }
  },

  async 'a link keeps the environment, the region and the time'({ cloudwatch }) {
    for (const dashboard of cloudwatch) {
      assert.ok(dashboard.links.every(({ includeVars, keepTime }) => includeVars && keepTime), dashboard.title);
      const { text } = await open(dashboard, 'var-environment=prod&var-region=eu-west-3');
      for (const { url } of linksOf(dashboard).filter(({ url }) => url.startsWith('/d/'))) {
        const query = new URLSearchParams(text(url.split('?')[1].replace('${__url_time_range}', 'from=1&to=2')));
        assert.deepEqual([query.get('var-environment'), query.get('var-region'), query.get('from')], ['prod', 'eu-west-3', '1'], url);
      }
    }
  },

  async 'no link leads nowhere'(files) {
    for (const folder of [files.cloudwatch, files.prometheus]) {
      for (const dashboard of folder) {
        const { text } = await open(dashboard, 'var-environment=prod&var-region=eu-west-3');
        const names = dashboard.templating.list.map(({ name }) => name);
        for (const { title, url } of linksOf(dashboard)) {
          const where = `${dashboard.title} / ${title}: ${url}`;
          for (const [, name] of url.matchAll(/\$\{?(\w+)/g)) assert.ok(name.startsWith('__') || names.includes(name), `no variable ${name}: ${where}`);
          const { pathname, searchParams } = new URL(text(url.replaceAll(/\$\{__[^}]*\}/g, 'a')), 'https://grafana.example');
          if (pathname === '/explore') explores(searchParams, where);
          else leads(folder, pathname, searchParams, where);
        }
        for (const { tags, type } of dashboard.links) assert.ok(type === 'dashboards' && folder.some((one) => tags.every((tag) => one.tags.includes(tag))), `${dashboard.title}: ${tags}`);
      }
    }
    for (const { alarm_name: name, alarm_description: description } of files.alarms) {
      const [, runbook] = /\$\{var\.runbook_url\}\/(\S+)/.exec(description) ?? assert.fail(`${name}: ${description}`);
      assert.ok(runbooks.includes(runbook), `${name}: no runbook ${runbook}`);
      const { pathname, searchParams } = new URL(/\$\{var\.grafana_url\}(\S+)/.exec(description)[1], 'https://grafana.example');
      leads(files.cloudwatch, pathname, searchParams, name);
    }
  },

  'an alarm leads to its panel in its environment, with a range'({ alarms }) {
    for (const { alarm_name: name, alarm_description: description } of alarms) {
      const parameters = new URLSearchParams(description.split('?')[1]);
      assert.equal(parameters.get('var-environment'), '${var.environment}', name);
      for (const needed of ['from', 'to', 'viewPanel']) assert.ok(parameters.get(needed), `${name}: ${needed}`);
    }
  },

  'the newest minute is over and written when it is drawn'({ cloudwatch, prometheus }) {
    const minute = 60_000;
    for (const dashboard of [...cloudwatch, ...prometheus]) {
      for (const second of [0, 1, 30, 59]) {
        const now = 1764000000000 + second * 1000;
        assert.ok(Math.ceil(endAt(dashboard, now) / minute) * minute <= now - minute / 2, dashboard.title);
      }
    }
  },

  'colours agree with the alarms'({ cloudwatch }) {
    const expected = [
      ['sentori-runs', 'Free places', { 0: 'red', 1: 'green' }],
      ['sentori-runs', 'Failed runs', { 0: 'green', 1: 'red' }],
      ['sentori-api', 'Error share', { 0.05: 'green', 0.051: 'red' }],
      ['sentori-api', '99th percentile', { 300: 'green', 301: 'red' }],
      ['sentori-slo', 'Availability level', { 0.998: 'red', 0.999: 'green' }],
      ['sentori-slo', 'Availability budget left', { 0: 'red', 0.001: 'green', '-1': 'red' }],
    ];
    for (const [uid, title, colours] of expected) {
      for (const [value, name] of Object.entries(colours)) assert.equal(colour(panel(cloudwatch, uid, title), Number(value)), name, `${title} at ${value}`);
    }
  },

  'a failed run never looks as calm as a completed one'({ cloudwatch }) {
    const lines = panel(cloudwatch, 'sentori-runs', 'Runs by outcome').fieldConfig.overrides;
    const fixed = (name) => lines.find(({ matcher }) => matcher.options === name).properties[0].value.fixedColor;
    assert.deepEqual(['COMPLETED', 'INTERRUPTED', 'FAILED'].map(fixed), ['green', 'orange', 'red']);
    for (const [uid, title] of [['sentori-runs', 'Latest runs'], ['sentori-run', 'Run']]) {
      const mapped = panel(cloudwatch, uid, title).fieldConfig.overrides.flatMap(({ properties }) => properties).filter(({ id }) => id === 'mappings');
      const { options } = mapped.flatMap(({ value }) => value).find(({ type }) => type === 'value');
      assert.deepEqual([options.COMPLETED.color, options.FAILED.color], ['green', 'red']);
    }
  },

  'a level tells of the whole range, not of its newest hour'({ cloudwatch }) {
    for (const one of panelsOf(byUid(cloudwatch, 'sentori-slo')).filter(({ type }) => type === 'stat')) {
      const shown = one.targets.filter(({ hide }) => !hide);
      for (const { expression } of shown) assert.equal(expression.match(/RUNNING_SUM/g)?.length, 2, one.title);
    }
  },

  'what was never counted is none'({ cloudwatch, prometheus }) {
    const counts = [...cloudwatch, ...prometheus].flatMap(panelsOf).filter(({ type, options }) => type === 'stat' && options.reduceOptions.calcs.includes('sum'));
    assert.ok(counts.length > 0);
    for (const one of counts) assert.equal(nothing(one), '0', one.title);
  },

  'lines end where there is nothing, and keep their colour'({ cloudwatch }) {
    for (const one of cloudwatch.flatMap(panelsOf).filter(({ type }) => type === 'timeseries')) {
      const { custom, color } = one.fieldConfig.defaults;
      assert.ok(custom.spanNulls === false && custom.insertNulls > 0, one.title);
      assert.equal(color.mode, 'palette-classic-by-name', one.title);
    }
  },

  'the service map has a group, and traces are asked for on demand'({ cloudwatch }) {
    // x-ray-datasource, pkg/datasource/getServiceMap.go: it reads the group without looking whether there is one.
    for (const dashboard of cloudwatch) {
      for (const { target } of targetsOf(dashboard).filter((one) => one.target.queryType === 'getServiceMap')) assert.equal(target.group?.GroupName, 'Default');
      const open = dashboard.panels.flatMap((one) => one.targets ?? []);
      assert.ok(!open.some(({ queryType }) => queryType?.startsWith('get')), dashboard.title);
    }
  },

  'no annotation promises what the data source cannot answer'({ cloudwatch, prometheus }) {
    // annotationSupport.ts and pkg/cloudwatch/annotation_query.go: neither composites nor alarms on arithmetic.
    for (const dashboard of [...cloudwatch, ...prometheus]) assert.ok(dashboard.annotations.list.every(({ builtIn }) => builtIn === 1), dashboard.title);
  },
};
