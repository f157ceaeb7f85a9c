import { AssayError } from '../errors.js';
import { largest } from '../extremes.js';
import { quantileOfSorted, type Summary, summarise } from '../vectors/summary.js';
import { exactInterval } from '../verdict/stat-test.js';
import { bootstrapQuantile } from './bootstrap.js';
import { seededDraw } from './random.js';
import { countAbove, type DistanceSample, type Measure, pool } from './sample.js';
import { noncesNeeded } from './sample-size.js';
import { type Separation, separation } from './separation.js';

export interface CalibrationOptions {
  measure: Measure;
  /** Percentage of the honest distances that the threshold must not exclude, 0 … 100. */
  percentile: number;
  fraudThreshold: number;
  /** Wanted probability that a check catches a fraud. */
  power: number;
  /** Mismatch rates for which sample sizes are given, besides that of the fraud runs. */
  trueRates: number[];
  seed: number;
}

/** What a set of honest runs, and of fraud runs if there are any, says about the thresholds. */
export interface Calibration {
  /** The quantity of `l2`, `quantile` and `dist_threshold`; the threshold of a margin is called tau. */
  measure: Measure;
  percentile: number;
  seed: number;
  honest: SampleFigures[];
  fraud: SampleFigures[];
  /** Over all honest distances, or margins. */
  l2: Summary;
  /** The percentile itself, with its 95 % bootstrap interval. */
  quantile: { value: number; ci95: [number, number]; resamples: number };
  recommended: { dist_threshold: number; p_mismatch: number; fraud_threshold: number };
  /** null without fraud runs. */
  separation: Separation | null;
  wanted_power: number;
  /** n null: no practical number is enough. */
  nonces_needed: { true_rate: number; n: number | null }[];
}

export interface SampleFigures {
  label: string;
  n: number;
  /** Above the recommended threshold. */
  beyond: number;
  /** Exact 95 % interval of the rate above it. */
  rate_ci95: [number, number];
}

/**
 * Derives thresholds from honest distances.
 *
 * The threshold is their percentile, rounded up at the fourth digit. The mismatch rate is the upper end of
 * the 95 % interval of the honest run with the most distances above the threshold: that run must also pass
 * the network's test.
 *
 * @throws AssayError when the distances are not enough for a threshold
 */
export function calibrate(
  honest: DistanceSample[],
  fraud: DistanceSample[],
  options: CalibrationOptions,
): Calibration {
  const draw = seededDraw(options.seed);
  const probability = options.percentile / 100;
  const pooled = pool(honest);
  const l2 = summarise(pooled.sorted);
  if (l2 === null || pooled.sorted.length < 2) {
    throw new AssayError(
      `honest runs: ${pooled.sorted.length} ${options.measure}s, at least two are needed`,
      {
        advice: 'give runs with more nonces',
      },
    );
  }
  const value = quantileOfSorted(pooled.sorted, probability);
  const threshold = thresholdOf(value, options.measure);
  const bootstrap = bootstrapQuantile(pooled, probability, draw);
  const honestFigures = honest.map((sample) => figuresOf(sample, threshold));
  const fraudFigures = fraud.map((sample) => figuresOf(sample, threshold));

  const recommended = {
    dist_threshold: threshold,
    p_mismatch: roundUp(largest(honestFigures.map(({ rate_ci95 }) => rate_ci95[1])), 3),
    fraud_threshold: options.fraudThreshold,
  };
  const apart = fraud.length === 0 ? null : separation(honest, fraud, threshold, probability, draw);
  const trueRates = apart === null ? options.trueRates : [...options.trueRates, 1 - apart.miss_rate];
  const params = { pMismatch: recommended.p_mismatch, fraudThreshold: recommended.fraud_threshold };
  return {
    measure: options.measure,
    percentile: options.percentile,
    seed: options.seed,
    honest: honestFigures,
    fraud: fraudFigures,
    l2,
    quantile: { value, ci95: bootstrap.interval, resamples: bootstrap.resamples },
    recommended,
    separation: apart,
    wanted_power: options.power,
    nonces_needed: trueRates.map((rate) => ({
      true_rate: rate,
      n: noncesNeeded(params, rate, options.power),
    })),
  };
}

function thresholdOf(quantile: number, measure: Measure): number {
  const threshold = roundUp(quantile, 4);
  if (threshold > 0 && threshold <= 1) return threshold;
  const what =
    threshold === 0
      ? 'are all 0 up to the percentile'
      : 'are above 1 at the percentile, like those of unrelated vectors';
  throw new AssayError(`honest runs: their ${measure}s ${what}. They give no threshold between 0 and 1`, {
    advice:
      threshold === 0
        ? 'calibrate with honest runs on other hardware or builds'
        : 'give a lower --percentile: honest distances can have a long tail (mixture of experts, wrong heads of batches)',
  });
}

function figuresOf(sample: DistanceSample, threshold: number): SampleFigures {
  const beyond = countAbove(sample, threshold);
  const n = sample.l2.length;
  return { label: sample.label, n, beyond, rate_ci95: exactInterval(beyond, n) };
}

function roundUp(value: number, digits: number): number {
  const scale = 10 ** digits;
  // A value that is already a round number must not gain a digit from its last bit.
  return Math.ceil(value * scale - 1e-9) / scale;
}
