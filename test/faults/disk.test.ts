import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGolden } from '../../src/golden/catalog.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { assay } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const MODEL = 'moonshotai/Kimi-K2.6';
const SIZE_KIB = 64;
/** Enough for the inputs, the first reports and the first batches of a run. */
const KEPT_KIB = 32;
const BATCH_SIZE = 8;
const BATCH_TIME_MS = 50;
let node: MlNodeSimulator;

beforeAll(async () => {
  node = await startMlNodeSimulator({
    replicas: ['exact', 'exact'],
    batchTimeMs: BATCH_TIME_MS,
    golden: await findGolden(MODEL),
  });
});
afterAll(() => node.close());

/** Whether a small disk of its own can be had: it takes root, as CI has. */
function mountSmallDisk(folder: string): boolean {
  mkdirSync(folder);
  const options = ['-t', 'tmpfs', '-o', `size=${SIZE_KIB}k`, 'tmpfs', folder];
  return execaSync('mount', options, { reject: false }).exitCode === 0;
}

describe('a full disk', () => {
  it('ends the run at the first batch that cannot be kept, in one line, and keeps whole lines', async (context) => {
    const disk = temp.path('disk');
    if (!mountSmallDisk(disk)) return context.skip('a small disk cannot be mounted here');
    try {
      const folder = `${disk}/run`;
      const flags = ['--mlnode-url', node.url, '--model', MODEL, '--exp-dir', folder];
      const batches = ['--validation-batch-size', String(BATCH_SIZE)];
      const short = ['--warmup-seconds', '0', '--measure-seconds', '0.2', '--quiet'];
      writeFileSync(`${disk}/ballast`, Buffer.alloc(1024 * (SIZE_KIB - KEPT_KIB)));
      const { exitCode, stderr, stdout } = await assay(['validate', ...flags, ...batches, ...short]);
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringMatching(/^assay: cannot write .*observations.jsonl: the disk is full; .*--resume/),
      ]);
      expect(stderr.split('\n')).toHaveLength(1);
      expect([5001, 5002].map(node.isGenerating)).toEqual([false, false]);
      const kept = readFileSync(`${folder}/observations.jsonl`, 'utf8').split('\n').slice(0, -1);
      const nonces = kept.map((line) => JSON.parse(line).nonce);
      expect(nonces.length).toBeGreaterThanOrEqual(BATCH_SIZE);
      // Those that were kept, the one that could not be, and what was under way beside it.
      const asked = node.requests['POST /inference/pow/generate'] as number;
      expect(asked).toBeLessThanOrEqual(Math.ceil(nonces.length / BATCH_SIZE) + 5);
      expect(asked).toBeLessThan(200 / BATCH_SIZE);
      // What was found out is told all the same.
      expect(stdout).toMatch(/INCOMPLETE/);
      expect(readdirSync(folder).filter((name) => /tmp|lock/.test(name))).toEqual([]);

      rmSync(`${disk}/ballast`);
      execaSync('mount', ['-o', 'remount,size=4m', disk]);
      const resumed = await assay(['validate', '--resume', folder, '--quiet']);
      expect([resumed.exitCode, resumed.stderr]).toEqual([0, '']);
    } finally {
      execaSync('umount', [disk]);
    }
  });
});
