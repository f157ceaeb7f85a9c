import type { Observation } from '../run/observation.js';
import type { Distances, Mismatch, ResponseReport } from '../run/report.js';
import type { StatTest } from '../run/thresholds.js';
import { decodeVector, UndecodableVector } from '../schemes/half-base64.js';
import { groupBy } from '../text/group-by.js';
import { summarise } from '../vectors/summary.js';
import { type StatTestParams, statTest } from './stat-test.js';

/**
 * The observations in the order in which nonces were asked, then by replica: the same order for any arrival.
 */
export function sortedObservations(observations: Observation[], nonces: number[]): Observation[] {
  const place = new Map(nonces.map((nonce, index) => [nonce, index]));
  const placeOf = ({ nonce }: Observation) => place.get(nonce) ?? Number.MAX_SAFE_INTEGER;
  return [...observations].sort(
    (a, b) => placeOf(a) - placeOf(b) || a.nonce - b.nonce || (a.replica ?? -1) - (b.replica ?? -1),
  );
}

/** Observations of each replica, by port. Those without a known replica come first, under null. */
export function byReplica(observations: Observation[]): Map<number | null, Observation[]> {
  const groups = groupBy(observations, ({ replica }) => replica);
  return new Map([...groups].sort(([a], [b]) => (a ?? -1) - (b ?? -1)));
}

/** The test over some observations, with the nonces that mismatch, each once. */
export function tally(observations: Observation[], params: StatTestParams): ResponseReport {
  const mismatches = observations.filter(({ mismatch }) => mismatch);
  const counts = { nTotal: observations.length, nMismatch: mismatches.length };
  const { pValue, fraudDetected } = statTest({ ...counts, ...params });
  return {
    n_total: counts.nTotal,
    n_mismatch: counts.nMismatch,
    mismatch_nonces: [...new Set(mismatches.map(({ nonce }) => nonce))],
    p_value: pValue,
    fraud_detected: fraudDetected,
  };
}

/** The measurements that mismatch, with the details that a reader needs. */
export function mismatchesOf(observations: Observation[]): Mismatch[] {
  return observations.flatMap(({ nonce, replica, l2, why }) =>
    why === null ? [] : [{ nonce, replica, l2, why }],
  );
}

/** Summaries over the vectors with a distance. */
export function distancesOf(observations: Observation[]): Distances {
  return {
    l2: summarise(observations.map(({ l2 }) => l2)),
    cosine_distance: summarise(observations.map(({ cosine_distance }) => cosine_distance)),
  };
}

export function paramsOf({ p_mismatch, fraud_threshold }: StatTest): StatTestParams {
  return { pMismatch: p_mismatch, fraudThreshold: fraud_threshold };
}

/** The vector, of any dimension; null for text that is not a vector. */
export function decoded(vectorB64: string | null): Float32Array | null {
  // Empty in the decode scheme: a chain has no vector.
  if (vectorB64 === null || vectorB64 === '') return null;
  try {
    return decodeVector(vectorB64, Math.floor(Buffer.byteLength(vectorB64, 'base64') / 2));
  } catch (error) {
    if (error instanceof UndecodableVector) return null;
    throw error;
  }
}
