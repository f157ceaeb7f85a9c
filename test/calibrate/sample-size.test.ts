import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noncesNeeded } from '../../src/calibrate/sample-size.js';
import { power } from '../../src/verdict/stat-test.js';

describe('nonces needed', () => {
  it('gives the wanted power, and one nonce fewer does not', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.3, noNaN: true }),
        fc.double({ min: 1.5, max: 3, noNaN: true }),
        fc.constantFrom(0.8, 0.95),
        (pMismatch, factor, wanted) => {
          const params = { pMismatch, fraudThreshold: 0.05 };
          const rate = pMismatch * factor;
          const n = noncesNeeded(params, rate, wanted) as number;
          expect(power(n, params, rate)).toBeGreaterThanOrEqual(wanted);
          expect(power(n - 1, params, rate)).toBeLessThan(wanted);
          expect(power(n + 1, params, rate)).toBeGreaterThanOrEqual(wanted);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is null for a rate that an honest node may have', () => {
    expect(noncesNeeded({ pMismatch: 0.1, fraudThreshold: 0.05 }, 0.1, 0.95)).toBeNull();
    expect(noncesNeeded({ pMismatch: 0.1, fraudThreshold: 0.05 }, 0.1001, 0.95)).toBeNull();
  });
});
