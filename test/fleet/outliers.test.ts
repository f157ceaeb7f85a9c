import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outliersOf } from '../../src/fleet/outliers.js';
import { nodeResult } from './support.js';

const means = (values: number[], more = {}) =>
  values.map((l2_mean, at) => nodeResult({ id: `n${at}`, l2_mean, ...more }));

describe('outliersOf', () => {
  it('names the node that is far from its peers, with the figures', () => {
    const nodes = means([0.07, 0.071, 0.069, 0.072, 0.068, 0.2]);
    const [outlier, ...others] = outliersOf(nodes);
    expect(others).toEqual([]);
    expect(outlier).toMatchObject({ node: 'n5', figure: 'l2_mean', value: 0.2, peers: 6 });
    expect(outlier?.median).toBeCloseTo(0.0705, 12);
    // By hand: deviations 0.0005, 0.0005, 0.0015, 0.0015, 0.0025, 0.1295, of which the median is 0.0015; the
    // floor for a tenth of the median is 0.00136.
    expect(outlier?.score).toBeCloseTo((0.6745 * 0.1295) / 0.0015, 9);
  });

  it('compares only nodes of the same model, GPUs and build', () => {
    const mixed = [
      ...means([0.07, 0.07, 0.07, 0.07, 0.07]),
      nodeResult({ id: 'other-gpu', l2_mean: 0.2, gpus: '8 × NVIDIA H200' }),
      nodeResult({ id: 'other-build', l2_mean: 0.2, build: '3.0.9' }),
      nodeResult({ id: 'other-model', l2_mean: 0.2, model: 'other/model' }),
      nodeResult({ id: 'no-gpus', l2_mean: 0.2, gpus: null }),
    ];
    expect(outliersOf(mixed)).toEqual([]);
  });

  it('finds a slow node where most agree to the digit, and says nothing of a small difference', () => {
    const at = (rate: number) =>
      outliersOf([
        ...Array.from({ length: 7 }, (_, n) => nodeResult({ id: `n${n}`, replica_throughput: 30 })),
        nodeResult({ id: 'slow', replica_throughput: rate }),
      ]).map(({ node, figure }) => [node, figure]);
    expect(at(20)).toEqual([['slow', 'replica_throughput']]);
    expect(at(28)).toEqual([]);
  });

  it('does not call a node out for being nearer, or faster, than the others', () => {
    expect(outliersOf(means([0.07, 0.071, 0.069, 0.072, 0.068, 0]))).toEqual([]);
    const fast = [30, 30, 31, 30, 29, 30, 90].map((rate, n) =>
      nodeResult({ id: `n${n}`, replica_throughput: rate }),
    );
    expect(outliersOf(fast)).toEqual([]);
  });

  it('says nothing of fewer than five nodes', () => {
    expect(outliersOf(means([0.07, 0.07, 0.07, 0.9]))).toEqual([]);
  });

  it('never calls half of the nodes outliers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 5, maxLength: 60 }),
        (values) => {
          expect(outliersOf(means(values)).length).toBeLessThan(values.length / 2);
        },
      ),
    );
  });
});
