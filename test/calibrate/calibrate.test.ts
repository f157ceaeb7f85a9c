import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapQuantile } from '../../src/calibrate/bootstrap.js';
import { calibrate } from '../../src/calibrate/calibrate.js';
import { seededDraw } from '../../src/calibrate/random.js';
import { type DistanceSample, pool } from '../../src/calibrate/sample.js';
import { rocArea } from '../../src/calibrate/separation.js';
import { upperTail } from '../../src/verdict/binomial.js';
import { calibrationOptions as options } from '../support/measured-fixtures.js';

/** n uniform distances between two ends, drawn by a seed. */
function uniform(label: string, n: number, from: number, to: number, seed: number): DistanceSample {
  const draw = seededDraw(seed);
  return {
    label,
    nonces: Array.from({ length: n }, (_, nonce) => nonce),
    l2: Array.from({ length: n }, () => from + ((to - from) * draw(2 ** 31)) / 2 ** 31),
  };
}

describe('calibration', () => {
  it('finds the percentile of a known distribution within its own interval', () => {
    const { quantile, recommended, honest } = calibrate([uniform('a', 2000, 0, 0.5, 1)], [], options);
    expect(quantile.ci95[0]).toBeLessThan(0.49);
    expect(quantile.ci95[1]).toBeGreaterThan(0.49);
    expect(quantile.ci95[1] - quantile.ci95[0]).toBeLessThan(0.01);
    expect(recommended.dist_threshold).toBeCloseTo(quantile.value, 3);
    expect(recommended.dist_threshold).toBeGreaterThanOrEqual(quantile.value);
    // 40 of 2,000 are beyond; the recommended rate is one that such a run can have.
    expect(honest[0]?.beyond).toBe(40);
    expect(recommended.p_mismatch).toBeCloseTo(0.028, 3);
  });

  it('has an interval that holds the true percentile as often as it says', () => {
    const hits = Array.from({ length: 100 }, (_, seed) => {
      const pooled = pool([uniform('a', 200, 0, 1, 1000 + seed)]);
      const [low, high] = bootstrapQuantile(pooled, 0.9, seededDraw(seed)).interval;
      return low <= 0.9 && 0.9 <= high;
    }).filter(Boolean).length;
    // 95 are expected of 100; fewer than 87 come by chance once in 2,000 times.
    expect(1 - upperTail(87, 100, 0.95)).toBeLessThan(5e-4);
    expect(hits).toBeGreaterThanOrEqual(87);
  });

  it('draws whole nonces: the same run twice says nothing new', () => {
    const once = uniform('a', 300, 0, 1, 5);
    const [single, twice] = [[once], [once, { ...once, label: 'b' }]].map((samples) => {
      const [low, high] = bootstrapQuantile(pool(samples), 0.9, seededDraw(1)).interval;
      return high - low;
    }) as [number, number];
    expect(twice / single).toBeGreaterThan(0.8);
    expect(twice / single).toBeLessThan(1.25);
  });

  it('is the same for the same seed, and another for another', () => {
    const honest = [uniform('a', 200, 0, 0.5, 1), uniform('b', 200, 0, 0.4, 2)];
    const fraud = [uniform('f', 200, 0.3, 0.9, 3)];
    expect(calibrate(honest, fraud, options)).toEqual(calibrate(honest, fraud, options));
    expect(calibrate(honest, fraud, { ...options, seed: 2 }).quantile.ci95).not.toEqual(
      calibrate(honest, fraud, options).quantile.ci95,
    );
  });

  it('tells what separates frauds', () => {
    // Honest on [0, 0.5], fraud on [0.25, 0.75]: P(fraud > honest) = 1 − ½·½·½ = 7/8.
    const honest = [uniform('h', 4000, 0, 0.5, 1)];
    const fraud = [uniform('f', 4000, 0.25, 0.75, 2)];
    const { separation, recommended, nonces_needed } = calibrate(honest, fraud, options);
    expect(separation?.roc_area).toBeCloseTo(7 / 8, 1);
    expect(separation?.false_alarm_rate).toBeCloseTo(0.02, 3);
    // Misses are the fraud distances below 0.49.
    expect(separation?.miss_rate).toBeCloseTo(0.48, 1);
    expect(separation?.held_out?.false_alarm_rate).toBeCloseTo(0.02, 2);
    expect(separation?.held_out?.miss_rate).toBeCloseTo(separation?.miss_rate as number, 1);
    expect(recommended.p_mismatch).toBeLessThan(0.03);
    expect(nonces_needed).toHaveLength(1);
    expect(nonces_needed[0]?.n).toBeLessThan(20);
  });

  it('has a ROC area that equals counting all pairs', () => {
    const values = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, values, (honest, fraud) => {
        let wins = 0;
        for (const h of honest) for (const f of fraud) wins += f > h ? 1 : f === h ? 0.5 : 0;
        const area = rocArea(Float64Array.from(honest).sort(), Float64Array.from(fraud).sort());
        expect(area).toBeCloseTo(wins / (honest.length * fraud.length), 12);
      }),
    );
  });

  it('counts a vector that did not come as beyond every threshold', () => {
    const honest = uniform('h', 100, 0, 0.5, 1);
    const broken = { ...honest, l2: [...Array.from(honest.l2).slice(1), Number.POSITIVE_INFINITY] };
    expect(calibrate([broken], [], options).honest[0]?.beyond).toBeGreaterThanOrEqual(2);
  });

  it('refuses distances that carry no threshold', () => {
    const constant = (value: number) => ({ label: 'x', nonces: [1, 2, 3], l2: [value, value, value] });
    expect(() => calibrate([constant(0)], [], options)).toThrow('are all 0');
    expect(() => calibrate([constant(1.4)], [], options)).toThrow('above 1');
    expect(() => calibrate([{ label: 'x', nonces: [1], l2: [0.1] }], [], options)).toThrow(
      'at least two are needed',
    );
  });
});
