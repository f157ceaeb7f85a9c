import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logFactorial, lowerTail, upperTail } from '../../src/verdict/binomial.js';
import { fisherTwoSided } from '../../src/verdict/fisher.js';
import {
  detectableRate,
  exactInterval,
  firstFailingCount,
  power,
  statTest,
} from '../../src/verdict/stat-test.js';
import { oracles, relativeError } from '../support/oracles.js';

describe('binomial tail', () => {
  it.each(oracles.binomial_p_values)(
    'P(X ≥ $k) of n = $n, p = $p_mismatch as scipy has it',
    ({ k, n, p_mismatch, p_value }) => {
      const tail = upperTail(k, n, p_mismatch);
      if (p_value > 1e-300) expect(relativeError(tail, p_value)).toBeLessThan(1e-10);
      else expect(tail).toBeLessThan(1e-299);
    },
  );

  it('agrees with a sum of exact terms for small n', () => {
    // Pascal's triangle in BigInt and p = 1/4: every term is an exact fraction.
    for (let n = 1; n <= 60; n++) {
      let tail = 0n;
      let choose = 1n;
      for (let k = n; k >= 0; k--) {
        tail += choose * 3n ** BigInt(n - k);
        choose = (choose * BigInt(k)) / BigInt(n - k + 1);
        const exact = Number((tail * 10n ** 60n) / 4n ** BigInt(n)) / 1e60;
        expect(relativeError(upperTail(k, n, 0.25), exact)).toBeLessThan(1e-12);
      }
    }
  });

  it('falls with k, and its two sides add up to one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 1e-4, max: 0.5, noNaN: true }),
        fc.nat(),
        (n, p, raw) => {
          const k = raw % (n + 1);
          expect(upperTail(k, n, p)).toBeGreaterThanOrEqual(upperTail(k + 1, n, p));
          expect(upperTail(k + 1, n, p) + lowerTail(k, n, p)).toBeCloseTo(1, 10);
        },
      ),
    );
  });

  it('handles a million trials', () => {
    const tail = upperTail(101_000, 1_000_000, 0.1);
    expect(tail).toBeGreaterThan(0.0004);
    expect(tail).toBeLessThan(0.0005);
    expect(upperTail(0, 1_000_000, 0.1)).toBe(1);
  });
});

describe('the statistical test', () => {
  it.each(oracles.first_failing_mismatch_count)(
    'first fails $n nonces at $first_failing_k mismatches',
    (row) => {
      const params = { pMismatch: row.p_mismatch, fraudThreshold: row.fraud_threshold };
      expect(firstFailingCount(row.n, params)).toBe(row.first_failing_k);
      const { pValue } = statTest({ nTotal: row.n, nMismatch: row.first_failing_k, ...params });
      expect(relativeError(pValue, row.p_value_at_k)).toBeLessThan(1e-10);
    },
  );

  it('passes 27 of 200 under the Kimi thresholds and fails 28', () => {
    const kimi = { nTotal: 200, pMismatch: 0.1, fraudThreshold: 0.05 };
    expect(statTest({ nMismatch: 27, ...kimi }).fraudDetected).toBe(false);
    expect(statTest({ nMismatch: 28, ...kimi }).fraudDetected).toBe(true);
  });

  it('has p-value 1 when nothing was measured, and needs it strictly below the threshold', () => {
    expect(statTest({ nTotal: 0, nMismatch: 0, pMismatch: 0.1, fraudThreshold: 0.05 })).toEqual({
      pValue: 1,
      fraudDetected: false,
    });
    expect(statTest({ nTotal: 1, nMismatch: 1, pMismatch: 0.5, fraudThreshold: 0.5 }).fraudDetected).toBe(
      false,
    );
    expect(firstFailingCount(0, { pMismatch: 0.1, fraudThreshold: 0.05 })).toBeNull();
    expect(firstFailingCount(1, { pMismatch: 0.1, fraudThreshold: 0.05 })).toBeNull();
  });

  it.each(oracles.clopper_pearson)('exact interval of $k of $n', ({ k, n, level, low, high }) => {
    const [measuredLow, measuredHigh] = exactInterval(k, n, level);
    // scipy inverts the beta distribution to about 1e-9; bisection here goes to the last bit.
    expect(relativeError(measuredLow, low)).toBeLessThan(5e-9);
    expect(relativeError(measuredHigh, high)).toBeLessThan(5e-9);
  });

  it('has the closed form of an exact interval for one mismatch', () => {
    expect(relativeError(exactInterval(1, 200)[0], -Math.expm1(Math.log(0.975) / 200))).toBeLessThan(1e-12);
  });

  it.each(oracles.power)('power at a true rate of $true_rate with $n nonces', (row) => {
    const params = { pMismatch: row.p_mismatch, fraudThreshold: row.fraud_threshold };
    expect(relativeError(power(row.n, params, row.true_rate), row.power)).toBeLessThan(1e-9);
  });

  it('detects its detectable rate with just the wanted power', () => {
    const params = { pMismatch: 0.1, fraudThreshold: 0.05 };
    const rate = detectableRate(200, params) as number;
    expect(power(200, params, rate)).toBeCloseTo(0.95, 9);
  });
});

describe('Fisher test', () => {
  // scipy.stats.fisher_exact
  it.each([
    [8, 10, 1, 6, 0.03496503496503495],
    [27, 200, 27, 200, 1],
    [0, 200, 100, 200, 8.83e-36],
  ])('%i of %i against %i of %i', (a, totalA, b, totalB, expected) => {
    const value = fisherTwoSided(a, totalA, b, totalB);
    if (expected > 1e-10) expect(value).toBeCloseTo(expected, 10);
    else expect(value).toBeLessThan(1e-30);
  });

  it('is the sum over all tables that are no likelier, whatever the counts', () => {
    const table = fc
      .tuple(fc.nat(40), fc.nat(40))
      .chain(([totalA, totalB]) =>
        fc.tuple(fc.nat(totalA), fc.constant(totalA), fc.nat(totalB), fc.constant(totalB)),
      );
    fc.assert(
      fc.property(table, ([a, totalA, b, totalB]) => {
        const choose = (n: number, k: number) =>
          Math.exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k));
        const hits = a + b;
        let [sum, all] = [0, 0];
        for (let other = Math.max(0, hits - totalB); other <= Math.min(totalA, hits); other++) {
          const weight = choose(totalA, other) * choose(totalB, hits - other);
          all += weight;
          if (weight <= choose(totalA, a) * choose(totalB, b) * (1 + 1e-7)) sum += weight;
        }
        expect(fisherTwoSided(a, totalA, b, totalB)).toBeCloseTo(sum / all, 9);
      }),
    );
  });

  it('ends at once for counts that no loop would come to the end of', () => {
    const begun = performance.now();
    expect(fisherTwoSided(5e8, 1e9, 5e8, 1e9)).toBeCloseTo(1, 2);
    expect(fisherTwoSided(1, 1e9, 5e8, 1e9)).toBeLessThan(1e-30);
    expect(fisherTwoSided(5e8, 1e9, 5e8 + 1e5, 1e9)).toBeLessThan(1e-4);
    expect(performance.now() - begun).toBeLessThan(15_000);
  });
});
