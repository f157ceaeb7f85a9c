import fc from 'fast-check';
import {
  create,
  type FactoryFunctionMap,
  meanDependencies,
  quantileSeqDependencies,
  stdDependencies,
} from 'mathjs/number';
import { describe, expect, it } from 'vitest';
import { summariseLarge } from '../../src/vectors/large-summary.js';
import { quantileOfSorted, summarise } from '../../src/vectors/summary.js';

// The typings list each as possibly absent; the number build has them all.
const { mean, std, quantileSeq } = create({
  meanDependencies,
  stdDependencies,
  quantileSeqDependencies,
} as FactoryFunctionMap);

const distance = fc.double({ min: 0, max: 2, noNaN: true });

describe('summarise', () => {
  it('agrees with mathjs, and with the summary of large files', () => {
    fc.assert(
      fc.property(fc.array(distance, { minLength: 1, maxLength: 300 }), (list) => {
        const summary = summarise(list);
        const large = summariseLarge(Float64Array.from(list));
        const oracle = {
          mean: mean(list) as number,
          sd: list.length > 1 ? Number(std(list)) : 0,
          p50: quantileSeq([...list], 0.5) as number,
          p90: quantileSeq([...list], 0.9) as number,
          p98: quantileSeq([...list], 0.98) as number,
        };
        for (const [name, value] of Object.entries(oracle)) {
          expect(summary?.[name as 'mean'], name).toBeCloseTo(value, 12);
          expect(large?.[name as 'mean'], name).toBeCloseTo(value, 12);
        }
        expect(summary).toMatchObject({ min: Math.min(...list), max: Math.max(...list) });
      }),
    );
  });

  it('leaves out what is not finite, and knows when nothing is left', () => {
    expect(summarise([null, Number.NaN, 0.5, Number.POSITIVE_INFINITY])).toMatchObject({
      mean: 0.5,
      sd: 0,
      max: 0.5,
    });
    expect(summarise([null, Number.NaN])).toBeNull();
    expect(summarise([])).toBeNull();
  });
});

it('a quantile lies between the two order statistics that enclose it', () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  expect([0, 0.5, 2 / 3, 1].map((probability) => quantileOfSorted(sorted, probability))).toEqual([
    1, 3, 4, 8,
  ]);
});
