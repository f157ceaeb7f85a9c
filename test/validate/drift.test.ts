import { afterAll, beforeAll, expect, it } from 'vitest';
import { findGolden } from '../../src/golden/catalog.js';
import { readReportOf } from '../../src/run/read.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { honestVector } from '../../src/simulator/mlnode/profiles/honest.js';
import type { Profile } from '../../src/simulator/mlnode/profiles/profile.js';
import { assayHere } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';

const MODEL = 'Qwen/Qwen3-0.6B';
const temp = useTempFolder();
let weights = 'its own';
/** Honest noise that is another for other weights: as far from the reference as before. */
const swappable: Profile = {
  summary: 'honest, with weights that can be swapped for others at honest distance',
  compute: (work) => honestVector({ ...work, inputs: { ...work.inputs, model: weights } }),
};

let node: MlNodeSimulator;
beforeAll(async () => {
  const golden = await findGolden(MODEL);
  node = await startMlNodeSimulator({ replicas: [swappable, swappable], golden, batchTimeMs: 2 });
});
afterAll(() => node.close());

const validate = (run: string, more: string[] = []) =>
  assayHere([
    'validate',
    ...['--mlnode-url', node.url, '--model', MODEL, '--exp-dir', temp.path(run), '--quiet'],
    ...['--skip-throughput', '--no-self-check', ...more],
  ]);

it('warns of weights that no threshold sees, and says of the same weights that they repeat', async () => {
  weights = 'its own';
  expect((await validate('first')).exitCode).toBe(0);
  const own = ['--own-baseline', temp.path('first')];
  const same = await validate('same', own);
  expect(same.exitCode).toBe(0);
  expect(same.stdout).toMatch(/own last PASS: repeats the node's last PASS of .* to the bit/);

  weights = 'others';
  const swapped = await validate('swapped', own);
  expect(swapped.exitCode).toBe(0);
  expect(swapped.stdout).toMatch(/warning: drift: \d+ of \d+ nonces \(\d\S* %\) differ/);
  expect(swapped.stdout).toContain('PASS WITH WARNINGS');
  const report = await readReportOf(temp.path('swapped'));
  expect(report.validation?.drift).toMatchObject({ outcome: 'drift', run: temp.path('first') });

  const strict = await validate('strict', [...own, '--strict']);
  expect(strict.exitCode).toBe(2);
  const judged = await assayHere(['judge', temp.path('strict'), '--json']);
  expect(JSON.parse(judged.stdout).validation.drift).toEqual(
    (await readReportOf(temp.path('strict'))).validation?.drift,
  );
});

it('compares each node of a fleet with its own last PASS in the fleets beside, by itself', async () => {
  weights = 'its own';
  const fleet = await temp.write(
    'fleet.yaml',
    `name: lab\nmodel: ${MODEL}\nnodes:\n- {id: one, url: "${node.url}"}\n`,
  );
  const run = (out: string, more: string[] = []) =>
    assayHere([
      ...['fleet', 'validate', fleet, '--out', temp.path(`fleets/${out}`), '--json', '--quiet'],
      ...['--skip-throughput', '--no-self-check', ...more],
    ]);
  const first = JSON.parse((await run('a')).stdout);
  expect(first.nodes[0]).not.toHaveProperty('drift');
  weights = 'others';
  const second = await run('b', ['--baseline', temp.path('fleets/a'), '--assert', 'drift<=0']);
  expect(second.exitCode).toBe(4);
  expect(JSON.parse(second.stdout)).toMatchObject({
    verdict: 'PASS',
    exit_code: 4,
    nodes: [
      {
        drift: { outcome: 'drift' },
        regressions: ['drift<=0 (--assert): drift is 1', expect.stringContaining('p98')],
      },
    ],
  });
  const merged = await assayHere(['report', 'merge', temp.path('fleets/b'), '--json']);
  expect(merged.exitCode).toBe(4);
});
