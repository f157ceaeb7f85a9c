import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches } from '../../src/batches/plan.js';

describe('the plan of batches', () => {
  it('splits 200 nonces at multiples of 32', () => {
    const batches = planBatches(200, 32);
    expect(batches).toHaveLength(7);
    expect(batches[6]).toEqual({ index: 6, start: 192, count: 8 });
  });

  it('covers every row once, in order, each batch starting at a multiple of the size', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 1, max: 300 }), (count, size) => {
        const rows = planBatches(count, size).flatMap(({ index, start, count: length }) => {
          expect(start).toBe(index * size);
          return Array.from({ length }, (_, i) => start + i);
        });
        expect(rows).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });
});
