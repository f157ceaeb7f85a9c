import { quantileOfSorted } from '../vectors/summary.js';
import type { DrawBelow } from './random.js';
import type { PooledDistances } from './sample.js';

/**
 * Number of resamples: enough for two digits of an interval's ends; fewer where a million distances would
 * take minutes.
 */
const RESAMPLES = 2000;
const LEAST_RESAMPLES = 200;
const DRAWS = 2e8;

/**
 * The percentile-bootstrap interval of a quantile. Whole nonces are drawn, with all their distances, since
 * the distances of one nonce tend to deviate together.
 *
 * @param probability of the quantile, 0 … 1
 * @returns the interval and the number of resamples
 */
export function bootstrapQuantile(
  pooled: PooledDistances,
  probability: number,
  draw: DrawBelow,
  level = 0.95,
): { interval: [number, number]; resamples: number } {
  const { nonceCount, sorted } = pooled;
  const resamples = Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, Math.floor(DRAWS / sorted.length)));
  const quantiles = new Float64Array(resamples);
  const weights = new Uint32Array(nonceCount);
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0);
    for (let i = 0; i < nonceCount; i++) (weights[draw(nonceCount)] as number)++;
    quantiles[resample] = weightedQuantile(pooled, weights, probability);
  }
  quantiles.sort();
  const tail = (1 - level) / 2;
  return {
    interval: [quantileOfSorted(quantiles, tail), quantileOfSorted(quantiles, 1 - tail)],
    resamples,
  };
}

/** The quantile of the row in which each distance appears as often as its nonce was drawn. */
function weightedQuantile(
  { sorted, nonceIndex }: PooledDistances,
  weights: Uint32Array,
  probability: number,
): number {
  let total = 0;
  for (let i = 0; i < sorted.length; i++) total += weights[nonceIndex[i] as number] as number;
  const place = (total - 1) * probability;
  const below = Math.floor(place);
  let seen = 0;
  let low = Number.NaN;
  for (let i = 0; i < sorted.length; i++) {
    seen += weights[nonceIndex[i] as number] as number;
    if (seen > below && Number.isNaN(low)) low = sorted[i] as number;
    if (seen > below + 1 || (seen > below && place === below)) {
      const high = sorted[i] as number;
      return high === low ? low : low + (high - low) * (place - below);
    }
  }
  return low;
}
