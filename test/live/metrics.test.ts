import { expect, it } from 'vitest';
import type { NodeResult } from '../../src/fleet/model.js';
import { createMetrics } from '../../src/live/metrics.js';
import type { ValidateReport } from '../../src/run/report.js';

const node = { id: 'a', site: 'west', model: 'm', url: 'http://a' };
const labels = 'node="a",site="west",model="m"';

const result = (changes: Partial<NodeResult>): NodeResult => ({
  ...node,
  folder: 'a/1',
  verdict: 'PASS',
  verdict_reason: '',
  exit_code: 0,
  gpus: null,
  build: null,
  n_total: 200,
  n_mismatch: 5,
  p_value: 0.25,
  l2_mean: 0.07,
  l2_p98: 0.2,
  replica_throughput: null,
  duration_s: 1,
  ...changes,
});

/** Only the part that metrics are made of. */
const report = (ports: number[]) =>
  ({
    throughput: { summary: { replicas: ports.map((port) => ({ port, mean: port / 10 })) } },
  }) as ValidateReport;

it('tells the last result of a node', async () => {
  const metrics = createMetrics([node], () => 1_700_000_000_000);
  metrics.observe(result({}), report([5001, 5002]));
  const text = await metrics.registry.metrics();
  for (const line of [
    `assay_node_verdict{${labels},verdict="PASS"} 1`,
    `assay_node_verdict{${labels},verdict="FAIL"} 0`,
    `assay_node_mismatch_ratio{${labels}} 0.025`,
    `assay_node_p_value{${labels}} 0.25`,
    `assay_node_l2_distance_p98{${labels}} 0.2`,
    `assay_replica_throughput_nonces_per_second{${labels},replica="5002"} 500.2`,
    `assay_node_last_good_run_timestamp_seconds{${labels}} 1700000000`,
    `assay_node_runs_total{${labels},verdict="PASS"} 1`,
  ]) {
    expect(text).toContain(line);
  }
});

it('leaves no figure of an earlier run standing, and remembers the last good one', async () => {
  let now = 1_000_000;
  const metrics = createMetrics([node], () => now);
  metrics.observe(result({}), report([5001, 5002]));
  now = 2_000_000;
  const nothing = { n_total: null, n_mismatch: null, p_value: null, l2_mean: null, l2_p98: null };
  metrics.observe(result({ verdict: 'INCOMPLETE', ...nothing }), undefined);
  const text = await metrics.registry.metrics();
  expect(text).not.toMatch(/^assay_(node_(mismatch|p_value|l2)|replica)\S*\{/m);
  expect(text).toContain(`assay_node_last_good_run_timestamp_seconds{${labels}} 1000\n`);
  expect(text).toContain(`assay_node_last_run_timestamp_seconds{${labels}} 2000\n`);
});

it('has a series for a node before its first run, so that an alert sees it, and no time of a PASS', async () => {
  const metrics = createMetrics([node]);
  const text = await metrics.registry.metrics();
  expect(text).not.toContain('assay_node_last_good_run_timestamp_seconds{');
  expect(text).toContain(`assay_node_runs_total{${labels},verdict="PASS"} 0`);
  metrics.passedBefore(node, 3_000_000);
  expect(await metrics.registry.metrics()).toContain(
    `assay_node_last_good_run_timestamp_seconds{${labels}} 3000\n`,
  );
  expect(text).toContain(`assay_node_runs_total{${labels},verdict="FAIL"} 0`);
});

it('does not grow over many rounds', async () => {
  const metrics = createMetrics([node]);
  for (let round = 0; round < 200; round++) metrics.observe(result({}), report([5001 + (round % 7)]));
  metrics.roundSkipped('phase');
  const text = await metrics.registry.metrics();
  expect(text.match(/^assay_replica_throughput\S*\{/gm)).toHaveLength(1);
});

it('tells replicas tested and promised, the honest band and drift, of the last run alone', async () => {
  const metrics = createMetrics([node]);
  const measured = (changes: object) =>
    ({
      throughput: null,
      validation: {
        replicas_tested: { tested: 3, expected: 8 },
        distribution: { band: null, far_outside: false },
        ...changes,
      },
    }) as unknown as ValidateReport;
  metrics.observe(result({}), report([5001]));
  metrics.observe(result({ regressions: ['slow'] }), measured({ drift: { outcome: 'drift' } }));
  const text = await metrics.registry.metrics();
  for (const line of [
    `assay_node_replicas_tested{${labels}} 3`,
    `assay_node_replicas_promised{${labels}} 8`,
    `assay_node_honest_band{${labels},state="unknown"} 1`,
    `assay_node_honest_band{${labels},state="inside"} 0`,
    `assay_node_drift{${labels},outcome="drift"} 1`,
    `assay_node_regressions{${labels}} 1`,
    // Measured by an earlier run, and not asked for in this one.
    `assay_replica_throughput_nonces_per_second{${labels},replica="5001"} 500.1`,
  ]) {
    expect(text).toContain(line);
  }
  metrics.observe(result({ verdict: 'INCOMPLETE' }), undefined);
  expect(await metrics.registry.metrics()).not.toMatch(/^assay_node_(replicas|honest_band|drift)\S*\{/m);
});
