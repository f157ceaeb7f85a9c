import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execa, execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/paths.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const MODEL = 'moonshotai/Kimi-K2.6';
/** Enough for the inputs and the first batches of a run. */
const SIZE_KIB = 32;
let node: MlNodeSimulator;

beforeAll(async () => {
  node = await startMlNodeSimulator({ replicas: ['exact', 'exact'], batchTimeMs: 2, model: MODEL });
});
afterAll(() => node.close());

/** Whether a small disk of its own can be had: it takes root, as CI has. */
function mountSmallDisk(folder: string): boolean {
  mkdirSync(folder);
  const options = ['-t', 'tmpfs', '-o', `size=${SIZE_KIB}k`, 'tmpfs', folder];
  return execaSync('mount', options, { reject: false }).exitCode === 0;
}

describe('a full disk', () => {
  it('ends the run with one line, leaves nothing generating, and keeps whole lines', async (context) => {
    const disk = temp.path('disk');
    if (!mountSmallDisk(disk)) return context.skip('a small disk cannot be mounted here');
    try {
      const folder = `${disk}/run`;
      const flags = ['--mlnode-url', node.url, '--model', MODEL, '--exp-dir', folder];
      const short = ['--warmup-seconds', '0', '--measure-seconds', '0.2', '--quiet'];
      writeFileSync(`${disk}/ballast`, Buffer.alloc(1024 * (SIZE_KIB - 16)));
      const { exitCode, stderr } = await execa(
        process.execPath,
        [`${packageRoot}/dist/main.js`, 'validate', ...flags, ...short],
        { reject: false, stdin: 'ignore' },
      );
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringMatching(/^assay: .*the disk is full; .*--exp-dir/),
      ]);
      expect(stderr.split('\n')).toHaveLength(1);
      expect([5001, 5002].map(node.isGenerating)).toEqual([false, false]);
      const lines = readFileSync(`${folder}/observations.jsonl`, 'utf8').split('\n').slice(0, -1);
      expect(lines.map((line) => JSON.parse(line).nonce).length).toBeGreaterThan(0);
    } finally {
      execaSync('umount', [disk]);
    }
  });
});
