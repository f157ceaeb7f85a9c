import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadGolden } from '../../src/golden/load.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { assayHere } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';

const MODEL = 'example/decoding-model';
const folders = useTempFolder();
let node: MlNodeSimulator;

beforeAll(async () => {
  node = await startMlNodeSimulator({
    replicas: ['decode', 'decode'],
    model: MODEL,
    golden: [],
    batchTimeMs: 1,
  });
});
afterAll(() => node.close());

it('records chains as a reference of the decode scheme, which golden show tells', async () => {
  const out = folders.path('decode.json');
  const args = ['--mlnode-url', node.url, '--model', MODEL, '--out', out];
  const recorded = await assayHere(['record', ...args, '--scheme', 'decode', '--max-tokens', '16']);
  expect(recorded.exitCode).toBe(0);
  const { file, vectors } = await loadGolden(out);
  expect(file).toMatchObject({ decode: true, max_tokens: 16, seq_len: 256 });
  expect(file.k_dim).toBeUndefined();
  expect(vectors.shape).toEqual([32, 17]);
  const shown = await assayHere(['golden', 'show', out]);
  expect(shown.stdout).toContain('32 chains of 17 steps (scheme decode)');
  // Thresholds of distances say nothing of margins, and distances nothing of chains.
  expect(file.dist_threshold).toBeUndefined();
});

it('names a build that knows the other scheme only', async () => {
  const said = async (replica: 'exact' | 'decode-only', scheme: string) => {
    const other = await startMlNodeSimulator({
      replicas: [replica],
      model: MODEL,
      golden: [],
      batchTimeMs: 1,
    });
    try {
      // The same for both: a recording without a vector leaves nothing behind.
      const out = folders.path('refused.json');
      const args = ['--mlnode-url', other.url, '--model', MODEL, '--out', out, '--scheme', scheme];
      return (await assayHere(['record', ...args, '--num-nonces', '8'])).stderr;
    } finally {
      await other.close();
    }
  };
  expect(await said('exact', 'decode')).toContain("the node's build does not know the decode scheme");
  expect(await said('decode-only', 'prefill')).toContain('the node knows the decode scheme only');
});
