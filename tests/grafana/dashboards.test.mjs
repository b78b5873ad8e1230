import { test } from 'node:test';
import { rendered } from './grafana.mjs';
import { rules } from './rules.mjs';

for (const [name, rule] of Object.entries(rules)) test(name, () => rule(rendered()));
