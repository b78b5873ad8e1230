// Faults that the rendered files once had, put back one at a time: the rule that is named must find each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLog, isMetric, linksOf, panelsOf, targetsOf } from './cloudwatch.mjs';
import { rendered } from './grafana.mjs';
import { rules } from './rules.mjs';

const dashboard = ({ cloudwatch }, uid) => cloudwatch.find((one) => one.uid === uid);
const panel = (files, uid, title) => panelsOf(dashboard(files, uid)).find((one) => one.title === title);
const targets = ({ cloudwatch }, wanted) => cloudwatch.flatMap(targetsOf).map(({ target }) => target).filter(wanted);
const variable = (files, uid, wanted) => dashboard(files, uid).templating.list.find(({ name }) => name === wanted);

const faults = {
  'every metric is asked for in the chosen environment and in no other': {
    'dimension values in a list, which the plugin sends as they are'(files) {
      const [target] = targets(files, (one) => isMetric(one) && Object.keys(one.dimensions).length > 0);
      for (const [name, value] of Object.entries(target.dimensions)) target.dimensions[name] = [value].flat();
    },
    'every API of the account among the choices'(files) {
      variable(files, 'sentori-api', 'api').query.tags = {};
    },
    'a namespace of one environment'(files) {
      targets(files, isMetric)[0].namespace = 'Sentori/dev';
    },
  },
  'log groups are those of the chosen environment': {
    'log groups of one environment'(files) {
      targets(files, isLog)[0].logGroups[0].name = '/aws/lambda/sentori-dev-run-api';
    },
  },
  'a variable that may be all begins as all, and filters nothing': {
    'all that begins as the empty text'(files) {
      delete variable(files, 'sentori-run', 'RunId').current;
    },
  },
  'the page of a run asks for that run, and stands still': {
    'a panel of all runs on the page of one'(files) {
      const { targets: [target] } = panel(files, 'sentori-run', 'Temperature by sensor');
      target.expression = target.expression.replace(/filter run_id[^|]*\| /, '');
    },
    'a page of a finished run that is asked for again and again'(files) {
      dashboard(files, 'sentori-run').refresh = '10s';
    },
  },
  'what a viewer or an address says never becomes a command': {
    'a choice as it was typed within a pattern'(files) {
      for (const target of targets(files, isLog)) target.expression = target.expression.replace('${RunId:regex}', '${RunId}');
    },
  },
  'log queries are bounded': {
    'a series of every ten seconds without a limit'(files) {
      const { targets: [target] } = panel(files, 'sentori-run', 'Temperature by sensor');
      target.expression = target.expression.replace(/ \| limit \d+$/, '');
    },
  },
  'a link keeps the environment, the region and the time': {
    'a menu of dashboards that forgets the environment'(files) {
      dashboard(files, 'sentori-slo').links[0].includeVars = false;
    },
    'a link from a table that forgets the environment'(files) {
      const link = linksOf(dashboard(files, 'sentori-runs')).find(({ url }) => url.startsWith('/d/'));
      link.url = link.url.replace('${environment:queryparam}', '');
    },
  },
  'no link leads nowhere': {
    'a dashboard that there is not'(files) {
      const link = linksOf(dashboard(files, 'sentori-runs')).find(({ url }) => url.startsWith('/d/'));
      link.url = link.url.replace('/d/sentori-run/', '/d/sentori-gone/');
    },
    'a variable that the page does not have'(files) {
      const link = linksOf(dashboard(files, 'sentori-runs')).find(({ url }) => url.startsWith('/d/'));
      link.url = link.url.replace('var-RunId', 'var-Run');
    },
    'a trace in a data source that is not named'(files) {
      const link = linksOf(dashboard(files, 'sentori-run')).find(({ url }) => url.startsWith('/explore'));
      link.url = link.url.replace('${xray}', '');
    },
    'an alarm that leads to a panel which was renamed'({ alarms }) {
      alarms[0].alarm_description = alarms[0].alarm_description.replace(/panel-\d+/, 'panel-1');
    },
    'an alarm without a runbook'({ alarms }) {
      alarms[0].alarm_description = alarms[0].alarm_description.replace(/[\w-]+\.md/, 'gone.md');
    },
  },
  'an alarm leads to its panel in its environment, with a range': {
    "an alarm of prod that opens dev's dashboard"({ alarms }) {
      alarms[0].alarm_description = alarms[0].alarm_description.replace('var-environment=${var.environment}&', '');
    },
  },
  'the newest minute is over and written when it is drawn': {
    'the minute that is not over'(files) {
      delete dashboard(files, 'sentori-api').timepicker.nowDelay;
    },
  },
  'colours agree with the alarms': {
    'a full system painted green'(files) {
      panel(files, 'sentori-runs', 'Free places').fieldConfig.defaults.thresholds.steps = [{ value: null, color: 'red' }, { value: 0, color: 'green' }];
    },
    'the last value that is fine painted red'(files) {
      panel(files, 'sentori-api', 'Error share').fieldConfig.defaults.thresholds.steps[1].value = 0.05;
    },
  },
  'a failed run never looks as calm as a completed one': {
    'failed runs in green'(files) {
      const { overrides } = panel(files, 'sentori-runs', 'Runs by outcome').fieldConfig;
      overrides.find(({ matcher }) => matcher.options === 'FAILED').properties[0].value.fixedColor = 'green';
    },
  },
  'a level tells of the whole range, not of its newest hour': {
    'the level of the newest hour'(files) {
      panel(files, 'sentori-slo', 'Availability level').targets.at(-1).expression = '1 - FILL(m1, 0) / m2';
    },
  },
  'what was never counted is none': {
    'No data in the place of 0'(files) {
      delete panel(files, 'sentori-runs', 'Failed runs').fieldConfig.defaults.noValue;
    },
  },
  'lines end where there is nothing, and keep their colour': {
    'a line across a gap'(files) {
      panel(files, 'sentori-api', 'Duration').fieldConfig.defaults.custom.spanNulls = true;
    },
    'colours by place among the series'(files) {
      panel(files, 'sentori-api', 'Duration').fieldConfig.defaults.color.mode = 'palette-classic';
    },
  },
  'the service map has a group, and traces are asked for on demand': {
    'a service map without a group, which ends the plugin'(files) {
      delete panel(files, 'sentori-api', 'Service map').targets[0].group;
    },
    'traces with every load'(files) {
      const page = dashboard(files, 'sentori-api');
      page.panels.push(panel(files, 'sentori-api', 'Slow traces'));
    },
  },
  'no annotation promises what the data source cannot answer': {
    'state changes that are never asked for'(files) {
      dashboard(files, 'sentori-slo').annotations.list.push({
        name: 'SLO alarms', enable: true, iconColor: 'red', datasource: { type: 'cloudwatch', uid: '${datasource}' },
        target: { queryMode: 'Annotations', prefixMatching: true, alarmNamePrefix: 'sentori-${environment}-slo', actionPrefix: '' },
      });
    },
  },
};

test('every rule has a fault that it finds', () => assert.deepEqual(Object.keys(faults).sort(), Object.keys(rules).sort()));
for (const [rule, put] of Object.entries(faults)) {
  for (const [name, fault] of Object.entries(put)) {
    test(name, async () => {
      const files = rendered();
      const before = JSON.stringify(files);
      fault(files);
      assert.notEqual(JSON.stringify(files), before, 'the fault changes nothing: mend it');
      // Not any error: the rule's own finding.
      await assert.rejects(async () => rules[rule](files), { name: 'AssertionError' });
    });
  }
}
