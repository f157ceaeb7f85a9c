import { expect, it } from 'vitest';
import { fleetReportOf } from '../../src/fleet/fleet-report.js';
import { mergeReports } from '../../src/fleet/merge.js';
import type { NodeResult, Shard } from '../../src/fleet/model.js';
import { nodeResult } from './support.js';

function part(folder: string, shard: Shard | null, nodes: NodeResult[]) {
  const run = {
    harness_version: '0.1.0',
    name: 'pool',
    shard,
    timestamp: '2026-01-01T00:00:00Z',
    warnings: [],
  };
  return { folder, report: fleetReportOf({ ...run, duration_s: 1 }, nodes) };
}

const similar = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => nodeResult({ id: `n${from + at}` }));

it('makes one report of shards, with outliers that no shard could see', () => {
  const odd = nodeResult({ id: 'odd', l2_mean: 0.3, verdict: 'FAIL', exit_code: 2 });
  const parts = [
    part('ci/a', { index: 1, of: 2 }, similar(0, 3)),
    part('ci/b', { index: 2, of: 2 }, [...similar(3, 2), odd]),
  ];
  expect(parts.flatMap(({ report }) => report.outliers)).toEqual([]);
  const merged = mergeReports(parts, 'ci/all');
  expect(merged).toMatchObject({ verdict: 'FAIL', exit_code: 2, shard: null, warnings: [] });
  expect(merged.nodes.map(({ folder }) => folder)).toContain('../b/nodes/odd');
  expect(merged.outliers.map(({ node }) => node)).toEqual(['odd']);
});

it('is no pass while a shard is missing', () => {
  const merged = mergeReports([part('a', { index: 1, of: 3 }, similar(0, 1))], '.');
  expect(merged).toMatchObject({ verdict: 'INCOMPLETE', exit_code: 1 });
  expect(merged.warnings).toEqual(['shard 2 of 3 of pool is missing', 'shard 3 of 3 of pool is missing']);
});

it('refuses a node that is in two parts, and shards of two splits', () => {
  expect(() => mergeReports([part('a', null, similar(0, 1)), part('b', null, similar(0, 1))], '.')).toThrow(
    'node "n0" is in a and in b',
  );
  expect(() =>
    mergeReports(
      [part('a', { index: 1, of: 2 }, similar(0, 1)), part('b', { index: 1, of: 3 }, similar(1, 1))],
      '.',
    ),
  ).toThrow('was split into 2 shards, and into 3');
});
