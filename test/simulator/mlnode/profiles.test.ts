import { afterEach, describe, expect, it } from 'vitest';
import { findGolden } from '../../../src/golden/catalog.js';
import { requestJson } from '../../../src/http/request.js';
import { decodeVector } from '../../../src/schemes/half-base64.js';
import {
  type MlNodeSimulator,
  type ProfileName,
  startMlNodeSimulator,
} from '../../../src/simulator/mlnode/index.js';
import { l2Distance } from '../../../src/vectors/distance.js';
import { summarise } from '../../../src/vectors/summary.js';

const kimi = await findGolden('moonshotai/Kimi-K2.6');
let node: MlNodeSimulator | undefined;
afterEach(() => node?.close());

/** Distances of a replica with this profile to the golden vectors, measured by our own kernels. */
async function distances(profile: ProfileName, batchSize = 32): Promise<number[]> {
  node = await startMlNodeSimulator({ replicas: [profile], golden: kimi, batchTimeMs: 1 });
  const { body } = await requestJson({
    method: 'POST',
    url: `${node.url}/api/v1/inference/pow/generate`,
    body: {
      block_hash: kimi.file.block_hash,
      block_height: 100,
      public_key: kimi.file.public_key,
      node_id: 0,
      node_count: 1,
      params: { model: kimi.file.model, seq_len: 1024, k_dim: 12 },
      nonces: kimi.nonces,
      batch_size: batchSize,
      wait: true,
    },
    timeoutMs: 5000,
    maxBytes: 1e6,
  });
  const { artifacts } = body as { artifacts: { nonce: number; vector_b64: string }[] };
  return artifacts.map(({ nonce, vector_b64 }) => {
    const golden = kimi.artifacts[kimi.nonces.indexOf(nonce)]?.vector_b64 as string;
    return l2Distance(decodeVector(vector_b64, 12), decodeVector(golden, 12)) as number;
  });
}

describe('distances to the golden vectors', () => {
  it('are none for an exact replica', async () => {
    expect(await distances('exact')).toEqual(kimi.nonces.map(() => 0));
  });

  it.each([
    ['honest', 0.2, 0.0785, [1, 8]],
    ['unrelated', 1.39, 0.2, [200, 200]],
  ] as const)('are as published for %s', async (profile, mean, sd, [fewest, most]) => {
    const measured = await distances(profile);
    const summary = summarise(measured);
    expect(Math.abs((summary?.mean as number) / mean - 1)).toBeLessThan(0.05);
    expect(Math.abs((summary?.sd as number) / sd - 1)).toBeLessThan(0.1);
    const beyond = measured.filter((l2) => l2 > 0.4).length;
    expect(beyond).toBeGreaterThanOrEqual(fewest);
    expect(beyond).toBeLessThanOrEqual(most);
  });

  it('come with another batch composition only, for a batch-sensitive replica', async () => {
    expect(await distances('batch-sensitive', 32)).toEqual(kimi.nonces.map(() => 0));
    await node?.close();
    const other = await distances('batch-sensitive', 30);
    expect(other.every((l2) => l2 > 0)).toBe(true);
    expect(other.filter((l2) => l2 > 0.4).length).toBeGreaterThanOrEqual(4);
  });
});
