import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePair } from '../../src/compare/compare.js';
import { pairRows } from '../../src/compare/pair-rows.js';
import { withSteps } from '../../src/compare/threads.js';
import { type Parameters, shared, type VectorSet } from '../../src/compare/vector-set.js';
import { atAngle } from '../support/artifact-file.js';

const parameters: Parameters = {
  model: 'test/model',
  seq_len: 1024,
  k_dim: 12,
  block_hash: 'TEST_BLOCK',
  public_key: 'test_pub_keys',
};
const thresholds = { dist_threshold: 0.2, p_mismatch: 0.1, fraud_threshold: 0.05 };
const THREADS = 2 ** 30;

function setOf(label: string, rows: [number, number[]][], overrides: Partial<Parameters> = {}): VectorSet {
  const nonces = rows.map(([nonce]) => nonce);
  const vectors = rows.flatMap(([, vector]) => vector);
  return { label, parameters: { ...parameters, ...overrides }, ...shared(nonces, vectors) };
}

const compareHere = (a: VectorSet, b: VectorSet) =>
  withSteps(0, (steps) => comparePair(a, b, thresholds, steps));

describe('pairing rows', () => {
  it('finds the common nonces in any order, and the missing ones', () => {
    const nonces = fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(nonces, nonces, (left, right) => {
        const a = setOf(
          'a',
          left.map((nonce) => [nonce, []]),
        );
        const b = setOf(
          'b',
          right.map((nonce) => [nonce, []]),
        );
        const { aRows, bRows, missingInA, missingInB } = pairRows(a, b);
        const common = left.filter((nonce) => right.includes(nonce)).sort((x, y) => x - y);
        expect([...aRows].map((row) => a.nonces[row])).toEqual(common);
        expect([...bRows].map((row) => b.nonces[row])).toEqual(common);
        expect(missingInA).toEqual(right.filter((nonce) => !left.includes(nonce)).sort((x, y) => x - y));
        expect(missingInB).toEqual(left.filter((nonce) => !right.includes(nonce)).sort((x, y) => x - y));
      }),
    );
  });
});

describe('comparing a pair', () => {
  it('measures known angles', async () => {
    // Unit vectors at an angle t are 2 sin(t/2) apart, and 1 − cos t by cosine.
    const a = setOf(
      'a',
      [1, 2, 3, 4].map((nonce) => [nonce, atAngle(0)]),
    );
    const b = setOf(
      'b',
      [4, 3, 2, 1].map((nonce) => [nonce, atAngle(nonce / 10)]),
    );
    const { comparison, nonces, l2 } = await compareHere(a, b);
    expect([...nonces]).toEqual([1, 2, 3, 4]);
    for (const [i, distance] of l2.entries()) expect(distance).toBeCloseTo(2 * Math.sin((i + 1) / 20), 6);
    expect(comparison.cosine_distance?.max).toBeCloseTo(1 - Math.cos(0.4), 6);
    // 0.1 is within the threshold; 0.1999, just below 0.2, too.
    expect(comparison.mismatch_nonces).toEqual({ count: 2, first: [3, 4] });
    expect(comparison.p_value).toBeCloseTo(1 - 0.9 ** 4 - 4 * 0.1 * 0.9 ** 3, 12);
  });

  it('counts a vector that did not come as a mismatch without a distance', async () => {
    const a = setOf(
      'a',
      [1, 2, 3].map((nonce) => [nonce, atAngle(0)]),
    );
    const b = setOf('b', [
      [1, atAngle(0)],
      [2, new Array(12).fill(Number.NaN)],
      [3, atAngle(0.1)],
    ]);
    const { comparison } = await compareHere(a, b);
    expect(comparison.n_without_distance).toBe(1);
    expect(comparison.mismatch_nonces.first).toEqual([2]);
    expect(comparison.l2?.min).toBe(0);
    expect(comparison.l2?.max).toBeCloseTo(2 * Math.sin(0.05), 6);
  });

  it('gives the same figures on worker threads', async () => {
    const rows = (turn: number) =>
      Array.from({ length: 5000 }, (_, nonce): [number, number[]] => [nonce, atAngle(nonce * turn)]);
    const a = setOf('a', rows(0.7));
    const b = setOf('b', rows(0.7001).reverse());
    const onThreads = await withSteps(THREADS, (steps) => comparePair(a, b, thresholds, steps));
    const here = await compareHere(a, b);
    expect(onThreads.l2).toEqual(here.l2);
    const { l2, cosine_distance, ...counts } = onThreads.comparison;
    expect(here.comparison).toMatchObject(counts);
    for (const key of Object.keys(l2 ?? {}) as ('mean' | 'sd' | 'p98')[]) {
      expect(l2?.[key]).toBeCloseTo(here.comparison.l2?.[key] as number, 12);
      expect(cosine_distance?.[key]).toBeCloseTo(here.comparison.cosine_distance?.[key] as number, 12);
    }
    expect(onThreads.comparison.n_mismatch).toBeGreaterThan(1000);
  });

  it('names parameters that differ without mattering, and refuses those that matter', async () => {
    const rows: [number, number[]][] = [
      [1, atAngle(0)],
      [2, atAngle(0)],
    ];
    const a = setOf('a', rows, { block_height: 100 });
    const { comparison } = await compareHere(
      a,
      setOf('b', rows, { block_height: 7, poc_stronger_rng: false }),
    );
    expect(comparison.differing_parameters).toEqual([{ name: 'block_height', a: 100, b: 7 }]);
    for (const other of [
      { model: 'x' },
      { seq_len: 1 },
      { block_hash: 'x' },
      { public_key: 'x' },
      { poc_stronger_rng: true },
    ]) {
      await expect(compareHere(a, setOf('b', rows, other))).rejects.toThrow(Object.keys(other)[0] as string);
    }
  });
});
