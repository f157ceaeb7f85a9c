import {
  create,
  type FactoryFunctionMap,
  maxDependencies,
  meanDependencies,
  minDependencies,
  quantileSeqDependencies,
  stdDependencies,
} from 'mathjs/number';

// The typings list each as possibly absent; the number build has them all.
const { mean, std, min, max, quantileSeq } = create({
  meanDependencies,
  stdDependencies,
  minDependencies,
  maxDependencies,
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
  const finite: number[] = [];
  for (const value of values) if (value !== null && Number.isFinite(value)) finite.push(value);
  if (finite.length === 0) return null;
  finite.sort((a, b) => a - b);
  const [p50, p90, p98] = quantileSeq(finite, [0.5, 0.9, 0.98], true) as unknown as [number, number, number];
  return {
    mean: mean(finite) as number,
    sd: finite.length > 1 ? Number(std(finite)) : 0,
    min: min(finite) as number,
    p50,
    p90,
    p98,
    max: max(finite) as number,
  };
}
