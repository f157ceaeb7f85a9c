import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { planBatches } from '../../src/batches/plan.js';
import type { Coverage } from '../../src/run/report.js';
import { goldenThresholds, resolveStatTest } from '../../src/run/thresholds.js';
import { configOf } from '../../src/validate/inputs.js';
import type { ValidateOptions } from '../../src/validate/options.js';
import { requireSameRun, wholeBatches } from '../../src/validate/resume.js';
import { head } from '../support/golden.js';
import { writeRunFolder } from '../support/run-folder.js';
import { useTempFolder } from '../support/temp.js';
import { reference } from './support.js';

const temp = useTempFolder();

describe('a run that is taken up', () => {
  const config = (more: Partial<ValidateOptions> = {}, golden = reference, threshold?: number) => {
    const layers = [
      goldenThresholds(golden.file),
      {
        source: 'test',
        values: { dist_threshold: threshold, p_mismatch: undefined, fraud_threshold: undefined },
      },
    ];
    const options = { mlnodeUrl: 'http://127.0.0.1:1', model: golden.file.model, ...more };
    return configOf(options, golden, {
      statTest: resolveStatTest(layers),
      ownPublicKey: 'key',
      known: { honest_band: null },
    });
  };
  const other = (change: object) => ({ ...reference, file: { ...reference.file, ...change } });

  it.each([
    ['model', config({ model: 'other' })],
    ['node', config({ mlnodeUrl: 'http://127.0.0.1:2' })],
    ['node', config({ nodeId: 'node2' })],
    ['reference', config({}, { ...reference, sha256: 'f'.repeat(64) })],
    ['PoC parameters', config({}, other({ block_hash: 'OTHER' }))],
    ['PoC parameters', config({}, other({ poc_stronger_rng: true }))],
    ['way of probing', config({ probe: 'wait' })],
    ['way of probing', config({ coverage: 'every-replica' })],
    ['way of probing', config({ validationBatchSize: 32 })],
    ['thresholds', config({}, reference, 0.1)],
  ])('is not mixed with one of another %s', (what, now) => {
    expect(() => requireSameRun('run', config(), now)).toThrow(`another ${what}`);
  });

  it('goes on with the same inputs, in an older folder too', () => {
    const { request: _, ...older } = config();
    requireSameRun('run', config(), config({ timeoutSeconds: 5 }));
    requireSameRun('run', older, config({ probe: 'wait' }));
  });
});

describe('what an earlier part of a run has measured', () => {
  const { nonces } = head(reference, 40);
  const kept = async (
    name: string,
    rows: { nonce: number; batch: number; replica?: number; further?: true }[],
    size = 8,
    coverage: Coverage = 'spread',
  ) =>
    wholeBatches(
      await writeRunFolder(temp.path(name), rows),
      planBatches(nonces.length, size),
      nonces,
      coverage,
    );
  const batch = (index: number, size = 8) =>
    nonces.slice(index * size, (index + 1) * size).map((nonce) => ({ nonce, batch: index, replica: 5001 }));

  it('counts in whole batches only', async () => {
    const found = await kept('part', [...batch(0), ...batch(3).slice(1), ...batch(4)]);
    expect(found.map(({ batch: index }) => index)).toEqual([
      ...new Array(8).fill(0),
      ...new Array(8).fill(4),
    ]);
  });

  it('counts a batch once, however many replicas answered it', async () => {
    const twice = [...batch(0), ...batch(0).map((row) => ({ ...row, replica: 5002 }))];
    expect(await kept('twice', twice)).toHaveLength(8);
    expect(await kept('twice-auto', twice, 8, 'auto')).toHaveLength(8);
    expect(await kept('each', twice, 8, 'every-replica')).toHaveLength(16);
    const further = twice.map((row) => (row.replica === 5002 ? { ...row, further: true as const } : row));
    expect(await kept('further', further, 8, 'auto')).toHaveLength(16);
  });

  it('is nothing where nothing was written', async () => {
    await mkdir(temp.path('none'));
    expect(await wholeBatches(temp.path('none'), planBatches(8, 8), nonces, 'spread')).toEqual([]);
  });

  it.each([
    ['another batch size', [...batch(0, 16), ...batch(1, 16)]],
    ['a nonce twice', [...batch(0), ...batch(0)]],
    ['a batch that is not in the plan', [{ nonce: 7, batch: 99 }]],
  ])('is refused of %s', async (what, rows) => {
    await expect(kept(what, rows)).rejects.toThrow('not in the batches of this plan');
  });
});
