import { calibrate } from '../../src/calibrate/calibrate.js';
import type { CalibrationInput } from '../../src/calibrate/html/calibrate-page.js';
import { rocCurve } from '../../src/calibrate/roc.js';
import type { DistanceSample } from '../../src/calibrate/sample.js';
import type { ComparisonResult } from '../../src/compare/html/compare-page.js';
import { resolveStatTest } from '../../src/run/thresholds.js';
import { summarise } from '../../src/vectors/summary.js';
import { gammaDistance, seededRandom } from './measurements.js';
import { HOSTILE } from './run-fixture.js';

/** Distances of nonces, the same in every run. */
export function distanceSample(label: string, mean: number, sd: number, n = 100, seed = 1): DistanceSample {
  const random = seededRandom(seed);
  return {
    label,
    nonces: Array.from({ length: n }, (_, nonce) => nonce),
    l2: Array.from({ length: n }, () => gammaDistance(mean, sd, random)),
  };
}

/** Three recordings, one of which has a hostile name and is far from the others. */
export function comparisonFixture(): ComparisonResult {
  const pair = (a: string, b: string, mean: number, mismatches: number) => ({
    a,
    b,
    common: 100,
    missing_in_a: { count: 0, first: [] },
    missing_in_b: { count: 2, first: [100, 101] },
    differing_parameters: [{ name: 'additional_args', a: ['--dtype', HOSTILE], b: ['--dtype', 'auto'] }],
    l2: summarise(Array.from(distanceSample('', mean, mean / 3).l2)),
    cosine_distance: null,
    n_mismatch: mismatches,
    mismatch_nonces: { count: mismatches, first: [] },
    n_without_distance: 0,
    p_value: mismatches === 0 ? 1 : 1e-80,
  });
  return {
    stat_test: resolveStatTest([]),
    pairs: [
      pair('a100.json', 'h100.json', 0.07, 0),
      pair('a100.json', HOSTILE, 1.4, 100),
      pair('h100.json', HOSTILE, 1.4, 100),
    ],
  };
}

/** The options of the calibrations in tests. */
export const calibrationOptions = {
  measure: 'distance' as const,
  percentile: 98,
  fraudThreshold: 0.05,
  power: 0.95,
  trueRates: [],
  seed: 1,
};

/** Two honest recordings and a fraud, calibrated. */
export function calibrationFixture(): CalibrationInput {
  const samples = {
    measure: 'distance' as const,
    model: 'mine/own',
    honest: [distanceSample('a100', 0.07, 0.03), distanceSample('h100', 0.08, 0.04, 100, 2)],
    fraud: [distanceSample('int4', 0.245, 0.1, 100, 3)],
  };
  return {
    calibration: calibrate(samples.honest, samples.fraud, calibrationOptions),
    samples,
    curve: rocCurve(samples.honest, samples.fraud),
  };
}
