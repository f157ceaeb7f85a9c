import { expect, it } from 'vitest';
import { renderFleetJunit } from '../../src/fleet/junit.js';
import type { FleetReport } from '../../src/fleet/model.js';
import { nodeResult } from './support.js';

it('tells what to know of a node that passes, with its name', () => {
  const warnings = ['1 of 2 promised replicas is in rotation', 'a <b> & "c"'];
  const nodes = [nodeResult({ id: 'n1', warnings }), nodeResult({ id: 'n2' })];
  const report: Partial<FleetReport> = {
    name: 'pool',
    timestamp: '2026-11-26T00:00:00Z',
    nodes,
    outliers: [],
    warnings: [],
  };
  const xml = renderFleetJunit(report as FleetReport);
  expect(xml).toContain('n1: warning: 1 of 2 promised replicas is in rotation');
  expect(xml).toContain('n1: warning: a &lt;b&gt; &amp;');
  expect(xml).not.toContain('n2: warning');
  expect(xml).toContain('failures="0"');
});

it('tells the missed assertions of a node that fails, too', () => {
  const regressions = ['p98<=0.5 (--assert): p98 is 1.788'];
  const nodes = [nodeResult({ id: 'n1', verdict: 'FAIL', verdict_reason: 'mismatches', regressions })];
  const report: Partial<FleetReport> = {
    name: 'pool',
    timestamp: '2026-11-26T00:00:00Z',
    nodes,
    outliers: [],
  };
  const xml = renderFleetJunit(report as FleetReport);
  expect(xml).toContain('<failure message="mismatches" type="fraud">');
  expect(xml).toContain('n1: regression: p98&lt;=0.5 (--assert): p98 is 1.788');
});
