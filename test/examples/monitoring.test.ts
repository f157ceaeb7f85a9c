import { readFileSync } from 'node:fs';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/live/metrics.js';
import { packageRoot } from '../../src/paths.js';
import { useTempFolder } from '../support/temp.js';
import type { DashboardJson } from './dashboard-json.js';

const temp = useTempFolder();

const folder = `${packageRoot}/examples/monitoring`;
const read = (name: string) => readFileSync(`${folder}/${name}`, 'utf8');
const promtool = (...args: string[]) =>
  execaSync('promtool', args, { cwd: folder, reject: false, all: true });

const served = new Set(
  createMetrics([])
    .registry.getMetricsAsArray()
    .map(({ name }) => name),
);

it.each(['alerts.yaml', 'alerts.test.yaml', 'dashboard.json'])('%s names metrics that are served', (name) => {
  const named = read(name).match(/\bassay_[a-z0-9_]+/g) ?? [];
  expect(named.length).toBeGreaterThan(0);
  expect([...new Set(named)].filter((metric) => !served.has(metric))).toEqual([]);
});

it('shows every figure of a node in the dashboard', () => {
  const dashboard = read('dashboard.json');
  const { panels }: DashboardJson = JSON.parse(dashboard);
  expect(panels?.length).toBeGreaterThan(0);
  const figures = [...served].filter((name) => /^assay_(node|replica)_/.test(name));
  expect(figures.filter((name) => !dashboard.includes(name))).toEqual([
    'assay_node_last_run_timestamp_seconds',
  ]);
});

it('has a dashboard of the form that Grafana publishes, and would see one of another form', async () => {
  const dashboard = read('dashboard.json');
  const check = async (name: string, text: string) => {
    const file = await temp.write(
      `${name}.ts`,
      `import type { DashboardJson } from '${packageRoot}/test/examples/dashboard-json.js';\nexport const dashboard: DashboardJson = ${text};\n`,
    );
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig', '--module', 'nodenext'];
    return execaSync(`${packageRoot}/node_modules/.bin/tsc`, [...flags, '--target', 'es2022', file], {
      ...{ cwd: packageRoot, reject: false, all: true },
    });
  };
  const { exitCode, all } = await check('good', dashboard);
  expect(exitCode, all).toBe(0);
  const bad = await check('bad', dashboard.replace('"refresh": 2', '"refresh": "two"'));
  expect(bad.all).toContain('VariableRefresh');
});

describe.skipIf(promtool('--version').exitCode !== 0)('promtool', () => {
  it.each([
    ['check', 'config', 'prometheus.yaml'],
    ['test', 'rules', 'alerts.test.yaml'],
  ])('%s %s %s', (...args) => {
    const { exitCode, all } = promtool(...args);
    expect(exitCode, all).toBe(0);
  });
});
