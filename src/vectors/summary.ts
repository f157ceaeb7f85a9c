import {
  create,
  type FactoryFunctionMap,
  meanDependencies,
  quantileSeqDependencies,
  stdDependencies,
} from 'mathjs/number';

// The typings list each as possibly absent; the number build has them all.
const { mean, std, quantileSeq } = create({
  meanDependencies,
  stdDependencies,
  quantileSeqDependencies,
} as FactoryFunctionMap);

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
 * @param values any shape-[n] list of numbers; null and non-finite entries are left out
 * @returns null when no finite value is there
 */
export function summarise(values: Iterable<number | null>): Summary | null {
  const sorted = sortedFinite(values);
  if (sorted.length === 0) return null;
  return {
    ...meanAndSd(sorted),
    min: sorted[0] as number,
    p50: quantileOfSorted(sorted, 0.5),
    p90: quantileOfSorted(sorted, 0.9),
    p98: quantileOfSorted(sorted, 0.98),
    max: sorted[sorted.length - 1] as number,
  };
}

/**
 * The quantile of ascending values, linear between the two order statistics that enclose it; only these are
 * handed to mathjs, which would copy the whole list.
 *
 * @param probability 0 … 1
 */
export function quantileOfSorted(sorted: Float64Array, probability: number): number {
  const place = (sorted.length - 1) * probability;
  const below = Math.floor(place);
  return quantileSeq([...sorted.subarray(below, below + 2)], place - below, true) as number;
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

/** mathjs takes plain lists only: from here on, making one costs more than the figures. */
const LARGE = 100_000;

function meanAndSd(values: Float64Array): Pick<Summary, 'mean' | 'sd'> {
  if (values.length === 1) return { mean: values[0] as number, sd: 0 };
  if (values.length < LARGE) return { mean: mean([...values]) as number, sd: Number(std([...values])) };
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const average = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = (values[i] as number) - average;
    squares += difference * difference;
  }
  return { mean: average, sd: Math.sqrt(squares / (values.length - 1)) };
}
