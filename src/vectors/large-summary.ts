import type { Summary } from './summary.js';

/**
 * `summarise` for millions of distances: the same figures in a few passes over the original memory, without
 * sorting or copying it.
 *
 * @param values shape [n]; non-finite entries are ignored
 * @returns null when there is no finite value
 */
export function summariseLarge(values: Float64Array): Summary | null {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return null;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = (values[i] as number) - mean;
    if (Number.isFinite(difference)) squares += difference * difference;
  }
  const buckets = fillBuckets(values, min, max);
  const quantile = (probability: number) => {
    const place = (count - 1) * probability;
    const [below, above] = orderStatistics(values, buckets, Math.floor(place), Math.ceil(place));
    return below + (above - below) * (place % 1);
  };
  return {
    mean,
    sd: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    min,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p98: quantile(0.98),
    max,
  };
}

/** How many values are in each of many equal intervals between the smallest and the largest value. */
interface Buckets {
  bucketOf(value: number): number;
  counts: Uint32Array;
}

const BUCKETS = 4096;

function fillBuckets(values: Float64Array, min: number, max: number): Buckets {
  // Divided before it is scaled: 1 divided by a very small range is infinite.
  const range = max > min ? max - min : 1;
  const bucketOf = (value: number) => Math.trunc(((value - min) / range) * (BUCKETS - 1));
  const counts = new Uint32Array(BUCKETS);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value)) (counts[bucketOf(value)] as number)++;
  }
  return { bucketOf, counts };
}

/** The values at two neighbouring ranks, by sorting only the buckets that contain them. */
function orderStatistics(
  values: Float64Array,
  buckets: Buckets,
  low: number,
  high: number,
): [number, number] {
  const { bucketOf, counts } = buckets;
  let first = 0;
  let before = 0;
  while (before + (counts[first] as number) <= low) before += counts[first++] as number;
  let last = first;
  let held = counts[last] as number;
  while (before + held <= high) held += counts[++last] as number;

  const found = new Float64Array(held);
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const bucket = bucketOf(value);
    if (bucket >= first && bucket <= last && Number.isFinite(value)) found[next++] = value;
  }
  found.sort();
  return [found[low - before] as number, found[high - before] as number];
}
