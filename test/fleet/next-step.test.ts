import { createColors } from 'picocolors';
import { expect, it } from 'vitest';
import { fleetReportOf } from '../../src/fleet/fleet-report.js';
import { renderFleetPage } from '../../src/fleet/html/fleet-page.js';
import { resultOf } from '../../src/fleet/node-result.js';
import { renderFleetText } from '../../src/fleet/text.js';
import { nextStepOf } from '../../src/run/face.js';
import { runFixture } from '../support/run-fixture.js';

const RUN = {
  harness_version: '0.1.0',
  name: 'pool',
  shard: null,
  timestamp: '2026-11-24T16:05:09.000Z',
  duration_s: 1,
  warnings: [],
};
const NODE = { id: 'n1', site: 'ams', model: 'test/model', url: 'http://10.0.0.1:8080' };

it('the report and the page of a fleet say what to do about a node that failed, once', () => {
  const { report } = runFixture({ replicas: ['honest', 'unrelated'] });
  const next = nextStepOf(report) as string;
  const result = resultOf(NODE as Parameters<typeof resultOf>[0], 'nodes/n1', report);
  expect(result).toMatchObject({ verdict: 'FAIL', next_step: next });

  const fleet = fleetReportOf(RUN, [result]);
  const text = renderFleetText(fleet, 'fleets/x', {
    colors: createColors(false),
    columns: undefined,
  } as never);
  expect(text).toContain(`n1: next: ${next}`);
  expect(renderFleetPage(fleet).split('next: ')).toHaveLength(2);
});

it('a plain PASS has no next step', () => {
  const { report } = runFixture({ replicas: ['honest', 'honest'] });
  expect(resultOf(NODE as Parameters<typeof resultOf>[0], 'nodes/n1', report)).not.toHaveProperty(
    'next_step',
  );
});
