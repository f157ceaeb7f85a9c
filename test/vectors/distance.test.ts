import fc from 'fast-check';
import ndarray from 'ndarray';
import { describe, expect, it } from 'vitest';
import { findGolden, goldenFolder } from '../../src/golden/catalog.js';
import { loadGolden } from '../../src/golden/load.js';
import { decodeVector, encodeVector, UndecodableVector } from '../../src/schemes/half-base64.js';
import { cosineDistance, distancesByRow, l2Distance } from '../../src/vectors/distance.js';
import { summariseLarge } from '../../src/vectors/large-summary.js';
import { summarise } from '../../src/vectors/summary.js';
import { oracles, relativeError } from '../support/oracles.js';

const vectors = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 12, maxLength: 12 });

describe('distances', () => {
  it('match numpy on the two published Qwen3-235B references', async () => {
    const pair = oracles.qwen235b_default_vs_deepgemm;
    const a = await findGolden('Qwen/Qwen3-235B-A22B-Instruct-2507-FP8');
    const b = await loadGolden(`${goldenFolder}/qwen-qwen3-235b-a22b-instruct-2507-fp8-deepgemm.json`);
    const l2s = pair.per_nonce.map(({ nonce, l2, cosine }) => {
      const x = decodeVector(a.artifacts[a.nonces.indexOf(nonce)]?.vector_b64 as string, 12);
      const y = decodeVector(b.artifacts[b.nonces.indexOf(nonce)]?.vector_b64 as string, 12);
      const measured = l2Distance(x, y) as number;
      expect(relativeError(measured, l2)).toBeLessThan(1e-12);
      expect(Math.abs((cosineDistance(x, y) as number) - (1 - cosine))).toBeLessThan(1e-12);
      return measured;
    });
    expect(l2s).toHaveLength(pair.common_nonces);
    expect(relativeError(summarise(l2s)?.mean as number, pair.l2_mean)).toBeLessThan(1e-12);
    expect(relativeError(summarise(l2s)?.max as number, pair.l2_max)).toBeLessThan(1e-12);
    expect(l2s.filter((l2) => l2 > 0.2)).toHaveLength(pair.mismatches_at_0_2);
  });

  it('are null where a value is not finite, and cosine also for a zero vector', () => {
    expect(l2Distance([1, Number.NaN], [1, 0])).toBeNull();
    expect(l2Distance([1, Infinity], [1, Infinity])).toBeNull();
    expect(cosineDistance([0, 0], [1, 0])).toBeNull();
    expect(l2Distance([0, 0], [1, 0])).toBe(1);
  });

  it('keeps the digits of a cosine distance near zero', () => {
    const angle = 1e-9;
    const distance = cosineDistance([1, 0], [Math.cos(angle), Math.sin(angle)]) as number;
    expect(relativeError(distance, angle ** 2 / 2)).toBeLessThan(1e-6);
  });

  it('refuses vectors of different lengths', () => {
    expect(() => l2Distance([1], [1, 2])).toThrow(RangeError);
  });

  it('is a metric, and cosine stays within 0 and 2', () => {
    fc.assert(
      fc.property(vectors, vectors, vectors, (a, b, c) => {
        const ab = l2Distance(a, b) as number;
        expect(ab).toBe(l2Distance(b, a));
        expect(ab).toBeLessThanOrEqual((l2Distance(a, c) as number) + (l2Distance(c, b) as number) + 1e-12);
        const cosine = cosineDistance(a, b);
        if (cosine !== null) expect(cosine).toBeGreaterThanOrEqual(0);
        if (cosine !== null) expect(cosine).toBeLessThanOrEqual(2 + 1e-12);
      }),
    );
  });

  it('runs over strided views as over copies', () => {
    fc.assert(
      fc.property(fc.array(vectors, { minLength: 4, maxLength: 12 }), (rows) => {
        const all = ndarray(Float64Array.from(rows.flat()), [rows.length, 12]);
        const even = all.step(2, 1);
        const odd = all
          .lo(1, 0)
          .step(2, 1)
          .hi(Math.floor(rows.length / 2), 12);
        const n = odd.shape[0] as number;
        const l2 = new Float64Array(n);
        const cosine = new Float64Array(n);
        distancesByRow(even.hi(n, 12), odd, l2, cosine);
        for (let i = 0; i < n; i++) {
          expect(l2[i]).toBe(l2Distance(rows[2 * i] as number[], rows[2 * i + 1] as number[]));
        }
      }),
    );
  });
});

describe('vector codec', () => {
  it('returns what half precision can hold', () => {
    fc.assert(
      fc.property(vectors, (values) => {
        const decoded = decodeVector(encodeVector(values), 12);
        values.forEach((value, i) => {
          expect(Math.abs((decoded[i] as number) - value)).toBeLessThanOrEqual(
            Math.max(2 ** -25, Math.abs(value) * 2 ** -11),
          );
        });
        expect(encodeVector(decoded)).toBe(encodeVector(values));
      }),
    );
  });

  it.each([
    ['not base64 at all!', 'undecodable'],
    ['AAA', 'undecodable'],
    ['AAAA AAAA', 'undecodable'],
    ['', 'dimension'],
    ['AAAA', 'dimension'],
  ])('refuses %j as %s', (text, reason) => {
    const error = (() => {
      try {
        return decodeVector(text, 12);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(UndecodableVector);
    expect((error as UndecodableVector).reason).toBe(reason);
  });
});

describe('summary', () => {
  it('interpolates percentiles linearly and divides by n − 1', () => {
    expect(summarise([4, null, 1, Number.NaN, 3, 2])).toEqual({
      mean: 2.5,
      sd: Math.sqrt(5 / 3),
      min: 1,
      p50: 2.5,
      p90: expect.closeTo(3.7, 12),
      p98: expect.closeTo(3.94, 12),
      max: 4,
    });
    expect(summarise(Float64Array.of(Number.NaN, 2))?.mean).toBe(2);
    expect(summarise([null])).toBeNull();
    expect(summarise([1])?.sd).toBe(0);
  });

  it('gives the same figures by the passes for large arrays', () => {
    const value = fc.oneof(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.constantFrom(
        0,
        0.07,
        2,
        Number.MIN_VALUE,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
      ),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (values) => {
        const [small, large] = [summarise(values), summariseLarge(Float64Array.from(values))];
        if (small === null) expect(large).toBeNull();
        for (const key of Object.keys(small ?? {}) as ('mean' | 'sd' | 'p50')[]) {
          expect(large?.[key]).toBeCloseTo(small?.[key] as number, 12);
        }
      }),
    );
    const many = Float64Array.from({ length: 200_000 }, (_, i) => 0.07 + 0.04 * Math.sin(i * i));
    const [small, large] = [summarise(many), summariseLarge(many)];
    expect(large?.p98).toBe(small?.p98);
    expect(relativeError(large?.sd as number, small?.sd as number)).toBeLessThan(1e-12);
  });
});
