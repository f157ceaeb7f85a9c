import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rocCurve } from '../../src/calibrate/roc.js';
import { pool } from '../../src/calibrate/sample.js';
import { rocArea } from '../../src/calibrate/separation.js';
import { distanceSample } from '../support/measured-fixtures.js';

const sample = (l2: number[]) => ({ label: '', nonces: l2.map((_, nonce) => nonce), l2 });

/** Area under straight lines between the points. */
function areaUnder(curve: ReturnType<typeof rocCurve>): number {
  return curve.slice(1).reduce((area, { false_alarm_rate, detection_rate }, index) => {
    const before = curve[index] as (typeof curve)[number];
    return (
      area + ((false_alarm_rate - before.false_alarm_rate) * (detection_rate + before.detection_rate)) / 2
    );
  }, 0);
}

describe('rocCurve', () => {
  const distances = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Infinity)), {
    minLength: 1,
    maxLength: 60,
  });

  it('encloses the area that the rank statistic gives, ties and missing vectors too', () => {
    fc.assert(
      fc.property(distances, distances, (honest, fraud) => {
        const curve = rocCurve([sample(honest)], [sample(fraud)]);
        expect(curve[0]).toMatchObject({ false_alarm_rate: 0, detection_rate: 0 });
        expect(curve.at(-1)).toMatchObject({ false_alarm_rate: 1, detection_rate: 1 });
        const area = rocArea(Float64Array.from(honest).sort(), Float64Array.from(fraud).sort());
        expect(areaUnder(curve)).toBeCloseTo(area, 12);
      }),
    );
  });

  it('needs no more points for many distances', () => {
    const honest = [distanceSample('honest', 0.07, 0.03, 20_000)];
    const fraud = [distanceSample('fraud', 0.14, 0.06, 20_000, 2)];
    const curve = rocCurve(honest, fraud);
    expect(curve.length).toBeLessThanOrEqual(401);
    expect(areaUnder(curve)).toBeCloseTo(rocArea(pool(honest).sorted, pool(fraud).sorted), 3);
  });
});
