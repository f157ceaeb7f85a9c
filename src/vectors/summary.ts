import { deviation, mean, quantileSorted } from 'd3-array';

/** Summary statistics of distances, over the finite ones. */
export interface Summary {
  mean: number;
  /** Sample standard deviation (n − 1); 0 for a single value. */
  sd: number;
  min: number;
  p50: number;
  p90: number;
  p98: number;
  max: number;
}

/**
 * Summarises the finite values; percentiles interpolate linearly between order statistics.
 *
 * @param values any shape-[n] list of numbers; null and non-finite entries are ignored
 * @returns null when there is no finite value
 */
export function summarise(values: Iterable<number | null>): Summary | null {
  const sorted = sortedFinite(values);
  if (sorted.length === 0) return null;
  return {
    mean: mean(sorted) as number,
    sd: deviation(sorted) ?? 0,
    min: sorted[0] as number,
    p50: quantileOfSorted(sorted, 0.5),
    p90: quantileOfSorted(sorted, 0.9),
    p98: quantileOfSorted(sorted, 0.98),
    max: sorted[sorted.length - 1] as number,
  };
}

/**
 * The quantile of ascending values, linear between the two order statistics that enclose it.
 *
 * @param sorted at least one value
 * @param probability 0 … 1
 */
export function quantileOfSorted(sorted: Float64Array, probability: number): number {
  // The type asks for an array, but the function reads only by index.
  return quantileSorted(sorted as unknown as number[], probability) as number;
}

/** Ascending; a typed array sorts six times faster than a list with a comparing function, NaN to the end. */
function sortedFinite(values: Iterable<number | null>): Float64Array {
  const sorted =
    values instanceof Float64Array
      ? new Float64Array(values)
      : Float64Array.from(values, (value) => value ?? Number.NaN);
  sorted.sort();
  let start = 0;
  let end = sorted.length;
  while (end > 0 && !Number.isFinite(sorted[end - 1])) end--;
  while (start < end && !Number.isFinite(sorted[start])) start++;
  return sorted.subarray(start, end);
}
