import type { GoldenFile } from '../../src/golden/reference.js';
import { encodeVector } from '../../src/schemes/half-base64.js';

/** A small reference of a made-up model, for tests that write files. */
export function artifactFile(
  vectors: [nonce: number, vector: number[]][],
  overrides: Partial<GoldenFile> = {},
): GoldenFile {
  return {
    model: 'test/model',
    seq_len: 1024,
    k_dim: 12,
    block_hash: 'TEST_BLOCK',
    block_height: 100,
    public_key: 'test_pub_keys',
    dist_threshold: 0.2,
    ...overrides,
    artifacts: vectors.map(([nonce, vector]) => ({ nonce, vector_b64: encodeVector(vector) })),
  };
}

/** A unit vector of 12 numbers in the plane of the first two, at an angle from the first axis. */
export function atAngle(radians: number): number[] {
  return [Math.cos(radians), Math.sin(radians), ...new Array(10).fill(0)];
}
