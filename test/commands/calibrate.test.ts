import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadGolden } from '../../src/golden/load.js';
import { artifactFile, atAngle } from '../support/artifact-file.js';
import { assay, assayHere } from '../support/assay.js';
import { observed, writeRunFolder } from '../support/run-folder.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

/** 100 nonces that each lie a little further from the first axis. */
const fanned = (step: number) =>
  artifactFile(Array.from({ length: 100 }, (_, nonce) => [nonce, atAngle(step * nonce)]));

describe('assay calibrate', () => {
  it('measures recordings pair by pair, and writes the thresholds into a reference', async () => {
    const straight = await temp.write('straight.json', fanned(0));
    const near = await temp.write('near.json', fanned(0.002));
    const far = await temp.write('far.json', fanned(0.01));
    const { stdout, stderr, exitCode } = await assay([
      'calibrate',
      '--honest',
      straight,
      near,
      '--fraud',
      far,
      '--apply',
      straight,
      '--html',
      temp.path('calibration.html'),
      '--json',
    ]);
    expect(stderr).toContain('written');
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.honest).toHaveLength(1);
    expect(result.fraud).toHaveLength(2);
    // The 98th percentile of 0, 0.002 … 0.198 is 0.002 · 97.02.
    expect(result.quantile.value).toBeCloseTo(0.194, 3);
    expect(result.separation.roc_area).toBeGreaterThan(0.8);
    const page = await readFile(temp.path('calibration.html'), 'utf8');
    expect(page).toContain(`ROC curve, area ${result.separation.roc_area.toFixed(4)}.`);

    const applied = await loadGolden(straight);
    expect(applied.file.dist_threshold).toBe(result.recommended.dist_threshold);
    expect(applied.file.stat_test).toEqual(result.recommended);
    expect(applied.file.expected_distance?.mean).toBeCloseTo(result.l2.mean, 12);
    expect(applied.nonces).toHaveLength(100);
    expect(JSON.parse(await readFile(straight, 'utf8')).artifacts).toEqual(fanned(0).artifacts);
  });

  it('takes the distances that runs measured, or measures them against a reference', async () => {
    const rows = Array.from({ length: 50 }, (_, nonce) => ({
      ...observed(nonce, atAngle(0.3)),
      l2: nonce / 100,
    }));
    const run = await writeRunFolder(temp.path('run'), rows);
    const recorded = JSON.parse((await assayHere(['calibrate', '--honest', run, '--json'])).stdout);
    expect(recorded.quantile.value).toBeCloseTo(0.4802, 4);
    const reference = await temp.write('reference.json', fanned(0));
    const measured = await assayHere(['calibrate', '--honest', run, '--reference', reference]);
    expect(measured.stdout).toMatch(/honest L2\s+0\.29/);
  });

  it.each([
    [['--honest', 'A', 'B', '--percentile=101'], '--percentile'],
    [['--honest', 'A', 'B', '--percentile=-1'], '--percentile'],
    [['--honest', 'A', 'B', '--power=0'], '--power'],
    [['--honest', 'A', 'B', '--fraud-threshold=7'], '--fraud-threshold'],
    [['--honest', 'A', 'B', '--seed=0.5'], '--seed'],
    [['--honest', 'A'], 'one honest recording'],
    [['--honest', 'A', 'A'], 'are all 0'],
    [['--honest', 'A', 'nowhere.json'], 'no such file'],
    [['--honest', 'RUN', 'OTHER'], 'different references'],
    [[], 'honest'],
  ])('refuses %j in one line', async (args, reason) => {
    const paths: Record<string, string> = {
      A: await temp.write('a.json', fanned(0)),
      B: await temp.write('b.json', fanned(0.001)),
      RUN: await writeRunFolder(temp.path('run-1'), [observed(0, atAngle(0))]),
      OTHER: await writeRunFolder(temp.path('run-2'), [observed(0, atAngle(0))], { sha256: 'b'.repeat(64) }),
    };
    const { stdout, stderr, exitCode } = await assayHere([
      'calibrate',
      ...args.map((arg) => paths[arg] ?? arg),
    ]);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain(reason);
  });
});
