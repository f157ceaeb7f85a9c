import type { StatTest } from '../run/thresholds.js';
import { schemeOf } from '../schemes/index.js';
import type { Summary } from '../vectors/summary.js';
import { statTest } from '../verdict/stat-test.js';
import { comparableRows, requireDistances } from './comparable.js';
import { differencesOf } from './differences.js';
import type { NonceList, Pair } from './pair.js';
import type { Steps } from './threads.js';
import type { VectorSet } from './vector-set.js';

/** The common nonces of two recordings, and the distances between their vectors. */
export interface PairComparison extends Pair {
  l2: Summary | null;
  cosine_distance: Summary | null;
  /** L2 distance above the threshold, or no distance. */
  n_mismatch: number;
  mismatch_nonces: NonceList;
  /** Common nonces where one side has no finite vector. */
  n_without_distance: number;
  /** P(X ≥ n_mismatch), X ~ Binomial(common, p_mismatch). */
  p_value: number;
}

/** One pair with its distances, which calibration uses. */
export interface MeasuredPair {
  comparison: PairComparison;
  /** Ascending common nonces. */
  nonces: Float64Array;
  /** L2 distance of each, NaN where there is none. */
  l2: Float64Array;
}

const SHOWN_NONCES = 20;

/**
 * Measures one pair of recordings.
 *
 * @throws AssayError when they are not of the same computation, or have fewer than two common nonces
 */
export async function comparePair(
  a: VectorSet,
  b: VectorSet,
  thresholds: StatTest,
  steps: Steps,
): Promise<MeasuredPair> {
  requireDistances(a, b);
  const { nonces, aRows, bRows, missingInA, missingInB } = comparableRows(a, b);
  const common = aRows.length;
  const l2 = new Float64Array(new SharedArrayBuffer(8 * common));
  const cosine = new Float64Array(new SharedArrayBuffer(8 * common));
  const kDim = schemeOf(a.parameters).rowLength(a.parameters);
  await steps.measure({ kDim, aVectors: a.vectors, bVectors: b.vectors, aRows, bRows, l2, cosine });
  const [l2Summary, cosineSummary] = await Promise.all([steps.summarise(l2), steps.summarise(cosine)]);

  const mismatches: number[] = [];
  let withoutDistance = 0;
  for (let i = 0; i < common; i++) {
    const distance = l2[i] as number;
    if (!Number.isFinite(distance)) withoutDistance++;
    if (!(distance <= thresholds.dist_threshold)) mismatches.push(nonces[i] as number);
  }
  const { pValue } = statTest({
    nTotal: common,
    nMismatch: mismatches.length,
    pMismatch: thresholds.p_mismatch,
    fraudThreshold: thresholds.fraud_threshold,
  });
  const comparison: PairComparison = {
    a: a.label,
    b: b.label,
    common,
    missing_in_a: listOf(missingInA),
    missing_in_b: listOf(missingInB),
    differing_parameters: differencesOf(a.parameters, b.parameters),
    l2: l2Summary,
    cosine_distance: cosineSummary,
    n_mismatch: mismatches.length,
    mismatch_nonces: listOf(mismatches),
    n_without_distance: withoutDistance,
    p_value: pValue,
  };
  return { comparison, nonces, l2 };
}

/** Every pair of several recordings, each once, in their order. */
export async function compareAll(
  sets: VectorSet[],
  thresholds: StatTest,
  steps: Steps,
): Promise<PairComparison[]> {
  const pairs: PairComparison[] = [];
  for (const [i, a] of sets.entries()) {
    for (const b of sets.slice(i + 1)) pairs.push((await comparePair(a, b, thresholds, steps)).comparison);
  }
  return pairs;
}

/** @param nonces all nonces of the count */
export function listOf(nonces: number[]): NonceList {
  return { count: nonces.length, first: nonces.slice(0, SHOWN_NONCES) };
}
