import { type DistanceSample, pool } from './sample.js';

/**
 * Shares of the nonces above a threshold: of fraud, which it detects, and of honest nonces, which it wrongly
 * rejects.
 */
export interface RocPoint {
  threshold: number;
  false_alarm_rate: number;
  detection_rate: number;
}

/** Enough points for a curve, for any number of distances. */
const MOST_THRESHOLDS = 400;

/** The effect of every threshold, from one that accepts all nonces to one that accepts none. */
export function rocCurve(honest: DistanceSample[], fraud: DistanceSample[]): RocPoint[] {
  const [good, bad] = [pool(honest).sorted, pool(fraud).sorted];
  const thresholds = new Set([...spread(good), ...spread(bad)]);
  const points = [...thresholds]
    .sort((a, b) => b - a)
    .map((threshold) => ({
      threshold,
      false_alarm_rate: shareAbove(good, threshold),
      detection_rate: shareAbove(bad, threshold),
    }));
  return [...points, { threshold: Number.NEGATIVE_INFINITY, false_alarm_rate: 1, detection_rate: 1 }];
}

/** All values, or this number of them, evenly spaced from the smallest to the largest. */
function spread(sorted: Float64Array): number[] {
  const count = Math.min(sorted.length, MOST_THRESHOLDS / 2);
  const step = count > 1 ? (sorted.length - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => sorted[Math.round(index * step)] as number);
}

function shareAbove(sorted: Float64Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) > threshold) high = middle;
    else low = middle + 1;
  }
  return (sorted.length - low) / sorted.length;
}
